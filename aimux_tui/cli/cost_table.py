"""What was spent as tables with bars."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aimux_tui.analysis.costs import BY_TIME, Grouping, timeline
from aimux_tui.cli.tables import Column, format_table, terminal_width
from aimux_tui.text.bars import bar, sparkline
from aimux_tui.text.units import (
    UNKNOWN,
    format_cost,
    format_count,
    format_date,
    format_spent,
    format_tokens,
    format_usd,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aimux_tui.analysis.blocks import Block
    from aimux_tui.analysis.costs import Line

MOST_LINES = 40
"""Lines that are shown unless more are asked for."""
_BAR = 16
_NARROW = 90
_HEADINGS = {
    Grouping.DAY: "day",
    Grouping.WEEK: "week",
    Grouping.MONTH: "month",
    Grouping.PROJECT: "project",
    Grouping.MODEL: "model",
    Grouping.PROVIDER: "agent",
    Grouping.SESSION: "session",
}


def format_costs(
    lines: Sequence[Line],
    everything: Line,
    missing: Sequence[Line],
    by: Grouping,
    *,
    limit: int | None,
    prices_from: str,
) -> str:
    """The report as text: the newest or dearest lines, their sum, and what has no price."""
    most = MOST_LINES if limit is None else limit if limit > 0 else len(lines)
    shown = lines[-most:] if by in BY_TIME else lines[:most]
    width = terminal_width()
    is_wide = width >= _NARROW
    columns = [
        Column(_HEADINGS[by], is_flexible=True),
        Column("cost", is_right=True),
        *([Column("")] if is_wide else []),
        Column("tokens", is_right=True),
        *([Column("cached", is_right=True)] if is_wide else []),
        Column("saved", is_right=True),
        Column("sessions", is_right=True),
    ]
    top = max(line.cost.usd for line in shown)
    rows = [
        _cells(line, bar(line.cost.usd, top, _BAR, is_ascii=_is_ascii()), is_wide=is_wide)
        for line in [*shown, everything]
    ]
    rows[-1][2:3] = [""] if is_wide else rows[-1][2:3]
    table = format_table(columns, rows, width).splitlines()
    parts = ["\n".join(table[:-1]), table[-1]]
    if by in BY_TIME and len(shown) > 1:
        line = sparkline(timeline(shown, by)[-(width - 32) :], is_ascii=_is_ascii())
        parts.insert(0, f"{line}  to {shown[-1].name}\n")
    if len(shown) < len(lines):
        rest = plural(len(lines) - len(shown), "line")
        parts.append(f"\n… {rest} not shown (in the total they are): --limit 0 shows all")
    parts.append(f"\n{_remarks(everything, missing, prices_from)}")
    return "\n".join(parts)


def format_blocks(found: Sequence[Block], now: datetime, *, limit: int | None) -> str:
    """Blocks of five hours, the newest last; the one that goes on with where it leads."""
    if not found:
        return format_nothing(is_filtered=True)
    most = MOST_LINES if limit is None else limit if limit > 0 else len(found)
    shown = found[-most:]
    top = max(block.cost.usd for block in shown)
    rows = [
        [
            format_date(block.start),
            format_date(block.end)[-5:],
            format_spent(block.usage, block.cost),
            bar(block.cost.usd, top, _BAR, is_ascii=_is_ascii()),
            format_tokens(block.usage),
            format_usd(block.usd_per_hour(now)),
            f"now, {format_usd(block.projected_usd(now))} at the end"
            if block.is_active(now)
            else "",
        ]
        for block in shown
    ]
    columns = (
        Column("from"),
        Column("to"),
        Column("cost", is_right=True),
        Column(""),
        Column("tokens", is_right=True),
        Column("an hour", is_right=True),
        Column(""),
    )
    return format_table(columns, rows, terminal_width())


def format_nothing(*, is_filtered: bool) -> str:
    """That there is nothing to add up."""
    if is_filtered:
        return "Nothing was spent by what fits. `aimux costs` without a filter shows everything."
    return "Nothing was spent yet: `aimux sessions` says where sessions were looked for."


def _cells(line: Line, drawn: str, *, is_wide: bool) -> list[str]:
    hits = line.cache_hits
    return [
        line.name,
        format_spent(line.usage, line.cost),
        *([drawn] if is_wide else []),
        format_tokens(line.usage),
        *([f"{hits:.0%}" if hits is not None else UNKNOWN] if is_wide else []),
        UNKNOWN if hits is None or not line.cost.is_known else format_saved(line.saved),
        str(line.sessions),
    ]


def format_saved(usd: float) -> str:
    """What the cache saved; with a minus where it cost more than it saved."""
    return f"-{format_usd(-usd)}" if usd < -0.005 else format_usd(max(usd, 0.0))


def _remarks(everything: Line, missing: Sequence[Line], prices_from: str) -> str:
    remarks = [f"API list prices of {prices_from}, sub-agents with their sessions"]
    remarks += [
        f"no price known for {line.name}: {format_count(line.usage.total)} tokens in "
        f"{plural(line.sessions, 'session')} are in no sum"
        for line in missing
    ]
    if everything.cost.is_lower_bound:
        remarks.append(f"{format_cost(everything.cost)}: some logs count too few tokens")
    return "\n".join(remarks)


def _is_ascii() -> bool:
    return "utf" not in (sys.stdout.encoding or "").lower()
