"""A text of any length, prepared outside of the screen and drawn line by line.

Making one may take long: do it in a worker. Drawing one does not.
"""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from textual.content import Content
from textual.style import Style

from aimux_tui.text.sanitise import sanitise
from aimux_tui.text.units import format_count, plural
from aimux_tui.tui.format.lines import Line, Wrap, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.tui.format.look import Look

MAX_LINE = 20_000
"""Characters of a line that are drawn; a notice tells how many there are."""
MAX_HITS = 20_000
"""Where a search ends: nobody walks through more."""
_CLIPPED = Style(reverse=True)


class Hit(Struct, frozen=True):
    """Where a search found something: characters `start` up to, not including, `end` of a line."""

    line: int
    start: int
    end: int


class Document(Protocol):
    """Lines that can be asked for one by one."""

    def __len__(self) -> int: ...

    def line(self, index: int) -> Line:
        """A line, ready to be drawn."""
        ...

    def text(self, index: int) -> str:
        """The text of a line, without its prefix."""
        ...

    def lengths(self) -> Sequence[int]:
        """Columns of every line with its prefix, if it is not broken."""
        ...


class LineDocument:
    """A document of lines that were made by a formatter."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._lengths = array(
            "L", (width_of(line.prefix.plain) + width_of(line.content.plain) for line in lines)
        )

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, index: int) -> Line:
        """A line as it was made, clipped if it is enormous."""
        return clipped(self._lines[index])

    def text(self, index: int) -> str:
        """The text of a line."""
        return self._lines[index].content.plain

    def lengths(self) -> Sequence[int]:
        """Columns of every line."""
        return self._lengths


class TextDocument:
    """A document of plain text, whose lines become objects only when they are drawn."""

    def __init__(
        self,
        text: str,
        look: Look,
        *,
        max_lines: int | None = None,
        is_numbered: bool = False,
        style: Style | None = None,
        wrap: Wrap = Wrap.FOLD,
    ) -> None:
        lines = sanitise(text).split("\n")
        if len(lines) > 1 and not lines[-1]:
            lines.pop()
        self._hidden = max(len(lines) - max_lines, 0) if max_lines is not None else 0
        self._lines = lines[:max_lines] if self._hidden else lines
        self._look = look
        self._style = style
        self._wrap = wrap
        self._digits = len(str(len(lines))) if is_numbered else 0
        self._lengths = array("L", (width_of(line) + self._lead for line in self._lines))
        if self._hidden:
            self._lengths.append(0)

    @property
    def _lead(self) -> int:
        return self._digits + 1 if self._digits else 0

    def __len__(self) -> int:
        return len(self._lines) + bool(self._hidden)

    def line(self, index: int) -> Line:
        """A line, or the notice that there are more."""
        if index == len(self._lines):
            note = self._look.plain(f"… {plural(self._hidden, 'more line')}")
            return Line(Content.styled(note, self._look.palette.muted))
        content = Content.styled(self._lines[index], self._style or "", strip_control_codes=False)
        if not self._digits:
            return clipped(Line(content, wrap=self._wrap))
        number = Content.styled(f"{index + 1:>{self._digits}} ", self._look.palette.faint)
        return clipped(Line(content, prefix=number, wrap=self._wrap))

    def text(self, index: int) -> str:
        """The text of a line."""
        return self._lines[index] if index < len(self._lines) else ""

    def lengths(self) -> Sequence[int]:
        """Columns of every line."""
        return self._lengths


def clipped(line: Line) -> Line:
    """The line, or the beginning of it and how long it is."""
    length = len(line.content)
    if length <= MAX_LINE:
        return line
    note = f" … {format_count(length)} characters in this line"
    content = Content.assemble(line.content[:MAX_LINE], (note, _CLIPPED))
    return Line(content, line.part, line.prefix, line.hang, line.fill, line.wrap)


def find(document: Document, words: str) -> list[Hit]:
    """Everywhere that a document has these words, whatever their case. Bounded by `MAX_HITS`."""
    hits: list[Hit] = []
    if not words:
        return hits
    search = re.compile(re.escape(words), re.IGNORECASE).finditer
    for index in range(len(document)):
        found = search(document.text(index))
        hits.extend(Hit(index, match.start(), match.end()) for match in found)
        if len(hits) >= MAX_HITS:
            break
    return hits
