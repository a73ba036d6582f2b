"""The base of the list and of the text viewer: paints rows, and lets the mouse select text in them.

What the items are and whether there is a cursor, its subclasses know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.style import Style

from aimux_tui.tui.format.glyphs import ASCII, Glyphs, terminal_glyphs
from aimux_tui.tui.format.lines import Line, rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.widgets.row_layout import RowLayout
from aimux_tui.tui.widgets.row_painter import PLAIN, RowPainter, with_offsets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from textual.geometry import Region
    from textual.selection import Selection
    from textual.strip import Strip

    from aimux_tui.tui.format.lines import Row

MAX_SELECTED_ROWS = 20_000
"""Of a larger selection only so many rows are copied."""


class RowView(RowLayout, can_focus=True, inherit_bindings=False):
    """Shows rows of items. Subclasses say what the items are, see `RowLayout.item_count` and below.

    It is fastest without border and padding of its own; put it into a container to frame it.
    """

    ALLOW_SELECT = True

    DEFAULT_CSS = """
    RowView {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._glyphs = terminal_glyphs()
        self.draw_scrollbar(is_ascii=self._glyphs is ASCII)
        self._zone: tzinfo | None = None
        self._look: Look | None = None
        self._when_empty: Sequence[Line] = ()
        self._painter: RowPainter | None = None
        self._made_in: Look | None = None
        """The look in which the rows that are kept were made."""

    def row_state(self, index: int, line: int) -> int:
        """How a row is painted, see `row_painter`. For subclasses with a cursor."""
        del index, line
        return PLAIN

    @property
    def look(self) -> Look:
        """Palette and signs of the moment."""
        palette = palette_of(self.app)
        if self._look is None or self._look.palette is not palette:
            self._look = Look(palette, self._glyphs, self._zone)
        return self._look

    def draw_with(self, *, glyphs: Glyphs | None = None, zone: tzinfo | None = None) -> None:
        """Use other signs, or tell clock times in another zone."""
        self._glyphs = glyphs or self._glyphs
        self._zone = zone or self._zone
        self._look = None
        self.draw_scrollbar(is_ascii=self._glyphs is ASCII)
        self.rebuild()

    def say_when_empty(self, lines: Sequence[Line]) -> None:
        """What to show while there are no items."""
        self._when_empty = lines
        if not len(self.heights):
            self.refresh()

    # Frames.

    def notify_style_update(self) -> None:
        """Paint anew: colours may have changed."""
        super().notify_style_update()
        self._painter = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint a region of the view, past Textual's cache of styles, which has nothing to add."""
        styles = self.styles
        if styles.gutter.totals != (0, 0) or styles.tint.a or self.opacity < 1:
            return super().render_lines(crop)
        strips = [strip for strip, _ in self._strips(crop.y, crop.height)]
        if crop.x or crop.width != self.region.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Paint one row of the view, so that the mouse can select text in it."""
        strip, row = next(self._strips(y, 1))
        return strip if row is None else with_offsets(strip, row, self.GUTTER)

    def _current_painter(self) -> RowPainter:
        look = self.look
        made_for = (look, self.visual_style, self.region.width)
        painter = self._painter
        if painter is None or painter.made_for != made_for:
            if self._made_in is not look:
                self._cache.clear()
                self._made_in = look
            self._cache.clear_strips()
            painter = self._painter = RowPainter(
                *made_for, self.GUTTER, self.get_line_filters(), self.background_colors[1]
            )
        return painter

    def _strips(self, y: int, height: int) -> Iterator[tuple[Strip, int | None]]:
        """Strips of the view from row `y` of it on, each with its row in the whole column."""
        painter, heights = self._current_painter(), self.heights
        selection, width = self.text_selection, self.row_width
        row = self.scroll_offset.y + y
        end = min(row + height, heights.total)
        blanks = height - max(end - row, 0)
        if row < end:
            index, line = heights.find(row)
            rendered = self.rendered(index, width)
        while row < end:
            while line >= heights[index]:
                index, line = index + 1, 0
                rendered = self.rendered(index, width)
            if line >= len(rendered.rows):
                # Its source did not tell that it has changed.
                self.call_later(self.settle)
                yield painter.blank, None
            elif selection is not None and (span := selection.get_span(row)) is not None:
                yield self._selected_strip(rendered.rows[line], painter, span), row
            else:
                state = self.row_state(index, line)
                strip = rendered.strips.get((line, state))
                if strip is None:
                    strip = painter.paint(rendered.rows[line], state)
                    rendered.strips[line, state] = strip
                yield strip, row
            row += 1
            line += 1
        if not heights.total and self._when_empty:
            said = rows(self._when_empty, width)[y : y + height]
            yield from ((painter.paint(line_said), None) for line_said in said)
            blanks -= len(said)
        yield from ((painter.blank, None) for _ in range(blanks))

    # Selected text.

    def _selected_strip(self, row: Row, painter: RowPainter, span: tuple[int, int]) -> Strip:
        start, end = span
        style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
        length = len(row.content)
        content = row.content.stylize(style, min(start, length), length if end < 0 else end)
        return painter.paint(replace(row, content=content))

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        del selection
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without line numbers and the like, its broken lines mended."""
        total = self.heights.total
        first = selection.start.y if selection.start is not None else 0
        last = selection.end.y if selection.end is not None else total - 1
        last = min(last, total - 1, first + MAX_SELECTED_ROWS)
        pieces: list[str] = []
        for row, made in self._rows_between(first, last):
            span = selection.get_span(row)
            if span is None:
                continue
            text = made.content.plain
            start, end = max(span[0], made.lead), len(text) if span[1] < 0 else span[1]
            pieces += (text[start:end], "" if made.is_continued else "\n")
        return "".join(pieces), ""

    def _rows_between(self, first: int, last: int) -> Iterator[tuple[int, Row]]:
        row = max(first, 0)
        while row <= last:
            index, line = self.heights.find(row)
            for made in self.rendered(index).rows[line : line + last - row + 1]:
                yield row, made
                row += 1
