"""What an agent itself reported of a turn, a tool call or a session, beside what its log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.analysis.telemetry import Report, ReportedRequest, ReportedTool, report_of
from aimux_tui.analysis.telemetry_join import telemetry_id
from aimux_tui.model.turn import NoticeKind
from aimux_tui.model.usage import Usage
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import (
    format_count,
    format_duration,
    format_nanoseconds,
    format_spent,
    format_tokens,
    format_usd,
    plural,
)
from aimux_tui.tui.format.lines import Line, Wrap
from aimux_tui.tui.format.span_row import Axis, axis_row, span_row
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, field, heading, note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from aimux_tui.model.usage import Cost
    from aimux_tui.store.telemetry.session import TurnTelemetry
    from aimux_tui.tui.format.columns import Part
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.views.subject import Subject

_MOST_REQUESTS = 200
_MOST_SPANS = 400
_WIDE = 60
"""Columns from which on a request is told with the time to its first token."""


class TelemetryView:
    """True durations, waits, retries, decisions, the agent's own cost, and the spans as a tree."""

    id = "otel"
    title = "otel"

    def accepts(self, subject: Subject) -> bool:
        """Whatever something was received of; of steps other than calls it tells of the turn."""
        return subject.has_telemetry and not subject.is_about_edits

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """Nothing: it has to be fetched."""
        del subject, context
        return None

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """All of it."""
        feed = context.telemetry
        if feed is None:
            return Page([note("no telemetry is looked at here", context.look)])
        logged: Logged | None = None
        call = subject.tool_call
        if call is not None:
            records = await feed.of_call(subject.session, call.id)
        elif subject.turn is not None:
            turn = subject.details or await context.feed.read_turn(subject.turn.key)
            until, cost = _neighbourhood(subject, context)
            records = await feed.of_turn(subject.session, turn, until)
            retries = sum(
                getattr(step, "kind", None) is NoticeKind.API_RETRY for step in turn.steps
            )
            logged = Logged(turn.summary.usage, cost, turn.summary.duration, retries)
        else:
            records = await feed.of_session(subject.session)
            logged = Logged(subject.session.usage, subject.session.cost, None, 0)
        return Page(await context.feed.compute(lambda: _lines(records, logged, subject, context)))


class Logged:
    """What the log says of the same."""

    def __init__(
        self, usage: Usage, cost: Cost | None, duration: timedelta | None, retries: int
    ) -> None:
        self.usage = usage
        self.cost = cost
        self.duration = duration
        self.retries = retries


def _neighbourhood(subject: Subject, context: ViewContext) -> tuple[datetime | None, Cost | None]:
    """(when the next turn began, what this one cost by the log)"""
    assert subject.turn is not None
    view = context.feed.view
    keys = [turn.key for turn in view.turns]
    if subject.turn.key not in keys:
        return None, None
    at = keys.index(subject.turn.key)
    until = view.turns[at + 1].started if at + 1 < len(keys) else None
    return until, view.costs[at] if at < len(view.costs) else None


def _lines(
    records: TurnTelemetry, logged: Logged | None, subject: Subject, context: ViewContext
) -> list[Line]:
    look = context.look
    if not records.spans and not records.logs:
        return [note("Nothing was received of this.", look)]
    report = report_of(records.spans, records.logs)
    agent = telemetry_id(subject.session)[1]
    lines: list[Line] = []
    if subject.tool_call is not None:
        lines += [line for tool in report.tools for line in _tool(tool, look)]
    else:
        lines += [heading("What the agent reported", look)]
        lines += _totals(report, logged, agent, look)
        lines += _requests(report, look, is_wide=context.width >= _WIDE)
        lines += _tools(report, look)
    lines += _surroundings(report, look)
    lines += _tree(records, context)
    counts = f"{plural(len(records.spans), 'span')}, {plural(len(records.logs), 'log record')}"
    lines += [BLANK, note(f"{counts}; `T` shows the traces they are in", look)]
    return lines


def _totals(report: Report, logged: Logged | None, agent: str, look: Look) -> Iterator[Line]:
    if report.duration is not None:
        text = format_nanoseconds(report.duration)
        if logged is not None and logged.duration is not None:
            text += f", by the log {format_duration(logged.duration)}"
        yield field("took", look.plain(text), look)
    first = [one.first_token for one in report.requests if one.first_token is not None]
    if report.first_token is not None:
        yield field("first word", f"after {_short(report.first_token, look)}", look)
    elif first:
        slowest = f", at most {_short(max(first), look)}" if max(first) > first[0] else ""
        yield field("first token", f"after {_short(first[0], look)}{slowest}", look)
    if report.waited:
        yield field("waited", f"{_short(report.waited, look)} for approvals", look)
    own = [one for one in report.requests if one.agent == agent and not one.purpose]
    yield from _compared(own, logged, look)
    below = [one for one in report.requests if one.agent != agent]
    if below:
        usage = sum((one.usage for one in below), Usage())
        said = f"{plural(len(below), 'request')}, {format_tokens(usage)}"
        yield field("sub-agents", look.plain(said), look)
    for one in report.requests:
        if one.purpose:
            said = f"{one.purpose}: {format_tokens(one.usage)}, {_short(one.duration, look)}"
            yield field("besides", look.plain(said), look)
    if report.retries:
        yield field("retries", f"{report.retries:,}", look, look.palette.waiting)


def _compared(own: Sequence[ReportedRequest], logged: Logged | None, look: Look) -> Iterator[Line]:
    """Requests, tokens and cost, beside those of the log."""
    palette = look.palette
    if not own:
        return
    usage = sum((one.usage for one in own), Usage())
    yield field("requests", f"{len(own):,}", look)
    tokens, style = format_tokens(usage), palette.text
    if logged is not None and logged.usage.total:
        theirs = (usage.context, usage.output)
        if theirs == (logged.usage.context, logged.usage.output):
            tokens += ", as in the log"
        else:
            tokens += f", by the log {format_tokens(logged.usage)}"
            style = palette.waiting
    yield field("tokens", look.plain(tokens), look, style)
    costs = [one.cost_usd for one in own if one.cost_usd is not None]
    if costs:
        said = f"{_usd(sum(costs))} says the agent"
        if logged is not None and logged.cost is not None:
            said += f", {format_spent(logged.usage, logged.cost)} at list prices"
        yield field("cost", look.plain(said), look)


def _requests(report: Report, look: Look, *, is_wide: bool) -> Iterator[Line]:
    if not report.requests:
        return
    yield BLANK
    yield heading("Requests", look)
    for request in report.requests[:_MOST_REQUESTS]:
        palette = look.palette
        parts: list[Part] = []
        if request.first_token is not None and is_wide:
            parts.append((f"first token {_short(request.first_token, look):>5}  ", palette.muted))
        parts.append((look.plain(f"{format_tokens(request.usage):>12}  "), palette.text))
        if request.cost_usd is not None:
            parts.append((f"{_usd(request.cost_usd):>8}  ", palette.muted))
        parts.append((one_line(request.model, 40), palette.accent))
        if request.attempts > 1:
            parts.append((f"  attempt {request.attempts}", palette.waiting))
        if request.error:
            parts.append((f"  {one_line(request.error, 200)}", palette.failed))
        if request.agent:
            parts.append(("  sub-agent", palette.muted))
        yield _timed(request.duration, parts, look)
    if (more := len(report.requests) - _MOST_REQUESTS) > 0:
        yield note(f"… {plural(more, 'more request')}", look)


def _tools(report: Report, look: Look) -> Iterator[Line]:
    if not report.tools:
        return
    yield BLANK
    yield heading("Tools", look)
    for tool in report.tools:
        palette = look.palette
        style = palette.failed if tool.is_ok is False else palette.text
        parts = [(one_line(tool.name, 60) or "?", style)]
        if tool.is_ok is False:
            parts.append(("  failed", palette.failed))
        if tool.waited:
            parts.append((f"  waited {_short(tool.waited, look)}", palette.waiting))
        if tool.decision:
            by = f" by {one_line(tool.source, 40)}" if tool.source else ""
            parts.append((f"  {one_line(tool.decision, 40)}{by}", palette.muted))
        if tool.mcp_server:
            parts.append((f"  MCP {one_line(tool.mcp_server, 40)}", palette.muted))
        yield _timed(tool.duration, parts, look)


def _timed(duration: int | None, parts: list[Part], look: Look) -> Line:
    """How long something took, and behind that what it was."""
    took = Content.styled(f"{_short(duration, look):>6}  ", look.palette.text)
    return Line(Content.assemble(*parts), prefix=took)


def _tool(tool: ReportedTool, look: Look) -> Iterator[Line]:
    palette = look.palette
    yield heading(tool.name or "tool", look)
    if tool.duration is not None:
        yield field("took", _short(tool.duration, look), look)
    if tool.waited:
        yield field("waited", f"{_short(tool.waited, look)} for its approval", look)
    if tool.decision:
        by = f" by {tool.source}" if tool.source else ""
        yield field("decision", f"{tool.decision}{by}", look)
    if tool.is_ok is not None:
        said, style = ("ok", palette.ok) if tool.is_ok else ("failed", palette.failed)
        yield field("outcome", f"{said} {tool.error}".strip(), look, style)
    if tool.mcp_server:
        yield field("MCP server", tool.mcp_server, look)


def _surroundings(report: Report, look: Look) -> Iterator[Line]:
    """Hooks, MCP servers, errors, what else happened."""
    if report.hooks or report.mcp_servers or report.errors or report.others:
        yield BLANK
    for name, (count, spent) in report.hooks.items():
        yield field("hook", f"{name} {count}x, {_short(spent, look)}", look)
    for name, state in report.mcp_servers.items():
        yield field("MCP server", f"{name} {state}".strip(), look)
    for error in report.errors:
        yield field("error", error, look, look.palette.failed)
    if report.others:
        happened = ", ".join(
            f"{one_line(name, 60) or '?'} {format_count(count)}x"
            for name, count in sorted(report.others.items())
        )
        yield field("also", happened, look, look.palette.muted)


def _tree(records: TurnTelemetry, context: ViewContext) -> Iterator[Line]:
    from aimux_tui.store.telemetry.tree import build_tree

    look, width = context.look, max(context.width, 30)
    tree = build_tree(records.spans, {})
    if not tree.spans:
        return
    axis = Axis(tree.start_ns, tree.end_ns)
    yield BLANK
    yield Line(axis_row(axis, width, look), wrap=Wrap.CUT)
    hues = look.palette.hues
    services = list(dict.fromkeys(span.resource.service for span in tree.spans))
    shown = list(zip(tree.spans, tree.depths, strict=True))[:_MOST_SPANS]
    for span, depth in shown:
        hue = hues[services.index(span.resource.service) % len(hues)]
        yield Line(span_row(span, depth, axis, hue, width, look).content, wrap=Wrap.CUT)
    if (more := len(tree.spans) - len(shown)) > 0:
        yield note(f"… {plural(more, 'more span')}", look)


def _short(duration: int | None, look: Look) -> str:
    if duration is None:
        return look.glyphs.no_value
    return look.plain(format_nanoseconds(duration)).replace("µ", "u")


def _usd(usd: float) -> str:
    """With more digits than elsewhere, since it is compared."""
    return f"${usd:.4f}" if 0 < usd < 1 else format_usd(usd)
