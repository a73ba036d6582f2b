"""A metric as a row of a list: what it came to, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.text.bars import sparkline
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_bytes, format_count, format_nanoseconds, format_usd
from aimux_tui.tui.format.columns import Column, cell, columns_that_fit, joined
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.rows import gap_at

if TYPE_CHECKING:
    from textual.content import Content

    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.telemetry.metric_rows import MetricRow

_NAME = 22
_COLUMNS = (Column("value", 12), Column("service", 14), Column("how", 40))
_SECONDS = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1.0}
"""Nanoseconds of a unit."""


def metric_row(row: MetricRow, width: int, look: Look) -> Row:
    """Name, service, value, sparkline."""
    palette, gap = look.palette, gap_at(width)
    shown = columns_that_fit(_COLUMNS, width - _NAME, gap)
    used = sum(column.width + gap for column in _COLUMNS if column.name in shown)
    parts = [cell(one_line(row.name, 200), max(width - used, 1), palette.text)]
    if "service" in shown:
        parts.append(cell(one_line(row.service, 40), 14, palette.accent))
    if "value" in shown:
        value = look.plain(format_value(row)).replace("µ", "u")
        parts.append(cell(value, 12, palette.strong, right=True))
    if "how" in shown:
        drawn = sparkline(row.slots, is_ascii=look.glyphs is ASCII) if row.slots else ""
        parts.append(cell(drawn, 40, palette.accent))
    return Row(joined(parts, gap, width))


def metric_head(name: str, width: int, look: Look) -> Content:
    """The headings of the columns."""
    style, gap = look.palette.faint, gap_at(width)
    shown = columns_that_fit(_COLUMNS, width - _NAME, gap)
    used = sum(column.width + gap for column in _COLUMNS if column.name in shown)
    parts = [cell(name, max(width - used, 1), style)]
    if "service" in shown:
        parts.append(cell("service", 14, style))
    if "value" in shown:
        parts.append(cell("value", 12, style, right=True))
    if "how" in shown:
        parts.append(cell("over time", 40, style))
    return joined(parts, gap, width)


def format_value(row: MetricRow) -> str:
    """What it came to, in its unit; where durations were observed their mean, and of how many."""
    if row.average is not None and row.unit in _SECONDS:
        return (
            f"ø {_amount(row.average, row.unit)} \N{MULTIPLICATION SIGN}{format_count(row.count)}"
        )
    return _amount(row.value, row.unit)


def _amount(value: float, unit: str) -> str:
    if unit == "USD":
        return format_usd(value)
    if unit in _SECONDS:
        return format_nanoseconds(round(value * _SECONDS[unit])) if value else "0"
    if unit in {"By", "bytes"}:
        return format_bytes(round(value))
    number = format_count(round(value)) if value == round(value) or value >= 100 else f"{value:.3g}"
    named = unit if unit.isalpha() and unit not in {"tokens", "count"} else ""
    return f"{number} {named}".strip()
