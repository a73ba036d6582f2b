"""A list whose rows can be marked, and whose badges can be clicked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.messages import ANNOTATES
from aimux_tui.tui.widgets.picks import Picks
from aimux_tui.tui.widgets.row_painter import PICKED
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from textual import events

    from aimux_tui.tui.widgets.item_source import ItemSource, Place


class PickList(VirtualList, inherit_bindings=False):
    """The list of a pane. What is marked ("picked" here: marks are those beside a scrollbar) stays
    marked as the items around it change.
    """

    class PicksChanged(VirtualList.ListMessage):
        """Other rows are marked."""

    class Annotated(VirtualList.ListMessage):
        """A badge was clicked on, which does a command to its item."""

        def __init__(self, sender: PickList, key: str, command_id: str) -> None:
            super().__init__(sender)
            self.key = key
            self.command_id = command_id

    def __init__(
        self,
        items: ItemSource | None = None,
        *,
        can_follow: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(items, can_follow=can_follow, id=id)
        self.picks = Picks()

    @property
    def picked(self) -> list[str]:
        """Keys of the marked items that are shown, in the order of the list."""
        return self.picks.keys(self.items)

    @property
    def picked_count(self) -> int:
        """How many they are."""
        return self.picks.count(self.items)

    def show(self, items: ItemSource, cursor: Place | None = None) -> None:
        """Show other items, of which none is marked."""
        self.clear_picks()
        super().show(items, cursor)

    def toggle_pick(self) -> None:
        """Mark the item under the cursor and go to the next, or take its mark away."""
        index = self.cursor_index
        if index is None:
            return
        if self.picks.is_range_open:
            self.picks.end_range(self.items)
        else:
            self.picks.toggle(self.items.key(index))
            if index + 1 < len(self.items):
                self._move_by_user(index + 1, 0)
        self._picks_changed()

    def toggle_range(self) -> None:
        """Begin a range at the cursor, or end the one that is open."""
        index = self.cursor_index
        if index is None:
            return
        if self.picks.is_range_open:
            self.picks.end_range(self.items)
        else:
            self.follow(is_following=False)
            self.picks.begin_range(self.items.key(index))
        self._picks_changed()

    def clear_picks(self) -> bool:
        """Take all marks away; False if there were none."""
        if not self.picks:
            return False
        self.picks.clear()
        self._picks_changed()
        return True

    def _picks_changed(self) -> None:
        self.refresh()
        self.post_message(self.PicksChanged(self))

    def cursor_moved(self, place: Place) -> None:
        """An open range follows the cursor."""
        super().cursor_moved(place)
        if self.picks.is_range_open:
            self.picks.extend_range(place.key)
            self._picks_changed()

    def row_state(self, index: int, line: int) -> int:
        """Marked rows stand out."""
        state = super().row_state(index, line)
        return state + PICKED if self.picks and self.picks.holds(index, self.items) else state

    def on_click(self, event: events.Click) -> None:
        """Do what a badge stands for; with ctrl, mark the row."""
        command_id = event.style.meta.get(ANNOTATES, "")
        row = self.scroll_offset.y + event.y
        if not (command_id or event.ctrl) or not 0 <= row < self.heights.total:
            return
        event.prevent_default()
        index, line = self.heights.find(row)
        self._move_by_user(index, self.rendered(index).part_at(line))
        key = self.items.key(index)
        if command_id:
            self.post_message(self.Annotated(self, key, command_id))
        else:
            self.picks.toggle(key)
            self._picks_changed()
