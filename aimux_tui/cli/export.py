"""`aimux export`: sessions and labelled turns to a file, to the standard output, or sent."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.cli.export_scope import choose
from aimux_tui.cli.export_text import (
    preview_fields,
    preview_text,
    result_fields,
    result_line,
    result_remarks,
)
from aimux_tui.cli.output import print_json
from aimux_tui.cli.progress_bar import ProgressBar
from aimux_tui.cli.setup import look_around, tell_errors
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import CommandError
from aimux_tui.export.preview import preview
from aimux_tui.export.progress import ExportTracker
from aimux_tui.export.run import choose_target, export_to_file, export_to_stream
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.export.progress import ExportCounts
    from aimux_tui.export.run import ExportResult
    from aimux_tui.export.scope import Selection

_OTLP = "otlp"
"""The one format that is sent instead of written."""
_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Sent where somebody wants the program to end, or its terminal has gone."""
_STANDARD_OUTPUT = "-"


def run(options: argparse.Namespace) -> int:
    """Export what the options say. Raises AimuxError."""
    surroundings = look_around()
    if options.format == _OTLP or options.retry:
        from aimux_tui.cli import export_otlp

        return export_otlp.run(surroundings, options)
    if options.endpoint or options.yes:
        raise CommandError("files go to no endpoint", hint="add --format otlp to send")
    tell_errors(surroundings)
    selection = choose(surroundings, options)
    profile = RedactionProfile(options.redact or surroundings.settings.export.redact)
    if options.preview:
        with following(selection) as tracker:
            found = preview(selection, options.format, profile, tracker)
        destination = options.out or f"a {options.format} file"
        if options.json:
            print_json(preview_fields(found, destination))
        else:
            print(preview_text(found, destination))
        return 0
    with following(selection) as tracker:
        result = _write(surroundings, options, selection, profile, tracker)
    _tell(result, as_json=options.json)
    return 0


@contextmanager
def following(selection: Selection) -> Iterator[ExportTracker]:
    """A tracker that shows how far an export has come. A signal to end stops it in order."""
    total = selection.turns
    with _ended_in_order(), ProgressBar("exporting", total) as bar:

        def report(counts: ExportCounts) -> None:
            bar.show(counts.turns, f"{counts.turns:,} of {plural(total, 'turn')}")

        yield ExportTracker(report)


def _write(
    surroundings: Surroundings,
    options: argparse.Namespace,
    selection: Selection,
    profile: RedactionProfile,
    tracker: ExportTracker,
) -> ExportResult:
    if options.out == _STANDARD_OUTPUT:
        result = export_to_stream(selection, options.format, sys.stdout.buffer, profile, tracker)
        sys.stdout.buffer.flush()
        return result
    if options.out and _is_device(Path(options.out)):
        with Path(options.out).open("wb") as stream:
            return export_to_stream(selection, options.format, stream, profile, tracker)
    usual = surroundings.settings.export.folder
    folder = Path(usual).expanduser() if usual else surroundings.paths.exports
    target = choose_target(options.out or "", folder, options.format, selection, datetime.now(UTC))
    return export_to_file(selection, options.format, target, profile, tracker)


def _is_device(path: Path) -> bool:
    """A pipe or a terminal, which takes bytes but stands beside nothing."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _tell(result: ExportResult, *, as_json: bool) -> None:
    """The path is data; the rest is told to whoever looks."""
    print(f"aimux: {one_line(result_line(result))}", file=sys.stderr)
    for remark in result_remarks(result):
        print(f"       {one_line(remark)}", file=sys.stderr)
    if as_json and result.path:
        print_json(result_fields(result))
    elif result.path:
        print(result.path)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """To be asked to end is as Ctrl-C: what was begun is removed."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    except KeyboardInterrupt:
        print("aimux: cancelled", file=sys.stderr)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
