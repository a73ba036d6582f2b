"""The lines of costs as a list draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.format.cost_row import cost_row
from aimux_tui.tui.widgets.one_row_items import OneRowItems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.tui.costs.report import CostRow
    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look


class CostItems(OneRowItems):
    """An `ItemSource` of cost rows."""

    def __init__(self, rows: Sequence[CostRow] = ()) -> None:
        super().__init__([row.key for row in rows])
        self._rows = rows
        self._top = max((row.cost.usd for row in rows), default=0.0)

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The row of a line."""
        return [cost_row(self._rows[index], self._top, width, look)]
