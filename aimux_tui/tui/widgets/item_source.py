"""What a list shows, as the list asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look


class Place(Struct, frozen=True):
    """An item of a list, or a part of an item."""

    key: str
    part: str = ""


class ItemSource(Protocol):
    """The items of a list. The list keeps nothing of them but their heights and recent rows."""

    def __len__(self) -> int: ...

    def key(self, index: int) -> str:
        """The key of an item: unique, and the same for as long as the item lives."""
        ...

    def index(self, key: str) -> int | None:
        """Where the item with this key is; None if there is no such item (any more)."""
        ...

    def version(self, index: int) -> Hashable:
        """Changes whenever the item's rows do. Asked for each visible item in every frame."""
        ...

    def usual_height(self, width: int) -> int:
        """Rows of most items."""
        ...

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """Index and about how many rows, of the items (open ones) that have another height.

        A guess will do: it is corrected when the item comes into view.
        """
        ...

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The rows of an item, each at most `width` columns wide; at least one."""
        ...


class NoItems:
    """An empty source."""

    def __len__(self) -> int:
        return 0

    def key(self, index: int) -> str:
        """Never asked for."""
        raise IndexError(index)

    def index(self, key: str) -> int | None:
        """There is no item."""
        del key
        return None

    def version(self, index: int) -> Hashable:
        """Never asked for."""
        raise IndexError(index)

    def usual_height(self, width: int) -> int:
        """Of no importance."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """None."""
        del width
        return ()

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """Never asked for."""
        del width, look
        raise IndexError(index)
