"""A list of any length with a cursor: sessions, turns, results of a search.

Only what is on screen is ever made, so a hundred thousand items cost as little as ten. An open item
consists of parts, and the cursor walks through them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from textual.message import Message

from aimux_tui.tui.format.lines import OPENS
from aimux_tui.tui.widgets.cursor_view import CursorView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events

    from aimux_tui.tui.widgets.item_source import ItemSource, Place


class VirtualList(CursorView, inherit_bindings=False):
    """The list widget. It binds no keys: `action_…` are there to be bound, under any id."""

    class ListMessage(Message):
        """Something about a list."""

        def __init__(self, sender: VirtualList) -> None:
            super().__init__()
            self.list = sender

        @property
        def control(self) -> VirtualList:
            """The list."""
            return self.list

    class Highlighted(ListMessage):
        """The cursor came to another place."""

        def __init__(self, sender: VirtualList, place: Place) -> None:
            super().__init__(sender)
            self.key = place.key
            self.part = place.part

    class Opened(ListMessage):
        """A place was chosen: by key, by a double click, by a click on the sign that opens it."""

        def __init__(self, sender: VirtualList, place: Place) -> None:
            super().__init__(sender)
            self.key = place.key
            self.part = place.part

    class FollowChanged(ListMessage):
        """The list began or ceased to follow its end."""

        def __init__(self, sender: VirtualList, *, is_following: bool) -> None:
            super().__init__(sender)
            self.is_following = is_following

    def __init__(
        self,
        items: ItemSource | None = None,
        *,
        can_follow: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(items, name=name, id=id, classes=classes)
        self.can_follow = can_follow
        """Whether the list sticks to its end once the cursor or the view came there."""
        self._is_following = False

    def cursor_moved(self, place: Place) -> None:
        """Tell it."""
        self.post_message(self.Highlighted(self, place))

    # Following.

    @property
    def is_following(self) -> bool:
        """Whether the list sticks to its end as it grows."""
        return self._is_following

    def follow(self, *, is_following: bool = True) -> None:
        """Go to the end and stay there, or cease to do so."""
        self._set_following(is_following=is_following)
        self._keep_following()

    def _set_following(self, *, is_following: bool) -> None:
        if is_following != self._is_following and (self.can_follow or not is_following):
            self._is_following = is_following
            self.post_message(self.FollowChanged(self, is_following=is_following))

    def rebuild(self) -> None:
        """Take note that anything may have come, gone, changed or moved."""
        super().rebuild()
        self._keep_following()

    def items_appended(self) -> None:
        """Take note that there are more items at the end, of the usual height."""
        super().items_appended()
        self._keep_following()

    def changed(self, keys: Iterable[str]) -> None:
        """Take note that the rows of these items have changed."""
        super().changed(keys)
        self._keep_following()

    def view_resized(self) -> None:
        """Stay at the end if that is followed."""
        super().view_resized()
        self._keep_following()

    def _keep_following(self) -> None:
        if self._is_following and len(self.heights) and self.is_mounted:
            self.move(len(self.heights) - 1, -1)
            if self.scroll_offset.y + self.view_height < self.heights.total:
                self.settle_at_end()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel and the scrollbar end following too, and resume it at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_settling:
            return
        if new_value < old_value:
            # To the end and upwards at once: the view has grown, nobody has moved.
            if new_value < self.max_scroll_y:
                self._set_following(is_following=False)
        elif new_value >= self.max_scroll_y:
            self._set_following(is_following=True)

    # Moving.

    def move_to(self, key: str, part: str = "") -> bool:
        """Put the cursor on a place and show it; False if there is no such item.

        Ends following, unless it is the end that the cursor is put on.
        """
        has_moved = super().move_to(key, part)
        if has_moved and not self._is_at_end():
            self._set_following(is_following=False)
        return has_moved

    def _is_at_end(self) -> bool:
        index = self._cursor_index
        if index != len(self.heights) - 1:
            return False
        return self._cursor_part == len(self.rendered(index).parts) - 1

    def move_to_mark(self, kind: str, *, forward: bool = True) -> bool:
        """Put the cursor on the next marked item; False if there is none on that side."""
        if self.cursor is None:
            return False
        indexes = self.marked(kind)
        if forward:
            at = bisect_right(indexes, self._cursor_index)
        else:
            at = bisect_left(indexes, self._cursor_index) - 1
        if not 0 <= at < len(indexes) or indexes[at] >= len(self.heights):
            return False
        self._move_by_user(indexes[at], 0)
        return True

    def _move_by_user(self, index: int, part: int) -> None:
        """Move the cursor, and follow the end or not, as that implies."""
        before = (self._cursor_index, self._cursor_part)
        self.move(index, part)
        now = (self._cursor_index, self._cursor_part)
        if now < before:
            self._set_following(is_following=False)
        elif self._is_at_end():
            self._set_following(is_following=True)

    def _scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False, force=True)

    def action_cursor_down(self) -> None:
        """To the next part or item; first to the end of a part that is higher than the view."""
        if self.cursor is None:
            return
        first, end = self._cursor_span()
        top, height = self.scroll_offset.y, self.view_height
        if first < top + height < end:
            self._scroll_by(1)
        elif self._cursor_part + 1 < len(self.rendered(self._cursor_index).parts):
            self._move_by_user(self._cursor_index, self._cursor_part + 1)
        elif self._cursor_index + 1 < len(self.heights):
            self._move_by_user(self._cursor_index + 1, 0)
        else:
            self._move_by_user(self._cursor_index, self._cursor_part)

    def action_cursor_up(self) -> None:
        """To the part or item before; first to the start of a part that is higher than the view."""
        if self.cursor is None:
            return
        first, end = self._cursor_span()
        top = self.scroll_offset.y
        if first < top < end:
            self._scroll_by(-1)
        elif self._cursor_part > 0:
            self._move_by_user(self._cursor_index, self._cursor_part - 1)
        elif self._cursor_index > 0:
            self._move_by_user(self._cursor_index - 1, -1)

    def action_page_down(self) -> None:
        """A view further down."""
        self._page(self.view_height - 1)

    def action_page_up(self) -> None:
        """A view further up."""
        self._page(1 - self.view_height)

    def _page(self, rows: int) -> None:
        if self.cursor is None:
            return
        rows = rows or 1
        first, end = self._cursor_span()
        top = self.scroll_offset.y
        # Of a part higher than the view, the row at the edge of the view is where it goes on.
        start = min(max(first, top), end - 1) if end > top else first
        index, line = self.heights.find(start + rows)
        self.settle(top + rows)
        part = self.rendered(index).part_at(line)
        if (index, part) == (self._cursor_index, self._cursor_part):
            self._set_following(is_following=False)
            return
        self._move_by_user(index, part)

    def action_first(self) -> None:
        """To the first item."""
        if self.cursor is not None:
            self._move_by_user(0, 0)

    def action_last(self) -> None:
        """To the last part of the last item."""
        if self.cursor is not None:
            self._move_by_user(len(self.heights) - 1, -1)

    def action_open(self) -> None:
        """Choose the place under the cursor."""
        if self.cursor is not None:
            self.post_message(self.Opened(self, self.cursor))

    # The mouse.

    def on_click(self, event: events.Click) -> None:
        """Select what was clicked on; open it if clicked twice."""
        selection = self.text_selection
        row = self.scroll_offset.y + event.y
        if selection is not None or not 0 <= row < self.heights.total:
            return
        index, line = self.heights.find(row)
        self._move_by_user(index, self.rendered(index).part_at(line))
        opens = bool(event.style.meta.get(OPENS))
        if opens or event.chain == 2:
            # Twice would also select the text of the whole list.
            event.prevent_default()
            self.action_open()
