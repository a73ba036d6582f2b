"""What `aimux doctor` says of labels and of the archive that is kept for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.cli.setup import Surroundings, open_archive
from aimux_tui.model.annotation import Tally
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from aimux_tui.annotations.book import EvaluationBook

_SHOWN = 12


def examine_labels(surroundings: Surroundings, book: EvaluationBook) -> dict[str, Any]:
    """What is judged, what of it cannot be read, and what is kept for it."""
    files, events = book.counts
    judged = book.all()
    total = sum((annotations.tally for annotations in judged), Tally())
    archive = open_archive(surroundings)
    return {
        "path": str(book.folder),
        "files": files,
        "events": events,
        "sessions": len(judged),
        "labelled": total.labelled,
        "notes": total.notes,
        "problems": [
            {"path": problem.path, "line": problem.line, "reason": problem.reason}
            for problem in book.problems
        ],
        "archive": {
            "path": str(surroundings.paths.archive),
            "is_on": archive is not None,
            "bytes": archive.size() if archive else 0,
            "limit": archive.limit if archive else None,
        },
    }


def label_lines(labels: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [
        (
            f"Labels: {labels['path']} ({plural(labels['files'], 'file')}, "
            f"{labels['labelled']:,} labelled, {plural(labels['notes'], 'note')})"
        )
    ]
    lines += [
        f"  {problem['path']}"
        + (f", line {problem['line']}" if problem["line"] else "")
        + f": {one_line(problem['reason'], 100)}"
        for problem in labels["problems"][:_SHOWN]
    ]
    archive = labels["archive"]
    if archive["is_on"]:
        used = f"{format_bytes(archive['bytes'])} of {format_bytes(archive['limit'])}"
        lines.append(f"Archive of labelled sessions: {archive['path']} ({used})")
    else:
        lines.append("Archive of labelled sessions: off (labels.archive)")
    return lines
