"""Edits as tables: line numbers of both versions, the sign, the changed words marked."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from aimux_tui.export.html.folding import fold
from aimux_tui.export.html.markup import EMPTY, Html, clean, joined, tag
from aimux_tui.text.diff_lines import DiffLine, read_hunk
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aimux_tui.model.tools import FileEdit

SHOWN = 80
"""Lines of an edit that stand open; the rest is folded."""
_OPERATIONS = {"create": "new file", "delete": "deleted", "move": "moved"}
_ROWS = {"+": "add", "-": "del", "\\": "eof"}

_Row = DiffLine | None
"""A line, or the gap between two places."""


def edit_block(edit: FileEdit) -> Html:
    """One edit with its heading."""
    rows = _rows(edit)
    lines = sum(row is not None for row in rows)
    first, rest = rows[:SHOWN], rows[SHOWN:]
    if not rows:
        body = tag("p", "the log does not tell what was changed", class_="note")
    elif len(rest) <= SHOWN // 4:
        body = _table(rows)
    else:
        more = lines - sum(row is not None for row in first)
        body = joined(_table(first), fold(plural(more, "more line"), _table(rest)))
    return tag("section", edit_heading(edit), body, class_="edit")


def edit_heading(edit: FileEdit) -> Html:
    """Which file, what was done to it, how many lines."""
    parts: list[Html] = [tag("code", edit.path)]
    if edit.new_path:
        parts += [joined(" → "), tag("code", edit.new_path)]
    if edit.operation in _OPERATIONS:
        parts.append(tag("span", _OPERATIONS[edit.operation], class_="quiet"))
    parts.append(line_counts(edit.additions, edit.deletions))
    if edit.is_proposed:
        parts.append(tag("span", "as proposed: the log holds no result", class_="warn"))
    return tag("h4", *(joined(part, " ") for part in parts if part))


def line_counts(additions: int, deletions: int) -> Html:
    """Lines added and removed; nothing for none."""
    added = tag("span", f"+{additions:,}", class_="ok") if additions else EMPTY
    removed = tag("span", f"\N{MINUS SIGN}{deletions:,}", class_="bad") if deletions else EMPTY
    return joined(added, " " if added and removed else "", removed)


def _rows(edit: FileEdit) -> list[_Row]:
    hunks: Iterator[list[_Row]] = (
        [*([None] if number else []), *read_hunk(hunk, clean=clean)]
        for number, hunk in enumerate(edit.hunks)
    )
    return list(chain.from_iterable(hunks))


def _table(rows: Sequence[_Row]) -> Html:
    has_numbers = any(row and (row.old or row.new) is not None for row in rows)
    made = (
        _line(row, has_numbers=has_numbers)
        if row
        else tag("tr", tag("td", "⋯", colspan="4"), class_="gap")
        for row in rows
    )
    return tag("div", tag("table", tag("tbody", *made), class_="diff"), class_="scroll")


def _line(line: DiffLine, *, has_numbers: bool) -> Html:
    numbers = [
        tag("td", "" if number is None else str(number), class_="n")
        for number in (line.old, line.new)
    ]
    sign = "\N{MINUS SIGN}" if line.sign == "-" else line.sign
    return tag(
        "tr",
        *(numbers if has_numbers else ()),
        tag("td", sign if sign in {"+", "\N{MINUS SIGN}"} else "", class_="sign"),
        tag("td", _marked(line)),
        class_=_ROWS.get(line.sign),
    )


def _marked(line: DiffLine) -> Html:
    """The text with its changed words."""
    parts: list[Html] = []
    at = 0
    for start, stop in line.words or ():
        parts += [joined(line.text[at:start]), tag("mark", line.text[start:stop])]
        at = stop
    return joined(*parts, line.text[at:])
