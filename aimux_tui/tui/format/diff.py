"""An edit of a file as a diff with line numbers, the changed words marked within their lines."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content, Span
from textual.style import Style

from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import plural
from aimux_tui.tui.format.highlight import highlight_lines, language_of
from aimux_tui.tui.format.lines import EMPTY, Line, Row, Wrap, pad, rows_of
from aimux_tui.tui.format.words import Ranges, changed_words, similarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aimux_tui.model.tools import FileEdit, Hunk
    from aimux_tui.tui.format.look import Look

SIDE_BY_SIDE = 120
"""Columns from which on both versions can stand side by side."""
_MAX_COLOURED = 600
"""Lines of an edit that is shown as code."""
_MAX_ALIGNED = 200
"""Lines of a change whose counterparts are looked for."""
_WINDOW = 8
"""How many added lines are looked at to find the one that a removed line became."""
_SIMILAR = 0.4
_OPERATIONS = {"create": "new file", "delete": "deleted", "move": "moved"}


class _DiffLine(Struct):
    """One line of a hunk, its text safe to draw."""

    sign: str
    text: str
    old: int | None = None
    new: int | None = None
    words: Ranges | None = None
    coloured: Content | None = None
    """The text as code of its language."""


def edit_heading(edit: FileEdit, look: Look, part: str = "") -> Line:
    """What was done to which file: its path, "new file", how many lines."""
    palette, glyphs = look.palette, look.glyphs
    pieces: list[str | tuple[str, Style]] = [(one_line(edit.path), palette.heading)]
    if edit.new_path:
        pieces += [f" {look.plain('→')} ", (one_line(edit.new_path), palette.heading)]
    if edit.operation in _OPERATIONS:
        pieces.append((f"  {_OPERATIONS[edit.operation]}", palette.muted))
    if edit.additions:
        pieces.append((f"  {glyphs.added}{edit.additions}", palette.ok))
    if edit.deletions:
        pieces.append((f"  {glyphs.removed}{edit.deletions}", palette.failed))
    if edit.is_proposed:
        pieces.append(("  as proposed: the log holds no result", palette.waiting))
    return Line(Content.assemble(*pieces), part)


def unified_diff(
    edit: FileEdit, look: Look, *, part: str = "", max_lines: int | None = None
) -> list[Line]:
    """The lines of an edit below each other; at most so many, and then how many more there are."""
    digits, language = _digits(edit), _language(edit)
    made: list[Line] = []
    total = sum(len(hunk.lines) for hunk in edit.hunks)
    for number, hunk in enumerate(edit.hunks):
        if number:
            gap = look.plain("⋯" if look.plain("…") == "…" else "...")
            made.append(Line(Content.styled(gap, look.palette.faint), part))
        # What is not shown need not be compared.
        room = None if max_lines is None else max_lines - len(made) + 1
        for line in _read(hunk, language, look, room):
            if max_lines is not None and len(made) >= max_lines:
                return [*made, _more(total - max_lines, look, part)]
            made.append(_unified_line(line, digits, look, part))
    return made


def _more(count: int, look: Look, part: str) -> Line:
    text = look.plain(f"… {plural(count, 'more line')}, enter")
    return Line(Content.styled(text, look.palette.muted), part)


def _unified_line(line: _DiffLine, digits: int, look: Look, part: str) -> Line:
    number = line.old if line.sign == "-" else line.new
    numbers = f"{'' if number is None else number:>{digits}} " if digits else ""
    prefix = Content.assemble(
        (numbers, look.palette.faint), (_sign(line, look) + " ", _sign_style(line, look))
    )
    return Line(_text(line, look), part, prefix, fill=_fill(line, look), wrap=Wrap.FOLD)


def side_by_side_diff(edit: FileEdit, look: Look, width: int, *, part: str = "") -> list[Line]:
    """The old version at the left, the new one at the right; made for one width."""
    digits, language = _digits(edit), _language(edit)
    half = max((width - 3) // 2, 1)
    rule = Content.styled(f" {look.glyphs.quote} ", look.palette.faint)
    made: list[Line] = []
    for number, hunk in enumerate(edit.hunks):
        if number:
            made.append(Line(Content.styled(look.glyphs.rule * 3, look.palette.faint), part))
        for old, new in _paired(_read(hunk, language, look)):
            left = _side(old, old.old if old else None, digits, half, look)
            right = _side(new, new.new if new else None, digits, half, look)
            for one, other in zip_longest(left, right):
                made.append(
                    Line(
                        Content.assemble(_filled(one, half), rule, _filled(other, half)),
                        part,
                        wrap=Wrap.CUT,
                    )
                )
    return made


def _side(
    line: _DiffLine | None, number: int | None, digits: int, width: int, look: Look
) -> list[Row]:
    if line is None:
        return []
    numbers = f"{'' if number is None else number:>{digits}} " if digits else ""
    prefix = Content.assemble(
        (numbers, look.palette.faint), (_sign(line, look) + " ", _sign_style(line, look))
    )
    filled = Line(_text(line, look), "", prefix, fill=_fill(line, look), wrap=Wrap.FOLD)
    return rows_of(filled, width)


def _filled(row: Row | None, width: int) -> Content:
    if row is None:
        return Content(" " * width)
    content = pad(row.content, width)
    return content.stylize_before(row.fill) if row.fill is not None else content


def _paired(lines: Iterable[_DiffLine]) -> Iterator[tuple[_DiffLine | None, _DiffLine | None]]:
    """Removed lines beside the added ones that took their place."""
    removed: list[_DiffLine] = []
    added: list[_DiffLine] = []
    for line in lines:
        if line.sign == "-" and not added:
            removed.append(line)
        elif line.sign == "+":
            added.append(line)
        else:
            yield from _aligned(removed, added)
            removed, added = ([line], []) if line.sign == "-" else ([], [])
            if line.sign != "-":
                yield line, line
    yield from _aligned(removed, added)


def _aligned(
    removed: list[_DiffLine], added: list[_DiffLine]
) -> Iterator[tuple[_DiffLine | None, _DiffLine | None]]:
    """Similar lines beside each other, and what is left in between in order."""
    at_old = at_new = 0
    if len(removed) != len(added) and len(removed) + len(added) <= _MAX_ALIGNED:
        for old, line in enumerate(removed):
            candidates = [
                (similarity(line.text, other.text), -new)
                for new, other in enumerate(added[at_new : at_new + _WINDOW], at_new)
            ]
            likeness, place = max(candidates, default=(0.0, 0))
            if likeness < _SIMILAR:
                continue
            yield from zip_longest(removed[at_old:old], added[at_new:-place])
            yield line, added[-place]
            at_old, at_new = old + 1, 1 - place
    yield from zip_longest(removed[at_old:], added[at_new:])


def _digits(edit: FileEdit) -> int:
    """Width of the line numbers; 0 if the log does not tell any."""
    ends = [
        start + len(hunk.lines)
        for hunk in edit.hunks
        for start in (hunk.old_start, hunk.new_start)
        if start is not None
    ]
    return len(str(max(ends))) if ends else 0


def _language(edit: FileEdit) -> str:
    """The language to colour it in; empty for what is so long that colours would cost too much."""
    if sum(len(hunk.lines) for hunk in edit.hunks) > _MAX_COLOURED:
        return ""
    return language_of(edit.new_path or edit.path)


def _read(hunk: Hunk, language: str, look: Look, max_lines: int | None = None) -> list[_DiffLine]:
    old, new = hunk.old_start, hunk.new_start
    made: list[_DiffLine] = []
    for raw in hunk.lines[:max_lines]:
        sign, text = raw[:1] or " ", sanitise(raw[1:]).replace("\n", " ")
        line = _DiffLine(sign, text)
        if sign in " -":
            line.old = old
            old = None if old is None else old + 1
        if sign in " +":
            line.new = new
            new = None if new is None else new + 1
        made.append(line)
    _mark_words(made)
    # Where lines have no background of their own, their colour says what became of them.
    if language and look.palette.added.background is not None:
        for signs in (" +", "-"):
            version = [line for line in made if line.sign in signs]
            if not version:
                continue
            code = "\n".join(line.text for line in version)
            for line, coloured in zip(
                version, highlight_lines(code, language, look.palette), strict=True
            ):
                line.coloured = coloured
    return made


def _mark_words(lines: Sequence[_DiffLine]) -> None:
    for old, new in _paired(lines):
        if old is not None and new is not None and old is not new:
            old.words, new.words = changed_words(old.text, new.text)


def _sign(line: _DiffLine, look: Look) -> str:
    match line.sign:
        case "+":
            return look.glyphs.added
        case "-":
            return look.glyphs.removed
        case _:
            return " "


def _sign_style(line: _DiffLine, look: Look) -> Style:
    match line.sign:
        case "+":
            return look.palette.ok
        case "-":
            return look.palette.failed
        case _:
            return Style()


def _fill(line: _DiffLine, look: Look) -> Style | None:
    match line.sign:
        case "+":
            return look.palette.added
        case "-":
            return look.palette.removed
        case _:
            return None


def _text(line: _DiffLine, look: Look) -> Content:
    palette = look.palette
    if line.sign == "\\":
        return Content.styled(line.text.strip(), palette.faint)
    if not line.text:
        return EMPTY
    word = palette.added_word if line.sign == "+" else palette.removed_word
    content = line.coloured or Content(line.text, strip_control_codes=False)
    return content.add_spans([Span(start, end, word) for start, end in line.words or ()])
