"""Rows that were made and painted lately, so that a frame repeats no work."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from itertools import compress, count, groupby
from operator import attrgetter, is_not

from msgspec import Struct, field
from textual.strip import Strip

from aimux_tui.tui.format.lines import Row

_part_of = attrgetter("part")
_end_of = attrgetter("end")


class Part(Struct, frozen=True, gc=False):
    """Rows of an item that a cursor selects together: `first` up to, not including, `end`."""

    name: str
    first: int
    end: int


class Rendered(Struct):
    """An item at one width: its rows, and those of them that were painted."""

    rows: Sequence[Row]
    version: Hashable = None
    """Of the item when its rows were made."""
    strips: dict[tuple[int, int], Strip] = field(default_factory=dict)
    """By row and by state of the row (see `RowView.row_state`)."""
    _parts: list[Part] | None = None

    def take_over(self, before: Rendered) -> None:
        """Take over what was made of the same rows `before`: of an open turn, all but a few."""
        rows, old = self.rows, before.rows
        for place, strip in before.strips.items():
            line = place[0]
            if line < len(rows) and rows[line] is old[line]:
                self.strips[place] = strip
        if before._parts is not None and rows and old and rows[0].part == old[0].part:
            self._parts = _parts_of(rows, before._parts, _first_difference(rows, old))

    @property
    def parts(self) -> list[Part]:
        """What a cursor can select, from top to bottom; at least one."""
        if self._parts is None:
            self._parts = _parts_of(self.rows)
        return self._parts

    def part_at(self, line: int) -> int:
        """Index of the part that a row belongs to."""
        for number, part in enumerate(self.parts):
            if line < part.end:
                return number
        return len(self.parts) - 1

    def part_named(self, name: str) -> int | None:
        """Index of a part, by its name."""
        for number, part in enumerate(self.parts):
            if part.name == name:
                return number
        return None


def _parts_of(rows: Sequence[Row], known: Sequence[Part] = (), same: int = 0) -> list[Part]:
    """The parts of the rows, of which the first `same` are in the `known` parts already."""
    parts = list(known[: bisect_left(known, same, key=_end_of)])
    first = parts[-1].end if parts else 0
    for name, members in groupby(rows[first:], _part_of):
        end = first + len(list(members))
        parts.append(Part(name, first, end))
        first = end
    return parts or [Part("", 0, 0)]


def _first_difference(rows: Sequence[Row], old: Sequence[Row]) -> int:
    """Index of the first row behind the head, which changes always, that is another one now."""
    differ = map(is_not, rows[1:], old[1:])
    return next(compress(count(1), differ), min(len(rows), len(old)))


class RowCache:
    """The items used most recently, bounded by the number of their rows."""

    def __init__(self, max_rows: int = 4096) -> None:
        self._max_rows = max_rows
        self._rows = 0
        self._items: OrderedDict[Hashable, Rendered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: Hashable) -> Rendered | None:
        """What was kept under a key."""
        found = self._items.get(key)
        if found is not None:
            self._items.move_to_end(key)
        return found

    def put(self, key: Hashable, rendered: Rendered) -> None:
        """Keep an item, at the cost of those not used for longest. A single one may be larger."""
        self.drop(key)
        self._items[key] = rendered
        self._rows += len(rendered.rows)
        while self._rows > self._max_rows and len(self._items) > 1:
            _, oldest = self._items.popitem(last=False)
            self._rows -= len(oldest.rows)

    def drop(self, key: Hashable) -> None:
        """Forget one item."""
        found = self._items.pop(key, None)
        if found is not None:
            self._rows -= len(found.rows)

    def clear(self) -> None:
        """Forget everything."""
        self._items.clear()
        self._rows = 0

    def clear_strips(self) -> None:
        """Keep the rows, but paint them anew: colours have changed."""
        for rendered in self._items.values():
            rendered.strips.clear()
