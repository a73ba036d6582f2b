"""The heights of many items in a column: which item lies at a row, and where an item begins.

Most items of a list are equally high, so only the differences from a default height are kept, in
a Fenwick tree: building is as cheap as allocating zeros, everything else costs O(log n).
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Heights:
    """Heights in rows of items 0 … n-1, none of them negative."""

    __slots__ = ("_count", "_default", "_differences", "_total_difference", "_tree")

    def __init__(self, count: int = 0, default: int = 1) -> None:
        self._count = 0
        self._default = default
        self._differences: dict[int, int] = {}
        self._total_difference = 0
        # 1-based; the length is a power of two plus one, so that growing is doubling.
        self._tree = array("q", bytes(16))
        self.reset(count, default)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> int:
        if not 0 <= index < self._count:
            raise IndexError(index)
        return self._default + self._differences.get(index, 0)

    @property
    def default(self) -> int:
        """The height of an item for which no other was set."""
        return self._default

    @property
    def total(self) -> int:
        """Rows of all items together."""
        return self._count * self._default + self._total_difference

    def reset(self, count: int, default: int, unusual: Iterable[tuple[int, int]] = ()) -> None:
        """Forget everything: `count` items of `default` rows, but for those with other heights.

        `unusual` gives indexes and heights. Faster than setting them one by one if there are many.
        """
        if count < 0 or default < 0:
            raise ValueError("count and height must not be negative")
        self._count = count
        self._default = default
        self._differences.clear()
        self._total_difference = 0
        capacity = 1 << max(count - 1, 1).bit_length()
        self._tree = array("q", bytes(8 * (capacity + 1)))
        differences = {
            index: height - default
            for index, height in unusual
            if height != default and 0 <= index < count
        }
        if len(differences) * capacity.bit_length() < capacity:
            for index, difference in differences.items():
                self.set(index, default + difference)
            return
        self._differences = differences
        self._total_difference = sum(differences.values())
        tree = self._tree
        for index, difference in differences.items():
            tree[index + 1] = difference
        for node in range(1, capacity):
            parent = node + (node & -node)
            tree[parent] += tree[node]

    def append(self, count: int = 1) -> None:
        """Add items of the default height at the end."""
        if count < 0:
            raise ValueError("count must not be negative")
        self._count += count
        tree = self._tree
        while len(tree) - 1 < self._count:
            capacity = len(tree) - 1
            tree.frombytes(bytes(8 * capacity))
            # The last node of a tree covers all of it.
            tree[2 * capacity] = tree[capacity]

    def truncate(self, count: int) -> None:
        """Drop the items from index `count` on."""
        for index in [index for index in self._differences if index >= count]:
            self.set(index, self._default)
        self._count = min(self._count, max(count, 0))

    def set(self, index: int, height: int) -> int:
        """Give an item a height; returns by how many rows it grew (negative: shrank)."""
        if height < 0:
            raise ValueError("height must not be negative")
        change = height - self[index]
        if not change:
            return 0
        difference = height - self._default
        if difference:
            self._differences[index] = difference
        else:
            del self._differences[index]
        self._total_difference += change
        tree = self._tree
        node, end = index + 1, len(tree)
        while node < end:
            tree[node] += change
            node += node & -node
        return change

    def top(self, index: int) -> int:
        """The first row of an item; `len(self)` gives the row behind the last item."""
        if not 0 <= index <= self._count:
            raise IndexError(index)
        rows = index * self._default
        if not self._differences:
            return rows
        tree, node = self._tree, index
        while node:
            rows += tree[node]
            node &= node - 1
        return rows

    def find(self, row: int) -> tuple[int, int]:
        """The item at a row and the line within it. Rows outside give the nearest item.

        Raises IndexError when no item has any height.
        """
        total = self.total
        if total == 0:
            raise IndexError("there are no rows")
        row = min(max(row, 0), total - 1)
        if not self._differences:
            return divmod(row, self._default)
        tree, default = self._tree, self._default
        node, step = 0, len(tree) - 1
        while step:
            beyond = node + step
            if beyond <= self._count:
                rows = tree[beyond] + step * default
                if rows <= row:
                    node = beyond
                    row -= rows
            step >>= 1
        return node, row
