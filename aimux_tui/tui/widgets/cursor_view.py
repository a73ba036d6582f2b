"""A view of items with a cursor that stays on its item, however the items around it change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.tui.widgets.item_source import ItemSource, NoItems, Place
from aimux_tui.tui.widgets.row_painter import CURSOR, CURSOR_BLURRED, PLAIN
from aimux_tui.tui.widgets.row_view import RowView

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.widgets.row_cache import Part


class CursorView(RowView, inherit_bindings=False):
    """Shows an `ItemSource`; the cursor selects an item, or a part of an open one.

    The owner of the source tells what happened to it: `rebuild` (anything), `items_appended`, or
    `changed` (the rows of some items).
    """

    GUTTER = 1

    def __init__(
        self,
        items: ItemSource | None = None,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._items: ItemSource = items if items is not None else NoItems()
        self._highlighted = ""
        self._cursor: Place | None = None
        self._cursor_index = 0
        self._cursor_part = 0
        self._has_cursor_in_view = True

    # The items.

    @property
    def items(self) -> ItemSource:
        """What is shown."""
        return self._items

    def show(self, items: ItemSource, cursor: Place | None = None) -> None:
        """Show other items. The cursor goes where it is said, else stays if its item is there."""
        self._items = items
        self._cache.clear()
        self._cursor = cursor or self._cursor
        self.rebuild()
        self._reveal()

    def rebuild(self) -> None:
        """Take note that anything may have come, gone, changed or moved."""
        was_visible = self._is_cursor_visible()
        super().rebuild()
        self._find_cursor()
        if was_visible:
            self._reveal()

    def settle(self, top: int | None = None) -> None:
        """Scroll, and remember whether the cursor can be seen."""
        super().settle(top)
        self._has_cursor_in_view = self._is_cursor_visible()

    def view_resized(self) -> None:
        """A cursor that was in view stays there."""
        was_visible = self._has_cursor_in_view
        super().view_resized()
        if was_visible:
            self._reveal()

    def items_appended(self) -> None:
        """Take note that there are more items at the end, of the usual height."""
        super().items_appended()
        self._find_cursor()

    def changed(self, keys: Iterable[str]) -> None:
        """Take note that the rows of these items have changed."""
        for key in keys:
            index = self._items.index(key)
            if index is not None:
                self.item_changed(index)
        self._find_cursor()

    def highlight(self, text: str) -> None:
        """Mark every occurrence of a text, whatever its case; an empty one marks nothing."""
        if text != self._highlighted:
            self._highlighted = text
            self.refresh()

    def item_count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def usual_height(self, width: int) -> int:
        """Rows of most items."""
        return self._items.usual_height(width)

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """Items with another height."""
        return self._items.unusual_heights(width)

    def item_name(self, index: int) -> Hashable:
        """The key of an item."""
        return self._items.key(index)

    def item_named(self, name: Hashable) -> int | None:
        """Where the item with a key is."""
        return self._items.index(name) if isinstance(name, str) else None

    def item_version(self, index: int) -> Hashable:
        """Changes whenever the rows of the item do."""
        return (self._items.version(index), self._highlighted)

    def make_rows(self, index: int, width: int) -> Sequence[Row]:
        """The rows of an item, with hits of the search marked."""
        made = self._items.render(index, width, self.look)
        if not self._highlighted:
            return made
        find, style = re.compile(re.escape(self._highlighted), re.IGNORECASE), self.look.palette.hit
        return [
            replace(row, content=row.content.highlight_regex(find, style=style)) for row in made
        ]

    # The cursor.

    @property
    def cursor(self) -> Place | None:
        """Where the cursor is; None in an empty list."""
        return self._cursor if len(self.heights) else None

    @property
    def cursor_index(self) -> int | None:
        """Index of the item under the cursor; None in an empty list."""
        return self._cursor_index if self.cursor is not None else None

    def move_to(self, key: str, part: str = "") -> bool:
        """Put the cursor on a place and show it; False if there is no such item."""
        index = self._items.index(key)
        if index is None or index >= len(self.heights):
            return False
        self.move(index, self.rendered(index).part_named(part) or 0)
        first, end = self._cursor_span()
        if end - first > self.view_height:
            self.settle(first)
        return True

    def move(self, index: int, part: int) -> None:
        """Put the cursor on a part, by its number (negative: from the end), and show it."""
        rendered = self.rendered(index)
        self.measure(index)
        number = part % len(rendered.parts)
        before = self._cursor
        self._refresh_cursor()
        self._cursor_index, self._cursor_part = index, number
        self._cursor = Place(self._items.key(index), rendered.parts[number].name)
        self._reveal()
        self._refresh_cursor()
        if self._cursor != before:
            self.cursor_moved(self._cursor)

    def cursor_moved(self, place: Place) -> None:
        """Called whenever the cursor has come to another place."""

    def row_state(self, index: int, line: int) -> int:
        """The rows of the part under the cursor stand out."""
        if index != self._cursor_index or self._cursor is None:
            return PLAIN
        part = self.cursor_rows
        if not part.first <= line < part.end:
            return PLAIN
        return CURSOR if self.has_focus else CURSOR_BLURRED

    @property
    def cursor_rows(self) -> Part:
        """The part under the cursor: rows counted from the beginning of its item."""
        parts = self.rendered(self._cursor_index).parts
        return parts[min(self._cursor_part, len(parts) - 1)]

    def _find_cursor(self) -> None:
        """Look where the cursor's place has gone. If its item is gone, its neighbour takes over."""
        count = len(self.heights)
        before = self._cursor
        if not count:
            self._cursor_index = self._cursor_part = 0
            return
        index = self._items.index(before.key) if before is not None else 0
        if index is None or index >= count:
            index, part = min(self._cursor_index, count - 1), 0
        else:
            named = self.rendered(index).part_named(before.part) if before is not None else 0
            part = self._cursor_part if named is None else named
        self.measure(index)
        parts = self.rendered(index).parts
        self._cursor_index, self._cursor_part = index, min(part, len(parts) - 1)
        self._cursor = Place(self._items.key(index), parts[self._cursor_part].name)
        if self._cursor != before:
            self.cursor_moved(self._cursor)
            self.refresh()

    def _cursor_span(self) -> tuple[int, int]:
        """First row of the cursor's part in the whole column, and the row behind its last."""
        part, top = self.cursor_rows, self.heights.top(self._cursor_index)
        return top + part.first, top + part.end

    def _is_cursor_visible(self) -> bool:
        if self._cursor is None or self._cursor_index >= len(self.heights):
            return False
        # The source may have changed already, so only what is known of the heights counts.
        first = self.heights.top(self._cursor_index)
        end = first + self.heights[self._cursor_index]
        top = self.scroll_offset.y
        return first < top + self.view_height and end > top

    def _refresh_cursor(self) -> None:
        if self._cursor is not None and self._cursor_index < len(self.heights):
            first, end = self._cursor_span()
            self.refresh_lines(first, end - first)

    def _reveal(self) -> None:
        """Scroll as little as it takes to fill the view with the part under the cursor."""
        if self.cursor is None or not self.is_mounted:
            return
        # Measuring around the place that is scrolled to may move it.
        for _ in range(3):
            first, end = self._cursor_span()
            top, aligned = self.scroll_offset.y, end - self.view_height
            wanted = min(max(top, min(first, aligned)), max(first, aligned))
            if wanted == top:
                return
            self.settle(wanted)
