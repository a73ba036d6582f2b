"""Where the rows of many items of different height lie, and what happens when heights change.

Heights are exact for what was seen and a guess for everything else, so that nothing off the screen
is ever made. Corrections never move what the reader is looking at.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size
from textual.scroll_view import ScrollView

from aimux_tui.tui.widgets.row_cache import Rendered, RowCache
from aimux_tui.tui.widgets.scroll_marks import MarkedScrollView

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from aimux_tui.tui.format.lines import Row


class RowLayout(MarkedScrollView):
    """A column of items. Subclasses say what the items are, and paint them."""

    GUTTER: ClassVar[int] = 0
    """Columns at the left for the sign of the cursor."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._cache = RowCache()
        self._anchor: tuple[Hashable, int] = (0, 0)
        self._known_width = 0
        self._is_settling = False

    # What the items are: for subclasses.

    def item_count(self) -> int:
        """How many items there are."""
        raise NotImplementedError

    def usual_height(self, width: int) -> int:
        """Rows of most items, given the columns that they may take."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """Index and about how many rows, of the items with another height than the usual."""
        del width
        return ()

    def item_name(self, index: int) -> Hashable:
        """What an item is called for as long as it lives."""
        return index

    def item_named(self, name: Hashable) -> int | None:
        """Where the item of a name is now."""
        return name if isinstance(name, int) and name < len(self.heights) else None

    def item_version(self, index: int) -> Hashable:
        """Changes whenever the rows of the item do."""
        raise NotImplementedError

    def make_rows(self, index: int, width: int) -> Sequence[Row]:
        """The rows of an item. Kept until its version changes."""
        raise NotImplementedError

    # Heights and rows.

    @property
    def row_width(self) -> int:
        """Columns that a row may take."""
        return max(self.scrollable_content_region.width - self.GUTTER, 1)

    @property
    def view_height(self) -> int:
        """Rows that can be seen at once."""
        return self.scrollable_content_region.height

    def rendered(self, index: int, width: int | None = None) -> Rendered:
        """The rows of an item, from the cache if possible.

        Without a width it is the one for which the heights were made: to ask Textual for it takes
        as long as all the rest.
        """
        if width is None:
            width = self._known_width or self.row_width
        key, version = (self.item_name(index), width), self.item_version(index)
        found = self._cache.get(key)
        if found is None or found.version != version:
            made = Rendered(self.make_rows(index, width), version)
            if found is not None:
                made.take_over(found)
            self._cache.put(key, made)
            return made
        return found

    def rebuild(self) -> None:
        """Take note that any items may have come, gone, changed or moved.

        What stands at the top of the view stays there.
        """
        if not self.is_mounted:
            return
        with self.anchored():
            width = self._known_width = self.row_width
            self.heights.reset(
                self.item_count(), self.usual_height(width), self.unusual_heights(width)
            )

    def item_changed(self, index: int) -> None:
        """Take note that one item has other rows than before."""
        if not (self.is_mounted and 0 <= index < len(self.heights)):
            return
        if not self.measure(index):
            self.refresh_lines(self.heights.top(index), self.heights[index])

    def measure(self, index: int) -> bool:
        """Make the height of an item exact; returns whether it was not."""
        exact = len(self.rendered(index).rows)
        if exact == self.heights[index]:
            return False
        with self.anchored():
            self.heights.set(index, exact)
        return True

    def items_appended(self) -> None:
        """Take note that there are more items at the end, of the usual height."""
        missing = self.item_count() - len(self.heights)
        if self.is_mounted and missing > 0:
            self.heights.append(missing)
            self.settle()

    @contextmanager
    def anchored(self) -> Iterator[None]:
        """Keep the row at the top of the view where it is, while heights change around it."""
        name, line = self._anchor
        before, _ = self.first_visible()
        at_top = self.scroll_offset.y == 0
        yield
        if at_top or not self.heights.total:
            self.settle(0)
            return
        index = self.item_named(name)
        if index is None:
            index, line = min(before, len(self.heights) - 1), 0
        height = len(self.rendered(index).rows)
        self.heights.set(index, height)
        self.settle(self.heights.top(index) + min(line, max(height - 1, 0)))

    def first_visible(self) -> tuple[int, int]:
        """The item at the top of the view, and how many of its rows lie above it."""
        if not self.heights.total:
            return 0, 0
        return self.heights.find(self.scroll_offset.y)

    def settle(self, top: int | None = None) -> None:
        """Scroll to a row, and make the heights of all that can be seen there exact."""
        if self._is_settling or not self.is_mounted:
            return
        self._is_settling = True
        try:
            self._update_size()
            if top is not None:
                self._jump(top)
            # What shrinks lets others come into view; twice is rare.
            for _ in range(8):
                if not self._measure_visible():
                    break
            if self.heights.total:
                index, line = self.first_visible()
                self._anchor = (self.item_name(index), line)
        finally:
            self._is_settling = False
        self.refresh()

    def settle_at_end(self) -> None:
        """Scroll to the last row, and make the heights of all that can be seen there exact."""
        # What is measured there may turn out higher than guessed, and push the end away.
        for _ in range(4):
            self.settle(self.heights.total)
            if self.scroll_offset.y + self.view_height >= self.heights.total:
                break

    def _measure_visible(self) -> bool:
        """Returns whether any height was wrong."""
        heights, height = self.heights, self.view_height
        if not heights.total or height <= 0:
            return False
        index, line = self.first_visible()
        width = self.row_width
        changed = False
        seen = -line
        while index < len(heights) and seen < height:
            exact = len(self.rendered(index, width).rows)
            grown = heights.set(index, exact)
            if grown:
                changed = True
                if seen < 0:
                    # It reaches into the view from above: what can be seen of it stays in place.
                    shift = max(grown, seen)
                    self._update_size()
                    self._jump(self.scroll_offset.y + shift)
                    seen -= shift
            seen += exact
            index += 1
        self._update_size()
        return changed

    def _jump(self, top: int) -> None:
        if top != self.scroll_offset.y:
            self.scroll_to(y=max(top, 0), animate=False, force=True)

    def _update_size(self) -> None:
        size = Size(self.scrollable_content_region.width, self.heights.total)
        if size != self.virtual_size:
            # The reactive would lay out the whole screen anew, which nothing here needs.
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure what has come into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.settle()

    def on_mount(self) -> None:
        """Take the first measure."""
        self.rebuild()

    def on_resize(self) -> None:
        """Textual calls the handlers of all classes; what they do is for subclasses to extend."""
        self.view_resized()

    def view_resized(self) -> None:
        """Break the lines anew if the width has changed."""
        if self._known_width == self.row_width:
            self.settle()
        else:
            self.rebuild()
