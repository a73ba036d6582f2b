"""The lines of costs as a list draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.format.cost_row import cost_row

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from aimux_tui.tui.costs.report import CostRow
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look


class CostItems:
    """An `ItemSource` of cost rows."""

    def __init__(self, rows: Sequence[CostRow] = ()) -> None:
        self.rows = rows
        self._top = max((row.cost.usd for row in rows), default=0.0)
        self._indexes = {row.key: index for index, row in enumerate(rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> str:
        """The line's key."""
        return self.rows[index].key

    def index(self, key: str) -> int | None:
        """Where a line is."""
        return self._indexes.get(key)

    def version(self, index: int) -> Hashable:
        """Lines do not change: new ones come in a new source."""
        return self.rows[index].key

    def usual_height(self, width: int) -> int:
        """One row each."""
        del width
        return 1

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """None."""
        del width
        return ()

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a line."""
        return [cost_row(self.rows[index], self._top, width, look)]
