"""`aimux verify`: whether exports are as they were written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import print_json
from aimux_tui.errors import ExportError
from aimux_tui.export.receipt import verify
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, format_date, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.export.receipt import Verification


def run(paths: Sequence[str], *, as_json: bool) -> int:
    """Compare each with its receipt; 1 if any differs or cannot be compared."""
    is_well = True
    found: list[dict[str, Any]] = []
    for given in paths:
        try:
            result = verify(Path(given).expanduser())
        except ExportError as error:
            is_well = False
            found.append({"path": given, "is_unchanged": False, "differences": [error.message]})
            if not as_json:
                print(f"aimux: {one_line(error.message)}", file=sys.stderr)
                if error.hint:
                    print(f"       {one_line(error.hint)}", file=sys.stderr)
            continue
        is_well = is_well and not result.differences
        found.append(_fields(result))
        if not as_json:
            _tell(result)
    if as_json:
        print_json({"schema": 1, "exports": found})
    return 0 if is_well else 1


def _tell(result: Verification) -> None:
    receipt = result.receipt
    name = one_line(str(result.path))
    if result.differences:
        print(f"✗ {name}")
        for difference in result.differences:
            print(f"    {one_line(difference)}")
        return
    counts = receipt.counts
    facts = (
        format_bytes(receipt.export.bytes),
        plural(counts.get("sessions", 0), "session"),
        plural(counts.get("turns", 0), "turn"),
        one_line(receipt.profile),
        format_date(receipt.created),
    )
    print(f"✓ {name}  {', '.join(facts)}")


def _fields(result: Verification) -> dict[str, Any]:
    return {
        "path": str(result.path),
        "is_unchanged": not result.differences,
        "differences": result.differences,
        "receipt": result.receipt,
    }
