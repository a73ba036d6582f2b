"""What the screen of costs shows, worked out in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.analysis.blocks import blocks
from aimux_tui.analysis.costs import BY_TIME, Line, report, timeline, total, unpriced
from aimux_tui.analysis.spent_by import spent_by
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.query.parse import parse
from aimux_tui.text.units import format_date, format_usd
from aimux_tui.tui.costs.levels import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from aimux_tui.analysis.blocks import Block
    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.store.spending import Bucket
    from aimux_tui.tui.costs.levels import Level


class CostRow(Struct, frozen=True):
    """A line as the list shows it."""

    key: str
    name: str
    usage: Usage
    cost: Cost
    saved: float | None = None
    """USD that the cache saved; None where it is not told."""
    hits: float | None = None
    sessions: int | None = None
    remark: str = ""


class CostReport(Struct, frozen=True):
    """Everything on the screen of costs but the colours."""

    rows: tuple[CostRow, ...] = ()
    total: CostRow | None = None
    unpriced: tuple[CostRow, ...] = ()
    amounts: tuple[float, ...] = ()
    """USD by day, week or month without gaps, for a sparkline; empty for other views."""


def make_report(
    level: Level,
    spending: Sequence[tuple[Session, tuple[Bucket, ...]]],
    annotations_of: Callable[[str], Annotations],
    now: datetime,
) -> CostReport:
    """The report of a level; the newest first where lines are times. Raises QueryError."""
    spent = spent_by(spending, parse(level.whole_query), annotations_of, now)
    parents = {session.key: session.parent_key for session, _ in spending}
    everything = _row(total(spent, parents))
    missing = tuple(_row(line) for line in unpriced(spent, parents))
    if level.view is View.BLOCK:
        found = [_block_row(block, now) for block in blocks(spent)]
        return CostReport(tuple(reversed(found)), everything, missing)
    grouping = level.view.grouping
    lines = report(spent, grouping, parents)
    rows = tuple(_row(line) for line in lines)
    if grouping not in BY_TIME:
        return CostReport(rows, everything, missing)
    return CostReport(rows[::-1], everything, missing, tuple(timeline(lines, grouping)))


def _row(line: Line) -> CostRow:
    return CostRow(
        key=line.key,
        name=line.name,
        usage=line.usage,
        cost=line.cost,
        saved=line.saved,
        hits=line.cache_hits,
        sessions=line.sessions,
    )


def _block_row(block: Block, now: datetime) -> CostRow:
    remark = f"{format_usd(block.usd_per_hour(now))}/h"
    if block.is_active(now):
        remark += f", {format_usd(block.projected_usd(now))} by its end"
    end = format_date(block.end).partition(" ")[2]
    return CostRow(
        key=block.start.isoformat(),
        name=f"{format_date(block.start)[5:]}-{end}",
        usage=block.usage,
        cost=block.cost,
        remark=remark,
    )
