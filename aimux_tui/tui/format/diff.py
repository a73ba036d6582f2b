"""An edit of a file as a diff with line numbers, the changed words marked within their lines."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.style import Style

from aimux_tui.text.diff_lines import DiffLine, number_digits, paired, read_hunk
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import plural
from aimux_tui.tui.format.highlight import highlight_lines, language_of
from aimux_tui.tui.format.lines import EMPTY, Line, Row, Wrap, pad, rows_of, width_of
from aimux_tui.tui.format.paths import Paths

if TYPE_CHECKING:
    from aimux_tui.model.tools import FileEdit, Hunk
    from aimux_tui.tui.format.look import Look

SIDE_BY_SIDE = 120
"""Columns from which on both versions can stand side by side."""
_MAX_COLOURED = 600
"""Lines of an edit that is shown as code."""
_AS_LOGGED = Paths()
_OPERATIONS = {"create": "new file", "delete": "deleted", "move": "moved"}

_Coloured = dict[DiffLine, Content]
"""The texts of some lines as code of their language."""


def edit_heading(edit: FileEdit, look: Look, part: str = "", paths: Paths = _AS_LOGGED) -> Line:
    """What was done to which file: its path, "new file", how many lines."""
    palette, glyphs = look.palette, look.glyphs
    pieces: list[str | tuple[str, Style]] = []
    if edit.operation in _OPERATIONS:
        pieces.append((f"  {_OPERATIONS[edit.operation]}", palette.muted))
    if edit.additions:
        pieces.append((f"  {glyphs.added}{edit.additions}", palette.ok))
    if edit.deletions:
        pieces.append((f"  {glyphs.removed}{edit.deletions}", palette.failed))
    if edit.is_proposed:
        pieces.append(("  as proposed: the log holds no result", palette.waiting))
    said = Content.assemble(*pieces)
    taken = width_of(said.plain)
    if edit.new_path:
        taken += paths.columns // 2
    names = [
        Content.styled(paths.fit(one_line(path), taken, glyphs.ellipsis), palette.heading)
        for path in (edit.path, edit.new_path)
        if path
    ]
    return Line(Content.assemble(Content(f" {look.plain('→')} ").join(names), said), part)


def unified_diff(
    edit: FileEdit, look: Look, *, part: str = "", max_lines: int | None = None
) -> list[Line]:
    """The lines of an edit below each other; at most so many, and then how many more there are."""
    digits, language = number_digits(edit), _language(edit)
    made: list[Line] = []
    total = sum(len(hunk.lines) for hunk in edit.hunks)
    for number, hunk in enumerate(edit.hunks):
        if number:
            gap = look.plain("⋯" if look.plain("…") == "…" else "...")
            made.append(Line(Content.styled(gap, look.palette.faint), part))
        # What is not shown need not be compared.
        room = None if max_lines is None else max_lines - len(made) + 1
        lines, coloured = _read(hunk, language, look, room)
        for line in lines:
            if max_lines is not None and len(made) >= max_lines:
                return [*made, _more(total - max_lines, look, part)]
            made.append(_unified_line(line, coloured, digits, look, part))
    return made


def _more(count: int, look: Look, part: str) -> Line:
    text = look.plain(f"… {plural(count, 'more line')}, enter")
    return Line(Content.styled(text, look.palette.muted), part)


def _unified_line(line: DiffLine, coloured: _Coloured, digits: int, look: Look, part: str) -> Line:
    number = line.old if line.sign == "-" else line.new
    numbers = f"{'' if number is None else number:>{digits}} " if digits else ""
    prefix = Content.assemble(
        (numbers, look.palette.faint), (_sign(line, look) + " ", _sign_style(line, look))
    )
    return Line(_text(line, coloured, look), part, prefix, fill=_fill(line, look), wrap=Wrap.FOLD)


def side_by_side_diff(edit: FileEdit, look: Look, width: int, *, part: str = "") -> list[Line]:
    """The old version at the left, the new one at the right; made for one width."""
    digits, language = number_digits(edit), _language(edit)
    half = max((width - 3) // 2, 1)
    rule = Content.styled(f" {look.glyphs.quote} ", look.palette.faint)
    made: list[Line] = []
    for number, hunk in enumerate(edit.hunks):
        if number:
            made.append(Line(Content.styled(look.glyphs.rule * 3, look.palette.faint), part))
        lines, coloured = _read(hunk, language, look)
        for old, new in paired(lines):
            left = _side(old, old.old if old else None, coloured, digits, half, look)
            right = _side(new, new.new if new else None, coloured, digits, half, look)
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
    line: DiffLine | None,
    number: int | None,
    coloured: _Coloured,
    digits: int,
    width: int,
    look: Look,
) -> list[Row]:
    if line is None:
        return []
    numbers = f"{'' if number is None else number:>{digits}} " if digits else ""
    prefix = Content.assemble(
        (numbers, look.palette.faint), (_sign(line, look) + " ", _sign_style(line, look))
    )
    filled = Line(_text(line, coloured, look), "", prefix, fill=_fill(line, look), wrap=Wrap.FOLD)
    return rows_of(filled, width)


def _filled(row: Row | None, width: int) -> Content:
    if row is None:
        return Content(" " * width)
    content = pad(row.content, width)
    return content.stylize_before(row.fill) if row.fill is not None else content


def _language(edit: FileEdit) -> str:
    """The language to colour it in; empty for what is so long that colours would cost too much."""
    if sum(len(hunk.lines) for hunk in edit.hunks) > _MAX_COLOURED:
        return ""
    return language_of(edit.new_path or edit.path)


def _read(
    hunk: Hunk, language: str, look: Look, max_lines: int | None = None
) -> tuple[list[DiffLine], _Coloured]:
    """The lines of a hunk, and those that are shown as code."""
    made = read_hunk(hunk, max_lines)
    coloured: _Coloured = {}
    # Where lines have no background of their own, their colour says what became of them.
    if language and look.palette.added.background is not None:
        for signs in (" +", "-"):
            version = [line for line in made if line.sign in signs]
            if not version:
                continue
            code = "\n".join(line.text for line in version)
            contents = highlight_lines(code, language, look.palette)
            coloured.update(zip(version, contents, strict=True))
    return made, coloured


def _sign(line: DiffLine, look: Look) -> str:
    match line.sign:
        case "+":
            return look.glyphs.added
        case "-":
            return look.glyphs.removed
        case _:
            return " "


def _sign_style(line: DiffLine, look: Look) -> Style:
    match line.sign:
        case "+":
            return look.palette.ok
        case "-":
            return look.palette.failed
        case _:
            return Style()


def _fill(line: DiffLine, look: Look) -> Style | None:
    match line.sign:
        case "+":
            return look.palette.added
        case "-":
            return look.palette.removed
        case _:
            return None


def _text(line: DiffLine, coloured: _Coloured, look: Look) -> Content:
    palette = look.palette
    if line.sign == "\\":
        return Content.styled(line.text.strip(), palette.faint)
    if not line.text:
        return EMPTY
    word = palette.added_word if line.sign == "+" else palette.removed_word
    content = coloured.get(line) or Content(line.text, strip_control_codes=False)
    return content.add_spans([Span(start, end, word) for start, end in line.words or ()])
