"""Traces and spans as rows of a list: a waterfall on an axis of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.style import Style

from aimux_tui.model.telemetry import SpanStatus
from aimux_tui.model.tools import ToolStatus
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_count, format_nanoseconds
from aimux_tui.text.waterfall import stroke, ticks
from aimux_tui.tui.format.columns import Column, Part, cell, cells, columns_that_fit, joined
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.rows import gap_at

if TYPE_CHECKING:
    from textual.content import Content

    from aimux_tui.model.telemetry import Span, TraceSummary
    from aimux_tui.tui.format.look import Look

_NAME = 20
"""Columns that a name has at least."""
_TRACE_COLUMNS = (
    Column("duration", 6),
    Column("time", 8),
    Column("errors", 4),
    Column("spans", 8),
    Column("service", 14),
    Column("session", 40),
)
_DURATION = 6
_TICK_ROOM = 9
_ROOMY = 36
"""Columns of a name from which on the depth of a span is told by two blanks, not by one."""
_SUBJECTS = (
    "tool_name",
    "gen_ai.tool.name",
    "ai.toolCall.name",
    "gen_ai.request.model",
    "http.route",
    "url.path",
    "db.query.summary",
    "rpc.method",
)


class Axis(Struct, frozen=True):
    """The time that a waterfall spans, in nanoseconds since 1970."""

    start_ns: int
    end_ns: int

    @property
    def length(self) -> int:
        """Nanoseconds, at least one."""
        return max(self.end_ns - self.start_ns, 1)


def moment(time_ns: int) -> datetime:
    """The time as Python has it."""
    return datetime.fromtimestamp(min(max(time_ns, 0), 1 << 62) // 1000 / 1e6, UTC)


# Traces.


def trace_row(trace: TraceSummary, title: str, today: datetime, width: int, look: Look) -> Row:
    """`title` is that of the session it belongs to, "" if it is none of ours."""
    palette, gap = look.palette, gap_at(width)
    shown = columns_that_fit(_TRACE_COLUMNS, width - _NAME, gap)
    style = palette.failed if trace.errors else palette.text
    name = one_line(trace.name, 200) or "(no name)"
    if not trace.has_root:
        name = look.plain(f"… {name}")  # the root has not come, or never will
    texts: dict[str, list[Part]] = {
        "time": cell(_when(trace.start_ns, today, look), 8, palette.muted),
        "duration": cell(
            _duration(trace.end_ns - trace.start_ns, look), _DURATION, palette.text, right=True
        ),
        "spans": cell(_tally(trace), 8, palette.muted, right=True),
        "errors": cell(_errors(trace.errors, look), 4, palette.failed, right=True),
        "service": cell(one_line(trace.service, 40), 14, palette.accent),
        "session": cell(one_line(title, 80), 40, palette.muted),
    }
    used = sum(column.width + gap for column in _TRACE_COLUMNS if column.name in shown)
    parts = [texts["time"]] if "time" in shown else []
    parts.append(cell(name, max(width - used, 1), style))
    parts += [texts[key] for key in _ORDER if key in shown]
    return Row(joined(parts, gap, width))


_ORDER = ("service", "duration", "spans", "errors", "session")


def trace_head(width: int, look: Look) -> Content:
    """The headings of the columns."""
    style, gap = look.palette.faint, gap_at(width)
    shown = columns_that_fit(_TRACE_COLUMNS, width - _NAME, gap)
    used = sum(column.width + gap for column in _TRACE_COLUMNS if column.name in shown)
    parts = [cell("began", 8, style)] if "time" in shown else []
    parts.append(cell("root span", max(width - used, 1), style))
    heads = {"service": "service", "duration": "took", "spans": "spans", "errors": "bad"}
    parts += [
        cell(heads.get(column.name, column.name), column.width, style, right=is_right)
        for key in _ORDER
        for column in _TRACE_COLUMNS
        if column.name == key and key in shown
        for is_right in (key not in {"service", "session"},)
    ]
    return joined(parts, gap, width)


def _when(time_ns: int, today: datetime, look: Look) -> str:
    at = moment(time_ns).astimezone(look.zone)
    is_today = at.date() == today.astimezone(look.zone).date()
    return at.strftime("%H:%M:%S") if is_today else at.strftime("%b %d")


def _tally(trace: TraceSummary) -> str:
    """How many spans there are, and how many were counted only."""
    kept = format_count(trace.spans)
    return f"{kept}+{format_count(trace.folded)}" if trace.folded else kept


def _errors(errors: int, look: Look) -> str:
    return f"{look.glyphs.tool[ToolStatus.FAILED]}{format_count(errors)}" if errors else ""


def _duration(duration: int, look: Look) -> str:
    text = format_nanoseconds(duration)
    return text.replace("µ", "u") if look.glyphs is ASCII else text


# Spans.


def bar_width(width: int) -> int:
    """Columns of the waterfall in a row of `width` columns."""
    return max(min(width * 11 // 20, width - _NAME - _DURATION - 2), 8)


def span_row(span: Span, depth: int, axis: Axis, hue: Style, width: int, look: Look) -> Row:
    """`hue` is the colour of its service."""
    palette = look.palette
    is_bad = span.status is SpanStatus.ERROR
    room = bar_width(width)
    name_width = max(width - room - _DURATION - 2, 1)
    step = 2 if name_width >= _ROOMY else 1
    indent = " " * min(depth * step, max(name_width - 12, 0))
    mark = f"{look.glyphs.tool[ToolStatus.FAILED]} " if is_bad else ""
    parts = [
        (indent, palette.faint),
        (mark, palette.failed),
        (one_line(span.name, 200) or "(no name)", palette.failed if is_bad else palette.text),
        (f"  {subject}" if (subject := _subject(span)) else "", palette.muted),
    ]
    duration = cell(_duration(span.duration_ns, look), _DURATION, palette.muted, right=True)
    bar = span_bar(span, axis, palette.failed if is_bad else hue, room, look)
    return Row(joined([cells(parts, name_width), duration, bar], 1, width))


def _subject(span: Span) -> str:
    """What it is about, where its name does not tell: the tool, the model, the route."""
    for key in _SUBJECTS:
        value = span.attributes.get(key)
        if isinstance(value, str) and value and value not in span.name:
            return one_line(value, 60)
    return ""


def span_bar(span: Span, axis: Axis, style: Style, width: int, look: Look) -> list[Part]:
    """Where the span lies on the axis."""
    start = (span.start_ns - axis.start_ns) / axis.length
    end = (max(span.end_ns, span.start_ns) - axis.start_ns) / axis.length
    drawn = stroke(start, end, width, is_ascii=look.glyphs is ASCII)
    return [
        (" " * drawn.before, Style()),
        (drawn.opening, style + Style(reverse=True)),
        (drawn.rest, style),
        (" " * (width - drawn.width), Style()),
    ]


def axis_row(axis: Axis, width: int, look: Look) -> Content:
    """The axis above the bars of `span_row`."""
    room = bar_width(width)
    scale = " " * room
    for at, value in ticks(axis.length, room, _TICK_ROOM):
        label = _duration(round(value), look)
        start = at - len(label)
        if start >= 0:
            mark = "|" if look.glyphs is ASCII else "│"
            scale = f"{scale[:start]}{label}{mark}{scale[at + 1 :]}"[:room]
    name = cell("span", max(width - room - _DURATION - 2, 1), look.palette.faint)
    took = cell("took", _DURATION, look.palette.faint, right=True)
    return joined([name, took, [(scale, look.palette.faint)]], 1, width)
