"""Which of the received records belong to a turn of a log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aimux_tui.model.telemetry import LogEvent, Span
from aimux_tui.store.telemetry.session import TurnKeys, TurnTelemetry

if TYPE_CHECKING:
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import Turn
    from aimux_tui.store.telemetry.session import SessionTelemetry

_LATE = timedelta(seconds=30)
"""How long after the last record of a log something about it may still happen."""


def telemetry_id(session: Session) -> tuple[str, str]:
    """(the session's id in telemetry, the sub-agent's id or "")

    A sub-agent of Claude or Gemini reports under its parent's id, one of Codex under its own.
    """
    parent, slash, agent = session.key.partition(":")[2].partition("/")
    return (parent, agent) if slash else (session.session_id, "")


def records_of_turn(
    telemetry: SessionTelemetry, session: Session, turn: Turn, until: datetime | None
) -> TurnTelemetry:
    """What was received of a turn. `until` is when the next one began; None: it is the last."""
    _, agent = telemetry_id(session)
    start, end = _nanoseconds(turn.summary.started), _end(turn, until)
    calls = [call.id for call in turn.tool_calls]
    if agent:
        own = [prompt for prompt in telemetry.prompts if prompt.startswith(f"{agent}#")]
        keys = TurnKeys(own, turn.ids.requests, calls, turn.ids.records)
        return _of_agent(telemetry.turn(keys), agent)
    prompts = (*turn.ids.prompts, turn.summary.key)
    found = telemetry.turn(TurnKeys(prompts, turn.ids.requests, calls, turn.ids.records))
    if turn.ids.prompts:
        # Its root names no prompt, but what is below it does. Clocks do not tell turns apart.
        aside = [log for log in telemetry.logs if start <= log.time_ns < end and _is_alone(log)]
        return _with(found, [*_above(telemetry, found), *aside])
    # This agent's records do not all name the turn: what happened meanwhile belongs to it.
    return _with(found, _meanwhile(telemetry, prompts, start, end))


def _above(telemetry: SessionTelemetry, found: TurnTelemetry) -> list[Span]:
    """The spans of the session above some records, and those that log records belong to."""
    spans = {(span.trace_id, span.span_id): span for span in telemetry.spans}
    pending = [(span.trace_id, span.parent_id) for span in found.spans]
    pending += [(log.trace_id, log.span_id) for log in found.logs]
    above: dict[tuple[str, str], Span] = {}
    while pending:
        span = spans.get(place := pending.pop())
        if span is not None and place not in above:
            above[place] = span
            pending.append((span.trace_id, span.parent_id))
    return list(above.values())


def _is_alone(log: LogEvent) -> bool:
    """Whether only its time says to which turn a log record belongs."""
    keys = log.keys
    return not (log.trace_id or keys.prompt or keys.request or keys.tool_call or keys.message)


def records_of_call(telemetry: SessionTelemetry, call_id: str) -> TurnTelemetry:
    """What was received of one tool call, with the spans below it."""
    return telemetry.turn(TurnKeys(tool_calls=(call_id,)))


def _meanwhile(
    telemetry: SessionTelemetry, prompts: tuple[str, ...], start: int, end: int
) -> list[Span | LogEvent]:
    """What happened in a time, but for what another turn is known by."""
    # Gemini's prompt ids are the session's, or have a number behind a hash: they name no turn.
    others = {
        prompt
        for prompt in telemetry.prompts
        if "#" not in prompt and prompt != telemetry.session_id
    }
    return [
        record
        for record in telemetry.between(start, end)
        if record.keys.prompt in prompts or record.keys.prompt not in others
    ]


def _of_agent(found: TurnTelemetry, agent: str) -> TurnTelemetry:
    """Without what names another agent: prompts are shared with the one that started it."""
    return TurnTelemetry(
        tuple(span for span in found.spans if span.keys.agent in {"", agent}),
        tuple(log for log in found.logs if log.keys.agent in {"", agent}),
    )


def _with(found: TurnTelemetry, more: list[Span | LogEvent]) -> TurnTelemetry:
    spans = {(span.trace_id, span.span_id): span for span in found.spans}
    logs = {id(log): log for log in found.logs}
    for record in more:
        if isinstance(record, Span):
            spans[record.trace_id, record.span_id] = record
        else:
            logs[id(record)] = record
    return TurnTelemetry(
        tuple(sorted(spans.values(), key=lambda span: span.start_ns)),
        tuple(sorted(logs.values(), key=lambda log: log.time_ns)),
    )


def _end(turn: Turn, until: datetime | None) -> int:
    ended = turn.summary.ended
    late = ended + _LATE if ended is not None else None
    return _nanoseconds(until if until is not None else late)


def _nanoseconds(at: datetime | None) -> int:
    return round(at.timestamp() * 1e6) * 1000 if at is not None else 0
