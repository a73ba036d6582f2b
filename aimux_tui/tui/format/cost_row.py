"""A line of costs as a row of a list: name, amount, bar, tokens, what the cache saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.text.bars import bar
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import UNKNOWN, format_tokens, format_usd, plural
from aimux_tui.tui.format.columns import Column, Part, cell, columns_that_fit, joined
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.rows import gap_at, money

if TYPE_CHECKING:
    from textual.content import Content

    from aimux_tui.tui.costs.report import CostRow
    from aimux_tui.tui.format.look import Look

_NAME = 18
"""Columns that a name has at least."""
_COLUMNS = (
    Column("cost", 8),
    Column("tokens", 12),
    Column("bar", 12),
    Column("saved", 14),
    Column("sessions", 12),
)


def cost_row(row: CostRow, top: float, width: int, look: Look, *, is_total: bool = False) -> Row:
    """`top` is the amount for which the bar is full."""
    palette = look.palette
    gap = gap_at(width)
    shown = columns_that_fit(_COLUMNS, width - _NAME, gap)
    used = sum(column.width + gap for column in _COLUMNS if column.name in shown)
    style = palette.strong if is_total else palette.text
    parts: list[list[Part]] = [cell(one_line(row.name), max(width - used, 1), style)]
    if "cost" in shown:
        parts.append(money(row.usage, row.cost, look, 8))
    if "bar" in shown:
        is_ascii = look.glyphs is ASCII
        drawn = "" if is_total else bar(row.cost.usd, top, 12, is_ascii=is_ascii)
        parts.append(cell(drawn, 12, palette.accent))
    if "tokens" in shown:
        tokens = look.plain(format_tokens(row.usage))
        parts.append(cell(tokens, 12, palette.muted, right=True))
    beside = [column for column in _COLUMNS if column.name in shown and column.name in _BESIDE]
    if row.remark and beside:
        width_beside = sum(column.width for column in beside) + gap * (len(beside) - 1)
        parts.append(cell(look.plain(row.remark), width_beside, palette.faint, right=True))
    elif beside:
        parts += [
            cell(look.plain(_BESIDE[column.name](row)), column.width, palette.faint, right=True)
            for column in beside
        ]
    return Row(joined(parts, gap, width))


def cost_head(name: str, width: int, look: Look) -> Content:
    """The headings of the columns, `name` being that of the first."""
    style, gap = look.palette.faint, gap_at(width)
    shown = columns_that_fit(_COLUMNS, width - _NAME, gap)
    used = sum(column.width + gap for column in _COLUMNS if column.name in shown)
    parts = [cell(name, max(width - used, 1), style)]
    parts += [
        cell(heading, column.width, style, right=True)
        for column, heading in ((_COLUMNS[0], "cost"), (_COLUMNS[2], ""), (_COLUMNS[1], "tokens"))
        if column.name in shown
    ]
    if "saved" in shown:
        parts.append(cell("cached saved", 14, style, right=True))
    return joined(parts, gap, width)


def _saved(row: CostRow) -> str:
    """Which part of the prompts came from the cache, and what that saved."""
    if row.saved is None:
        return ""
    hits = UNKNOWN if row.hits is None else f"{row.hits:.0%}"
    if row.hits is None or not row.cost.is_known:
        return hits
    if row.saved <= -0.005:
        return f"{hits} -{format_usd(-row.saved)}"
    return f"{hits} +{format_usd(max(row.saved, 0.0))}"


def _sessions(row: CostRow) -> str:
    return "" if row.sessions is None else plural(row.sessions, "session")


_BESIDE = {"saved": _saved, "sessions": _sessions}
"""Columns for which a remark stands in, where a row has one."""
