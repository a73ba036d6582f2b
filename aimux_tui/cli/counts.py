"""`aimux counts`: what single log files hold, in numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import print_json
from aimux_tui.cli.tables import Column, format_table, terminal_width
from aimux_tui.errors import AimuxError, SessionError
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import recognise_log
from aimux_tui.sources.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.model.log import LogSummary
    from aimux_tui.sources.discovery import FoundLog


def count_log(found: FoundLog) -> LogSummary:
    """The summary of one log file taken alone. Raises OSError."""
    scan = load_provider(found.file.provider).scan(found.file)
    for chunk in LogReader(found.file).read(is_final=True):
        scan.feed(chunk.data, chunk.offset)
    return scan.summary()


def run(paths: Iterable[str], *, as_json: bool) -> int:
    """Print the counts of every log among `paths` (folders are searched). 1 if one failed."""
    counts: dict[str, dict[str, Any]] = {}
    failed = False
    for path in paths:
        try:
            for found in _logs_at(Path(path)):
                counts[_name(found)] = _fields(count_log(found))
        except (AimuxError, OSError) as error:
            failed = True
            message = error.message if isinstance(error, AimuxError) else f"{path}: {error}"
            print(f"aimux: {message}", file=sys.stderr)
    if as_json:
        print_json(counts, is_pretty=True)
    elif counts:
        print(_table(counts))
    return 1 if failed else 0


def _logs_at(path: Path) -> Iterator[FoundLog]:
    if not path.is_dir():
        yield recognise_log(path)
        return
    is_empty = True
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.name.endswith((".json", ".jsonl", ".jsonl.zst")):
            try:
                yield recognise_log(file)
                is_empty = False
            except SessionError:
                continue  # a folder may hold anything
    if is_empty:
        raise SessionError(f"{path}: no log of a session below it")


def _name(found: FoundLog) -> str:
    path = Path(found.file.path)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _fields(summary: LogSummary) -> dict[str, Any]:
    usage = summary.usage
    return {
        "provider": summary.provider,
        "turns": summary.turns,
        "tool_calls": summary.tool_calls,
        "failed_tool_calls": summary.failed_tool_calls,
        "edits": summary.edits,
        "requests": usage.requests,
        "tokens": {
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "output": usage.output,
            "reasoning": usage.reasoning,
        },
        "bad_lines": summary.bad_lines,
    }


def _table(counts: dict[str, dict[str, Any]]) -> str:
    names = ("turns", "tool_calls", "failed_tool_calls", "edits", "requests")
    kinds = ("input", "cache_read", "cache_write", "output")
    columns = [
        Column("log", is_flexible=True),
        *(Column(heading, is_right=True) for heading in ("turns", "tools", "failed", "edits")),
        *(Column(heading, is_right=True) for heading in ("requests", "input", "cache read")),
        *(Column(heading, is_right=True) for heading in ("cache write", "output", "bad lines")),
    ]
    rows = [
        [
            name,
            *(f"{fields[field]:,}" for field in names),
            *(f"{fields['tokens'][kind]:,}" for kind in kinds),
            f"{fields['bad_lines']:,}",
        ]
        for name, fields in counts.items()
    ]
    return format_table(columns, rows, terminal_width())
