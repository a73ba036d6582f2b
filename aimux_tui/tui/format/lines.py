"""Lines of styled text, and how they are broken into the rows of a screen.

A `Line` is what a formatter says; a `Row` is what fits on the screen at a given width.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len, split_graphemes
from textual.content import Content
from textual.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable

EMPTY = Content.empty()
OPENS = "opens"
"""Key in the meta data of a style: a click on text in that style opens its item."""


class Wrap(StrEnum):
    """What becomes of a line that is too long."""

    WORDS = "words"
    """Broken between words where possible: prose."""
    FOLD = "fold"
    """Broken anywhere: code and output, where spaces have a meaning."""
    CUT = "cut"
    """Ends with an ellipsis."""


class Line(Struct, frozen=True):
    """A line of any length, without line breaks in it."""

    content: Content
    part: str = ""
    """The part of its item that the line belongs to; a cursor selects whole parts."""
    prefix: Content = EMPTY
    """Drawn before the first row and not copied: line numbers, bullets, bars."""
    hang: Content | None = None
    """The same before the following rows; None: blanks."""
    fill: Style | None = None
    """Reaches from the prefix to the right edge."""
    wrap: Wrap = Wrap.WORDS


class Row(Struct, frozen=True):
    """What is drawn in one row of the screen."""

    content: Content
    part: str = ""
    fill: Style | None = None
    lead: int = 0
    """How many characters at the start are a prefix, which is not copied."""
    is_continued: bool = False
    """The next row continues the same line."""


def width_of(text: str) -> int:
    """Columns that the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(content: Content, width: int, ellipsis: str = "…") -> Content:
    """Cut to the width, with an ellipsis if anything was cut."""
    if len(content.plain) <= width and width_of(content.plain) <= width:
        return content
    room = width - width_of(ellipsis)
    if room < 0:
        return content[: _fitting(content.plain, max(width, 0))]
    end = _fitting(content.plain, room)
    return Content.assemble(content[:end].rstrip(), ellipsis)


def pad(content: Content, width: int, *, right: bool = False) -> Content:
    """Fill up with blanks to the width, at the start if `right`."""
    missing = width - width_of(content.plain)
    if missing <= 0:
        return content
    blanks = " " * missing
    return Content.assemble(blanks, content) if right else Content.assemble(content, blanks)


def text_lines(
    text: str, style: Style | None = None, *, part: str = "", wrap: Wrap = Wrap.WORDS
) -> list[Line]:
    """The lines of a sanitised text, all in one style."""
    span = style if style is not None else ""
    return [
        Line(Content.styled(line, span, strip_control_codes=False), part, wrap=wrap)
        for line in text.split("\n")
    ]


def rows(lines: Iterable[Line], width: int, ellipsis: str = "…") -> list[Row]:
    """Break lines into rows of at most `width` columns, not counting blanks at their ends."""
    made: list[Row] = []
    for line in lines:
        made += rows_of(line, width, ellipsis)
    return made


def rows_of(line: Line, width: int, ellipsis: str = "…") -> list[Row]:
    """Break one line into rows; see `rows`."""
    prefix, content = line.prefix, line.content
    width = max(width, 1)
    lead = width_of(prefix.plain) if prefix else 0
    if lead >= width:
        # Too narrow for what stands before the text: rather that than nothing of the text.
        prefix, lead = EMPTY, 0
    room = width - lead
    text = content.plain
    if len(text) <= room and width_of(text) <= room:
        whole = Content.assemble(prefix, content) if lead else content
        return [Row(whole, line.part, line.fill, len(prefix))]
    if line.wrap is Wrap.CUT:
        cut = fit(content, room, ellipsis)
        return [Row(Content.assemble(prefix, cut), line.part, line.fill, len(prefix))]
    hang = line.hang if line.hang is not None and lead else Content(" " * lead)
    cuts = _cuts(text, room, between_words=line.wrap is Wrap.WORDS)
    pieces = content.divide(cuts)
    last = len(pieces) - 1
    return [
        Row(
            Content.assemble(prefix if number == 0 else hang, piece),
            line.part,
            line.fill,
            len(prefix) if number == 0 else len(hang),
            number != last,
        )
        for number, piece in enumerate(pieces)
    ]


def height_of(line: Line, width: int) -> int:
    """About how many rows the line takes; exact for lines that fit."""
    lead = width_of(line.prefix.plain) if line.prefix else 0
    room = max(width - lead, 1) if lead < width else max(width, 1)
    cells = width_of(line.content.plain)
    if cells <= room or line.wrap is Wrap.CUT:
        return 1
    return -(-cells // room)


def _cuts(text: str, width: int, *, between_words: bool) -> list[int]:
    """Offsets at which to break the text."""
    cuts: list[int] = []
    start, end = 0, len(text)
    while start < end:
        stop = _stop(text, start, width)
        if stop >= end:
            break
        if between_words and text[stop] != " ":
            blank = text.rfind(" ", start + 1, stop)
            # A word longer than the row is broken, and so is what would leave it nearly empty.
            if blank > start and not text[start:blank].isspace():
                stop = blank + 1
        elif between_words:
            # Blanks at the break hang over the edge rather than begin the next row.
            while stop < end and text[stop] == " ":
                stop += 1
            if stop >= end:
                break
        cuts.append(stop)
        start = stop
    return cuts


def _stop(text: str, start: int, width: int) -> int:
    """The offset behind the last character that fits into a row beginning at `start`."""
    # One character more, since a combining one would belong to the row as well.
    if text[start : start + width + 1].isascii():
        return min(start + width, len(text))
    return start + max(_fitting(text[start : start + 4 * width + 4], width), 1)


def _fitting(text: str, width: int) -> int:
    """How many characters fit into the width, never splitting what is drawn as one."""
    if text[: width + 1].isascii():
        return min(len(text), width)
    taken = 0
    for _begin, end, cells in split_graphemes(text[: 4 * width + 4])[0]:
        if cells > width:
            break
        width -= cells
        taken = end
    return taken
