"""Items of one row each that never change: what is new comes in a new source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


class OneRowItems:
    """An `ItemSource` but for `render`, which the class that inherits has."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._indexes = {key: index for index, key in enumerate(keys)}

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, index: int) -> str:
        """The item's key."""
        return self._keys[index]

    def index(self, key: str) -> int | None:
        """Where an item is."""
        return self._indexes.get(key)

    def version(self, index: int) -> Hashable:
        """Never changes."""
        return self._keys[index]

    def usual_height(self, width: int) -> int:
        """One row."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """None."""
        del width
        return ()
