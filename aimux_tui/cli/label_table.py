"""What was judged, as tables for people."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aimux_tui.annotations.matching import FoundBy
from aimux_tui.cli.labels import Judgement, count, provider_of, tally_of
from aimux_tui.cli.session_table import short_id
from aimux_tui.cli.tables import Column, format_table, terminal_width
from aimux_tui.text.units import format_age, plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aimux_tui.model.annotation import Tally
    from aimux_tui.store.judged import JudgedSession

_TURNS = (
    Column("label"),
    Column("session"),
    Column("turn", is_right=True),
    Column("age", is_right=True),
    Column("project", is_flexible=True),
    Column("prompt", is_flexible=True),
    Column("note", is_flexible=True),
)
_COUNTS = (
    Column("by", is_flexible=True),
    *(Column(name, is_right=True) for name in ("good", "bad", "waste", "all", "notes")),
)
_SESSIONS = (
    Column("verdict"),
    Column("session"),
    Column("age", is_right=True),
    Column("project", is_flexible=True),
    Column("title", is_flexible=True),
    Column("tags and note", is_flexible=True),
)
_ORPHANS = (
    Column("label"),
    Column("session"),
    Column("turn", is_right=True),
    Column("note", is_flexible=True),
    Column("why", is_flexible=True),
)
_MEDIUM, _NARROW = 90, 60
"""Columns of a terminal below which a table leaves out what can be done without."""
_HOW = {
    FoundBy.KEY: "by key",
    FoundBy.NUMBER: "by number (files of an older aimux)",
    FoundBy.CONTENT: "by what the turn asked (its key has changed)",
}


def format_labels(turns: Sequence[Judgement], whole: Sequence[JudgedSession], folder: Path) -> str:
    """Every label, the newest first, then what they add up to."""
    if not turns and not whole:
        return (
            f"Nothing is judged, or nothing that fits ({folder}).\n\n"
            "In the screen, g, b and w label a turn; here, `aimux label SESSION TURN good`."
        )
    now, width = datetime.now(UTC), terminal_width()
    parts: list[str] = []
    if turns:
        rows = [
            [
                one.annotation.label or "—",
                _name(one.judged),
                str(one.match.turn.number if one.match.turn else one.annotation.number),
                format_age(one.annotation.updated, now),
                one.project,
                one.match.turn.title if one.match.turn else "(its turn is gone)",
                one.annotation.note,
            ]
            for one in turns
        ]
        parts.append(_fitting_table(_TURNS, rows, width))
    if whole:
        parts.append(_fitting_table(_SESSIONS, [_session_row(one, now) for one in whole], width))
    if turns:
        parts.append(format_table(_COUNTS, _count_rows(turns), width))
    return "\n\n".join(parts)


def _fitting_table(columns: Sequence[Column], rows: list[list[str]], width: int) -> str:
    """A table without what a narrow terminal has no room for; a note comes before a prompt."""
    if width >= _MEDIUM:
        return format_table(columns, rows, width)
    without = {"age", "project"}
    if width < _NARROW:
        without |= {columns[-2].heading}
        rows = [[row[0], row[1].rpartition(" ")[2], *row[2:-1], row[-1] or row[-2]] for row in rows]
    kept = [index for index, column in enumerate(columns) if column.heading not in without]
    chosen = [[row[index] for index in kept] for row in rows]
    return format_table([columns[index] for index in kept], chosen, width)


def format_check(
    turns: Sequence[Judgement],
    orphans: Sequence[Judgement],
    whole: Sequence[JudgedSession],
    lost: Sequence[JudgedSession],
) -> str:
    """How the labels find their turns, and those that do not."""
    ways = Counter(one.match.found_by for one in turns)
    lines = [f"{plural(len(turns), 'label or note', 'labels and notes')} of turns"]
    lines += [f"  {ways[way]:>6,} {words}" for way, words in _HOW.items() if ways[way]]
    if orphans:
        lines.append(f"  {len(orphans):>6,} whose turn is gone")
    if whole:
        lines.append(f"{plural(len(whole), 'judged session')}, {len(lost)} without a log")
    rows = [
        [
            one.annotation.label or "—",
            _name(one.judged),
            str(one.annotation.number),
            one.annotation.note,
            one.reason,
        ]
        for one in orphans
    ] + [
        [
            judged.annotations.session.verdict or "—",
            _name(judged),
            "",
            judged.annotations.session.note,
            judged.trouble,
        ]
        for judged in lost
    ]
    if rows:
        lines += ["", format_table(_ORPHANS, rows, terminal_width())]
    else:
        lines.append("Nothing is orphaned.")
    return "\n".join(lines)


def _session_row(judged: JudgedSession, now: datetime) -> list[str]:
    said, session = judged.annotations.session, judged.session
    words = [*(f"#{tag}" for tag in said.tags), said.note]
    return [
        said.verdict or "—",
        _name(judged),
        format_age(said.updated, now),
        session.project if session else "",
        session.title if session else "(its log is gone)",
        " ".join(word for word in words if word),
    ]


def _count_rows(turns: Sequence[Judgement]) -> list[list[str]]:
    rows = [_numbers("all", tally_of(turns))]
    for name, group in count(turns).items():
        rows += [_numbers(f"{name} {key}", tally) for key, tally in group.items()]
    return rows


def _numbers(name: str, tally: Tally) -> list[str]:
    numbers = (tally.good, tally.bad, tally.waste, tally.labelled, tally.notes)
    return [name, *(f"{number:,}" if number else "" for number in numbers)]


def _name(judged: JudgedSession) -> str:
    """Enough to name a session, with its agent."""
    provider = provider_of(judged)
    session_id = judged.annotations.session_key.partition(":")[2]
    return f"{provider} {short_id(provider, session_id)}"
