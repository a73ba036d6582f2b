"""Short texts behind one another, as many as have room in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Iterable

GAP = Content("   ")


def flow(parts: Iterable[Content], width: int) -> Content:
    """The parts in rows; none is broken at the end of a row unless it is wider than that."""
    rows: list[Content] = []
    for part in parts:
        if rows and rows[-1].cell_length + len(GAP) + part.cell_length <= width:
            rows[-1] = GAP.join([rows[-1], part])
        else:
            rows.append(part)
    return Content("\n").join(rows)
