"""The items of a list that its user has marked, one by one or as a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.tui.widgets.item_source import ItemSource


class Picks:
    """Marks stay with their items. A range reaches from where it was begun to the cursor."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._anchor = ""
        self._head = ""

    def __bool__(self) -> bool:
        return bool(self._keys or self._anchor)

    @property
    def is_range_open(self) -> bool:
        """Whether a range follows the cursor."""
        return bool(self._anchor)

    def toggle(self, key: str) -> None:
        """Mark an item, or take its mark away."""
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None

    def begin_range(self, key: str) -> None:
        """Begin a range at an item."""
        self._anchor = self._head = key

    def extend_range(self, key: str) -> None:
        """The cursor is at this item now."""
        self._head = key

    def end_range(self, items: ItemSource) -> None:
        """Keep what the range holds, and let it follow the cursor no more."""
        first, end = self._span(items)
        self._keys |= dict.fromkeys(items.key(index) for index in range(first, end))
        self._anchor = self._head = ""

    def clear(self) -> None:
        """Take all marks away."""
        self._keys.clear()
        self._anchor = self._head = ""

    def holds(self, index: int, items: ItemSource) -> bool:
        """Whether an item is marked."""
        if self._anchor:
            first, end = self._span(items)
            if first <= index < end:
                return True
        return items.key(index) in self._keys

    def keys(self, items: ItemSource) -> list[str]:
        """The marked items that are shown, in the order of the list."""
        first, end = self._span(items)
        indexes = {index for key in self._keys if (index := items.index(key)) is not None}
        return [items.key(index) for index in sorted(indexes.union(range(first, end)))]

    def count(self, items: ItemSource) -> int:
        """How many items are marked and shown."""
        first, end = self._span(items)
        single = (index for key in self._keys if (index := items.index(key)) is not None)
        return end - first + sum(not first <= index < end for index in single)

    def _span(self, items: ItemSource) -> tuple[int, int]:
        """First index of the range, and the one behind its last; nothing if an end has gone."""
        if not self._anchor:
            return 0, 0
        one, other = items.index(self._anchor), items.index(self._head)
        if one is None or other is None:
            return 0, 0
        return min(one, other), max(one, other) + 1
