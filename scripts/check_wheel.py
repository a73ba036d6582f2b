"""Check that a built wheel holds what the program needs at run time."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

NEEDED = (
    "aimux_tui/py.typed",
    "aimux_tui/pricing/prices.json",
    "aimux_tui/pricing/NOTICE",
    "aimux_tui/export/jsonl.schema.json",
    "aimux_tui/tui/styles/",
    "aimux_tui/demo/",
)
UNWANTED = ("tests/", "benchmarks/")


def main(wheel: Path) -> int:
    """Return 1 and say what is missing or should not be there."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {str(path) for path in Path("aimux_tui").rglob("*.py")}
    missing = [needed for needed in NEEDED if not any(name.startswith(needed) for name in names)]
    missing += sorted(sources - set(names))
    unwanted = [name for name in names if name.startswith(UNWANTED)]
    for name in missing:
        print(f"{wheel.name}: {name} is missing", file=sys.stderr)
    for name in unwanted:
        print(f"{wheel.name}: {name} should not be in it", file=sys.stderr)
    print(f"{wheel.name}: {len(names)} files")
    return 1 if missing or unwanted else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
