"""A viewer for long texts: messages, code, diffs, output of commands, raw records.

Its documents are prepared elsewhere; it breaks and draws only the lines on screen, so that a
hundred thousand of them are no matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.message import Message

from aimux_tui.tui.format.document import Document, Hit, LineDocument, find
from aimux_tui.tui.format.lines import rows_of
from aimux_tui.tui.widgets.row_view import RowView

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from aimux_tui.tui.format.lines import Row

HITS = "hits"
"""The kind of the marks of a search, see `mark`."""


class TextView(RowView, inherit_bindings=False):
    """Shows a `Document`. It binds no keys: `action_…` are there to be bound, under any id."""

    class WidthChanged(Message):
        """The view has another width: documents made for the old one should be made again."""

        def __init__(self, sender: TextView, width: int) -> None:
            super().__init__()
            self.view = sender
            self.width = width

        @property
        def control(self) -> TextView:
            """The view."""
            return self.view

    def __init__(
        self,
        document: Document | None = None,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._document: Document = document or LineDocument(())
        self._serial = 0
        self._words = ""
        self._hits: list[Hit] = []
        self._current = -1

    # The document.

    @property
    def document(self) -> Document:
        """What is shown."""
        return self._document

    def show(self, document: Document, *, keeps_place: bool = False) -> None:
        """Show another document: from its start, or, if it says the same in another form, where
        the reader was. A search goes on in it.
        """
        self._document = document
        self._serial += 1
        self._cache.clear()
        if not keeps_place and self.is_mounted:
            self.heights.reset(0, 1)
            self.settle(0)
        self.rebuild()
        if self._words:
            self.search(self._words, jumps=False)

    def item_count(self) -> int:
        """How many lines there are."""
        return len(self._document)

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """Lines that have to be broken."""
        return (
            (index, -(-length // width))
            for index, length in enumerate(self._document.lengths())
            if length > width
        )

    def item_version(self, index: int) -> Hashable:
        """Changes with the document, the search and the current hit."""
        current = self.current_hit
        here = current if current is not None and current.line == index else None
        return (self._serial, self._words, here)

    def make_rows(self, index: int, width: int) -> Sequence[Row]:
        """A line, broken into rows, with what was searched for marked."""
        line = self._document.line(index)
        if self._words:
            palette, content = self.look.palette, line.content
            for at in range(*self._hits_of(index)):
                hit = self._hits[at]
                style = palette.current_hit if at == self._current else palette.hit
                content = content.stylize(style, hit.start, hit.end)
            line = replace(line, content=content)
        return rows_of(line, width)

    def view_resized(self) -> None:
        """Break the lines anew, and tell that the width has changed."""
        before = self._known_width
        super().view_resized()
        if self._known_width != before and before:
            self.post_message(self.WidthChanged(self, self._known_width))

    # Searching.

    @property
    def hits(self) -> Sequence[Hit]:
        """What the search found."""
        return self._hits

    @property
    def current_hit(self) -> Hit | None:
        """The hit that was jumped to last."""
        return self._hits[self._current] if 0 <= self._current < len(self._hits) else None

    @property
    def hit_number(self) -> int:
        """Its number, from 1; 0 if there is none."""
        return self._current + 1 if self.current_hit is not None else 0

    def search(self, words: str, *, jumps: bool = True, hits: list[Hit] | None = None) -> int:
        """Find words, whatever their case, and go to the first hit in view or below it.

        Returns how many there are, at most `MAX_HITS`. No words end the search. For a huge document
        `hits` may be what `document.find` found in a worker.
        """
        self._words = words
        self._hits = find(self._document, words) if hits is None else hits
        self._current = -1
        self.mark(HITS, sorted({hit.line for hit in self._hits}), "waiting")
        self.refresh()
        if jumps and self._hits:
            first, _ = self.first_visible()
            at = bisect_left(self._hits, first, key=lambda hit: hit.line)
            self._go_to(at % len(self._hits))
        return len(self._hits)

    def action_next_hit(self) -> None:
        """To the next hit, from the last one back to the first."""
        if self._hits:
            self._go_to((self._current + 1) % len(self._hits))

    def action_previous_hit(self) -> None:
        """To the hit before, from the first one on to the last."""
        if self._hits:
            self._go_to((max(self._current, 0) - 1) % len(self._hits))

    def _hits_of(self, index: int) -> tuple[int, int]:
        first = bisect_left(self._hits, index, key=lambda hit: hit.line)
        return first, bisect_right(self._hits, index, key=lambda hit: hit.line)

    def _go_to(self, number: int) -> None:
        self._current = number
        hit = self._hits[number]
        if self.is_mounted and hit.line < len(self.heights):
            self.measure(hit.line)
            row = self.heights.top(hit.line) + self._row_of(hit)
            top, height = self.scroll_offset.y, self.view_height
            if not top <= row < top + height:
                # In the middle, so that there is something to read around it.
                self.settle(row - height // 2)
        self.refresh()

    def _row_of(self, hit: Hit) -> int:
        """In which row of its line a hit begins."""
        taken = 0
        rows = self.rendered(hit.line).rows
        for number, row in enumerate(rows):
            taken += len(row.content) - row.lead
            if hit.start < taken:
                return number
        return max(len(rows) - 1, 0)

    # Moving. There is no cursor, so these scroll.

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False, force=True)

    def action_cursor_down(self) -> None:
        """A row further down."""
        self._scroll_by(1)

    def action_cursor_up(self) -> None:
        """A row further up."""
        self._scroll_by(-1)

    def action_page_down(self) -> None:
        """A view further down."""
        self._scroll_by(max(self.view_height - 1, 1))

    def action_page_up(self) -> None:
        """A view further up."""
        self._scroll_by(-max(self.view_height - 1, 1))

    def action_first(self) -> None:
        """To the start."""
        self.settle(0)

    def action_last(self) -> None:
        """To the end."""
        self.settle_at_end()
