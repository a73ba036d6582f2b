"""A scrollbar that also shows where something is: failures, hits of a search."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment, Segments
from rich.style import Style as RichStyle
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender
from textual.style import Style

from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.widgets.heights import Heights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType
    from textual.color import Color
    from textual.scrollbar import ScrollBar

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
        self._marks[kind] = (indexes, style)
        if self.is_mounted:
            self.vertical_scrollbar.refresh()

    def marked(self, kind: str) -> Sequence[int]:
        """Ascending indexes of the items with marks of a kind."""
        return self._marks[kind][0] if kind in self._marks else ()

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Textual's scrollbar, drawing our marks."""
        bar = super().vertical_scrollbar
        if bar.renderer is ScrollBarRender:
            self._use_renderer(bar)
        return bar

    def draw_scrollbar(self, *, is_ascii: bool) -> None:
        """Draw the scrollbar with or without the half blocks that make it move smoothly."""
        self._has_ascii_bar = is_ascii
        if self.is_mounted:
            self._use_renderer(super().vertical_scrollbar)

    def _use_renderer(self, bar: ScrollBar) -> None:
        # On the instance, as Textual's documentation proposes for a single scrollbar.
        vars(bar)["renderer"] = marked_renderer(self._marked_cells, is_ascii=self._has_ascii_bar)

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
    for cell in range(size):
        first_row = cell * total // size
        last_row = max((cell + 1) * total // size - 1, first_row)
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


def marked_renderer(
    cells_of: Callable[[int], Mapping[int, Color | None]], *, is_ascii: bool
) -> type[ScrollBarRender]:
    """A renderer for one scrollbar; `cells_of` is asked with the bar's height in every frame."""

    class MarkedScrollBarRender(ScrollBarRender):
        """Textual's bar with marks on top."""

        VERTICAL_BARS: ClassVar[list[str]] = (
            [" "] * 8 if is_ascii else ScrollBarRender.VERTICAL_BARS
        )

        def __rich_console__(
            self, console: Console, options: ConsoleOptions
        ) -> Iterator[RenderableType | Segment]:
            height = options.height or console.height
            for bar in super().__rich_console__(console, options):
                if isinstance(bar, Segments):
                    _put_marks(bar.segments, cells_of(height))
                yield bar

    return MarkedScrollBarRender


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
