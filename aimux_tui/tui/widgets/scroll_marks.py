"""A scrollbar that also shows where something is: failures, hits of a search."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.style import Style

from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.widgets.heights import Heights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from textual.color import Color
    from textual.geometry import Size

MARK = "="
"""In ASCII everywhere: the scrollbar itself is only colour."""


class MarkedScrollView(ScrollView):
    """A scrolling view whose items can have marks beside its scrollbar."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.heights = Heights()
        self._has_ascii_bar = False
        self._marks: dict[str, tuple[Sequence[int], str]] = {}

    def mark(self, kind: str, indexes: Sequence[int], style: str) -> None:
        """Mark items: ascending indexes, drawn in a style of the palette, by its name.

        Where marks of several kinds meet, the kind that was marked first is seen.
        """
        marks = (tuple(indexes), style)
        if self._marks.get(kind, ((), style)) == marks:
            return
        self._marks[kind] = marks
        if self.is_mounted:
            self.vertical_scrollbar.refresh()

    def marked(self, kind: str) -> Sequence[int]:
        """Ascending indexes of the items with marks of a kind."""
        return self._marks[kind][0] if kind in self._marks else ()

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """A scrollbar that draws our marks, made and started as Textual does with its own."""
        if self._vertical_scrollbar is None:
            bar = MarkedScrollBar(self._marked_cells, thickness=self.scrollbar_size_vertical)
            bar.draw(is_ascii=self._has_ascii_bar)
            bar.display = False
            self._vertical_scrollbar = bar
            self.app._start_widget(self, bar)  # noqa: SLF001 - Textual starts its own like this
        return self._vertical_scrollbar

    def draw_scrollbar(self, *, is_ascii: bool) -> None:
        """Draw the scrollbar with or without the half blocks that make it move smoothly."""
        self._has_ascii_bar = is_ascii
        if isinstance(self._vertical_scrollbar, MarkedScrollBar):
            self._vertical_scrollbar.draw(is_ascii=is_ascii)

    def _marked_cells(self, size: int) -> Mapping[int, Color | None]:
        palette = palette_of(self.app)
        marks = [
            (indexes, style.foreground or style.background)
            for indexes, name in self._marks.values()
            if isinstance(style := getattr(palette, name), Style)
        ]
        return marked_cells(marks, self.heights, size)


def marked_cells(
    marks: Sequence[tuple[Sequence[int], Color | None]], heights: Heights, size: int
) -> dict[int, Color | None]:
    """Which cells of a scrollbar `size` rows high have a mark, and of which colour.

    `marks` holds ascending indexes of items; what comes first wins a cell. The cost depends on
    `size`, not on how many marks or items there are.
    """
    total = heights.total
    if not total or not size or not any(indexes for indexes, _ in marks):
        return {}
    cells: dict[int, Color | None] = {}
    # Rows that all fit on the screen have their marks beside them.
    rows = max(total, size)
    for cell in range(min(size, total)):
        first_row = cell * rows // size
        last_row = max((cell + 1) * rows // size - 1, first_row)
        first, line = heights.find(first_row)
        # An item is marked where it begins.
        if line and last_row > first_row:
            first += 1
        last, _ = heights.find(last_row)
        for indexes, color in marks:
            at = bisect_left(indexes, first)
            if at < len(indexes) and indexes[at] <= last:
                cells[cell] = color
                break
    return cells


class MarkedScrollBar(ScrollBar):
    """A vertical scrollbar with marks on top.

    It paints itself, past Textual's cache of styles, which takes each of its cells through all that
    a whole line may need; that was the dearest part of a frame.
    """

    def __init__(
        self, marked_cells_of: Callable[[int], Mapping[int, Color | None]], *, thickness: int
    ) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._marked_cells_of = marked_cells_of
        self._painted: tuple[Size, list[Strip]] | None = None

    def draw(self, *, is_ascii: bool) -> None:
        """Draw it with or without half blocks."""
        # On the instance, as Textual's documentation proposes for a single scrollbar.
        vars(self)["renderer"] = _PlainRender if is_ascii else ScrollBarRender
        self.refresh()

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint anew."""
        self._painted = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Paint anew: colours may have changed."""
        self._painted = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its rows."""
        size = self.size
        if self._painted is None or self._painted[0] != size:
            self._painted = (size, self._paint(size))
        strips = self._painted[1][crop.y : crop.bottom]
        if crop.x or crop.width != size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One row."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _paint(self, size: Size) -> list[Strip]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        style = self.app.console.get_style(bar.style)
        assert style.color is not None
        assert style.bgcolor is not None
        cells = bar.render_bar(
            size=size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=size.width,
            back_color=style.bgcolor,
            bar_color=style.color,
        ).segments[: size.height]
        _put_marks(cells, self._marked_cells_of(size.height))
        # Most cells are one and the same object.
        strips = {id(cell): Strip([cell], size.width) for cell in cells}
        for line_filter in self.get_line_filters():
            background = self.background_colors[1]
            strips = {
                name: strip.apply_filter(line_filter, background) for name, strip in strips.items()
            }
        return [strips[id(cell)] for cell in cells]


class _PlainRender(ScrollBarRender):
    """Textual's bar without half blocks."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8


def _put_marks(bar: list[Segment], cells: Mapping[int, Color | None]) -> None:
    for cell, color in cells.items():
        if cell >= len(bar):
            continue
        text, style, _ = bar[cell]
        below = None
        if style is not None:
            below = style.color if style.reverse else style.bgcolor
        marked = RichStyle(
            color=None if color is None else color.rich_color,
            bgcolor=below,
            meta=style.meta if style is not None else None,
        )
        bar[cell] = Segment(MARK * max(len(text), 1), marked)
