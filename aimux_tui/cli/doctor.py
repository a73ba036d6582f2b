"""`aimux doctor`: where it looked, what it found, and what it did not understand."""

from __future__ import annotations

import platform
import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aimux_tui import __version__
from aimux_tui.cli.doctor_labels import examine_labels, label_lines
from aimux_tui.cli.doctor_search import examine_search, format_search
from aimux_tui.cli.doctor_telemetry import examine_telemetry, format_telemetry
from aimux_tui.cli.every_byte import unnoticed_damage
from aimux_tui.cli.output import print_json
from aimux_tui.cli.setup import Surroundings, look_around, make_library, open_book
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.annotations.book import EvaluationBook
    from aimux_tui.model.log import Problem
    from aimux_tui.store.library import Library
    from aimux_tui.store.record import LogRecord

_SHOWN = 12
_SKIMMED = (
    "Large tool outputs are read at their ends only; --every-byte finds damage inside them too"
)


def run(*, as_json: bool, reads_every_byte: bool = False) -> int:
    """Print the report. 1 if something needs the user's hand."""
    surroundings = look_around()
    library = make_library(surroundings)
    library.load_fully()
    book = open_book(surroundings)
    book.load()
    report = examine(surroundings, library, book, reads_every_byte=reads_every_byte)
    if as_json:
        print_json(report, is_pretty=True)
    else:
        print(format_report(report))
    return 1 if report["settings"]["errors"] or report["unreadable"] else 0


def examine(
    surroundings: Surroundings,
    library: Library,
    book: EvaluationBook,
    *,
    reads_every_byte: bool = False,
) -> dict[str, Any]:
    """Everything the report says, as plain values."""
    records = library.records()
    unknown: Counter[str] = Counter()
    versions: Counter[str] = Counter()
    for record in records:
        summary = record.summary
        for name, count in (summary.unknown or {}).items():
            unknown[f"{summary.provider} {name}"] += count
        versions[f"{summary.provider} {summary.agent_version or '(no version)'}"] += 1
    return {
        "schema": 1,
        "versions": {
            "aimux": __version__,
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            "prices": library.prices_from,
        },
        "places": [
            {
                "provider": place.provider,
                "path": str(place.path),
                "exists": place.exists,
                "logs": place.logs,
            }
            for place in library.places()
        ],
        "sessions": _sessions(library, records),
        "read_every_byte": reads_every_byte,
        "bad_lines": _damage(records, reads_every_byte=reads_every_byte),
        "unknown": dict(unknown.most_common()),
        "agents": dict(versions.most_common()),
        "unpriced_models": sorted(
            {model for record in records for model in record.cost.unpriced_models}
        ),
        "unreadable": dict(library.unreadable),
        "index": _index(library),
        "labels": examine_labels(surroundings, book),
        "settings": {
            "path": str(surroundings.paths.config_file),
            "exists": surroundings.paths.config_file.exists(),
            "errors": [error.message for error in surroundings.errors],
        },
        "search": examine_search(surroundings, library),
        "telemetry": examine_telemetry(surroundings),
        "watch_limit": _watch_limit(),
    }


def _sessions(library: Library, records: Sequence[LogRecord]) -> dict[str, int]:
    """How much was found."""
    sessions = library.sessions()
    return {
        "listed": sum(not (s.parent_key or s.hidden_reason) for s in sessions),
        "sub_agents": sum(bool(s.parent_key) for s in sessions),
        "hidden": sum(bool(s.hidden_reason and not s.parent_key) for s in sessions),
        "log_bytes": sum(record.stamp.size for record in records),
    }


def _index(library: Library) -> dict[str, Any]:
    """Where the index is, and how large."""
    index = library.index
    size = index.path.stat().st_size if index.path and index.path.exists() else 0
    return {
        "path": str(index.path) if index.path else None,
        "bytes": size,
        "trouble": index.trouble or None,
    }


def _damage(records: Iterable[LogRecord], *, reads_every_byte: bool) -> list[dict[str, Any]]:
    """The logs with bad lines, the worst first, and where the first of these are."""
    damaged = []
    for record in records:
        summary = record.summary
        unnoticed = _unnoticed(record) if reads_every_byte else []
        if bad_lines := summary.bad_lines + len(unnoticed):
            problems = sorted([*summary.problems, *unnoticed], key=lambda problem: problem.offset)
            damaged.append(
                {
                    "path": record.file.path,
                    "bad_lines": bad_lines,
                    "problems": [
                        {"line": problem.line, "offset": problem.offset, "reason": problem.reason}
                        for problem in problems[:_SHOWN]
                    ],
                }
            )
    return sorted(damaged, key=lambda entry: -cast("int", entry["bad_lines"]))


def _unnoticed(record: LogRecord) -> list[Problem]:
    """Damage that the scan has not seen; a log with more than it lists is bad enough."""
    summary = record.summary
    if summary.bad_lines > len(summary.problems):
        return []
    try:
        return list(unnoticed_damage(record.file, summary.problems))
    except OSError:
        return []  # it has gone since


def format_report(report: dict[str, Any]) -> str:
    """The report for people."""
    versions = report["versions"]
    lines = [
        (
            f"aimux {versions['aimux']}, Python {versions['python']}, SQLite {versions['sqlite']}, "
            f"prices of {versions['prices']}"
        ),
        "",
        "Where it looked",
    ]
    for place in report["places"]:
        state = plural(place["logs"], "log") if place["exists"] else "no such folder"
        lines.append(f"  {place['provider']:<7} {place['path']}: {state}")
    sessions = report["sessions"]
    lines += [
        "",
        (
            f"{plural(sessions['listed'], 'session')}, "
            f"{plural(sessions['sub_agents'], 'sub-agent')}, {sessions['hidden']} hidden, "
            f"{format_bytes(sessions['log_bytes'])} of logs"
        ),
        *_counted("Agents", report["agents"]),
        *_counted("Records and fields aimux does not know (shown raw)", report["unknown"]),
    ]
    if report["bad_lines"]:
        lines += ["", "Lines that could not be read (the rest of the log is shown)"]
    for entry in report["bad_lines"][:_SHOWN]:
        lines.append(f"  {entry['path']}: {plural(entry['bad_lines'], 'bad line')}")
        lines += [
            f"    line {problem['line']}: {one_line(problem['reason'], 100)}"
            for problem in entry["problems"][:3]
        ]
    if not report["read_every_byte"]:
        lines += ["", _SKIMMED]
    lines.append("")
    if report["unpriced_models"]:
        lines.append(f"No price known for: {', '.join(report['unpriced_models'])}")
    lines += [f"Unreadable: {path}: {why}" for path, why in report["unreadable"].items()]
    index = report["index"]
    lines.append(f"Index: {index['path'] or 'off'} ({format_bytes(index['bytes'])})")
    if index["trouble"]:
        lines.append(f"  {index['trouble']}")
    lines += format_search(report["search"])
    lines += label_lines(report["labels"])
    settings = report["settings"]
    lines.append(
        f"Settings: {settings['path']}" + ("" if settings["exists"] else " (none: all defaults)")
    )
    lines += [f"  {error}" for error in settings["errors"]]
    lines += ["", *format_telemetry(report["telemetry"])]
    if report["watch_limit"]:
        lines.append(f"File watches allowed by the system: {report['watch_limit']:,}")
    return "\n".join(lines)


def _counted(heading: str, counts: dict[str, int]) -> list[str]:
    if not counts:
        return []
    shown = list(counts.items())[:_SHOWN]
    lines = ["", heading, *(f"  {count:>7,}  {one_line(name)}" for name, count in shown)]
    if len(counts) > len(shown):
        lines.append(f"           … and {len(counts) - len(shown)} more (--json lists them)")
    return lines


def _watch_limit() -> int | None:
    try:
        return int(Path("/proc/sys/fs/inotify/max_user_watches").read_text())
    except (OSError, ValueError):
        return None
