"""Who sends telemetry, what was left out of it, what was refused, and what to do about that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.model.telemetry import Signal
from aimux_tui.receiver.advice import advice
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_age, format_bytes, plural
from aimux_tui.tui.format.lines import EMPTY, Line
from aimux_tui.tui.format.span_row import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from aimux_tui.model.telemetry import FoldedCount, ServiceSummary
    from aimux_tui.receiver.status import ReceiverStatus
    from aimux_tui.store.telemetry.listening import Listener
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.telemetry.ports import TelemetryPort

_FOLDED_NAMES = 40
_NOUNS = {Signal.TRACES: "span", Signal.LOGS: "log record", Signal.METRICS: "metric point"}
_BLANK = Line(EMPTY)


def services_page(
    telemetry: TelemetryPort, status: ReceiverStatus | None, now: datetime, look: Look
) -> list[Line]:
    """The page. `status` is that of this process's receiver, if it has one. Blocks."""
    services, folded = telemetry.services(), telemetry.folded()
    listener = telemetry.last_listener()
    lines = [*_receiver(status, listener, now, look), _BLANK, _heading("Services", look)]
    lines += [_service(service, now, look) for service in services]
    if not services:
        lines.append(_note("nothing was received yet", look))
    refused = _refused(status, listener)
    lines += [_BLANK, _heading("Refused", look)]
    if not refused:
        lines.append(_note("nothing", look))
    for reason, count, hint in advice(refused):
        lines.append(_line(f"{count:,}x {reason}", hint, look))
    lines += [_BLANK, _heading("Counted, but not kept", look)]
    lines += _folded(folded, look)
    return lines


def nothing_lines(status: ReceiverStatus | None, look: Look) -> list[Line]:
    """What to do where nothing was received yet."""
    listens = status is not None and status.state in {
        ReceiverState.LISTENING,
        ReceiverState.ELSEWHERE,
    }
    how = (
        f"aimux receives at {status.url}. To send there what an agent does:"
        if listens and status is not None
        else "Nobody receives. `aimux --receive` does, or `otel.enabled: true` in the "
        "settings; then let an agent send:"
    )
    return [
        _heading("No telemetry was received yet.", look),
        _note(how, look),
        _BLANK,
        _line("aimux run -- claude", "starts an agent that sends", look),
        _line("aimux env claude", "tells what to set, or sets it (--write)", look),
        _line("aimux doctor", "tells what arrives, and what looks wrong", look),
        _BLANK,
        _note("Any other program that speaks OTLP over HTTP is seen here as well.", look),
    ]


def _receiver(
    status: ReceiverStatus | None, listener: Listener | None, now: datetime, look: Look
) -> Iterator[Line]:
    yield _heading("Receiver", look)
    if status is not None and status.state is not ReceiverState.OFF:
        said = f"{status.state.value} at {status.url}" if status.url else status.state.value
        yield _line("this aimux", said, look)
        if status.problem:
            yield _line("problem", f"{status.problem}. {status.hint}".strip(), look, is_bad=True)
        if status.requests:
            counts = f"{plural(status.records, 'record')} in {plural(status.requests, 'request')}"
            yield _line("received", f"{counts}, {format_bytes(status.received_bytes)}", look)
        if status.rejected:
            yield _line("rejected", f"{plural(status.rejected, 'record')} without use", look)
        return
    yield _line("this aimux", "does not receive (`aimux --receive`, `otel.enabled`)", look)
    if listener is not None:
        age = format_age(moment(listener.updated_ns), now)
        state = "receives" if listener.is_alive else "received"
        said = f"{state} at port {listener.port}, last word {age} ago"
        yield _line("another", said, look)


def _service(service: ServiceSummary, now: datetime, look: Look) -> Line:
    counts = [
        plural(number, word)
        for number, word in (
            (service.spans, "span"),
            (service.logs, "log record"),
            (service.points, "metric point"),
        )
        if number
    ]
    age = format_age(moment(service.last_ns), now)
    return _line(service.name or "(no name)", f"{', '.join(counts)}; last {age} ago", look)


def _folded(folded: Sequence[FoldedCount], look: Look) -> Iterator[Line]:
    if not folded:
        yield _note("nothing", look)
        return
    by_service: dict[tuple[str, Signal], list[FoldedCount]] = {}
    for one in folded:
        by_service.setdefault((one.service, one.signal), []).append(one)
    for (service, signal), counts in by_service.items():
        total = sum(one.count for one in counts)
        said = f"{plural(total, _NOUNS[signal])} of {plural(len(counts), 'name')}"
        yield _line(service or "(no name)", said, look)
        names = ", ".join(
            f"{one_line(one.name, 60)} {one.count:,}" for one in counts[:_FOLDED_NAMES]
        )
        more = len(counts) - _FOLDED_NAMES
        yield _note(f"  {names}{f' and {more:,} more' if more > 0 else ''}", look)
    yield _note("They are the agents' internals; `otel.fold: false` keeps them.", look)


def _refused(status: ReceiverStatus | None, listener: Listener | None) -> Mapping[str, int]:
    if status is not None and status.refused:
        return status.refused
    facts = listener.facts.get("refused") if listener is not None else None
    if not isinstance(facts, dict):
        return {}
    return {str(name): count for name, count in facts.items() if isinstance(count, int)}


def _heading(text: str, look: Look) -> Line:
    return Line(Content.styled(look.plain(text), look.palette.heading))


def _note(text: str, look: Look) -> Line:
    return Line(Content.styled(text, look.palette.muted))


def _line(name: str, value: str, look: Look, *, is_bad: bool = False) -> Line:
    style = look.palette.failed if is_bad else look.palette.text
    label = Content.styled(f"{one_line(name, 60):<20} ", look.palette.accent)
    return Line(Content.styled(one_line(value), style), prefix=label)
