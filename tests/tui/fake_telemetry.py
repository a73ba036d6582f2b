"""Telemetry in memory: what tests put in is what was received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.telemetry import (
    JoinKeys,
    LogEvent,
    MetricKind,
    Resource,
    Scope,
    Span,
    SpanEvent,
    SpanKind,
    SpanStatus,
    TraceSummary,
)
from aimux_tui.store.telemetry.metrics import MetricSeries
from aimux_tui.store.telemetry.session import SessionTelemetry
from aimux_tui.store.telemetry.tree import TraceTree, build_tree
from tests.tui.fake_sessions import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.telemetry import FoldedCount, ServiceSummary
    from aimux_tui.store.telemetry.listening import Listener

START = int(NOW.timestamp()) * 1_000_000_000 - 60_000_000_000
"""A minute before now."""
MS = 1_000_000


def make_span(
    name: str,
    span_id: str,
    parent_id: str = "",
    *,
    start: int = 0,
    length: int = 100,
    service: str = "claude-code",
    session: str = "",
    status: SpanStatus = SpanStatus.UNSET,
    **attributes: object,
) -> Span:
    """A span `start` ms after START, `length` ms long. Underlines in names mean dots."""
    return Span(
        trace_id="a" * 32,
        span_id=span_id,
        parent_id=parent_id,
        name=name,
        kind=SpanKind.INTERNAL,
        start_ns=START + start * MS,
        end_ns=START + (start + length) * MS,
        status=status,
        status_message="it broke" if status is SpanStatus.ERROR else "",
        attributes={key.replace("__", "."): value for key, value in attributes.items()},
        events=(SpanEvent("first.token", START + (start + 1) * MS, {"ttft_ms": 12}),),
        links=(),
        resource=Resource({"service.name": service, "host.arch": "arm64"}),
        scope=Scope("tests", "1"),
        keys=JoinKeys(session=session),
    )


def make_log(name: str, span_id: str, after: int, **attributes: object) -> LogEvent:
    """A log record of a span, `after` ms after START."""
    return LogEvent(
        name=name,
        time_ns=START + after * MS,
        severity="INFO",
        body=f"claude_code.{name}",
        attributes={"event.name": name, **attributes},
        trace_id="a" * 32,
        span_id=span_id,
        resource=Resource({"service.name": "claude-code"}),
        scope=Scope(),
        keys=JoinKeys(),
    )


def summary(tree: TraceTree, trace_id: str, *, version: int = 1) -> TraceSummary:
    """The summary of a trace."""
    root = tree.spans[0]
    return TraceSummary(
        trace_id=trace_id,
        name=root.name,
        service=root.resource.service,
        has_root=not root.parent_id,
        start_ns=tree.start_ns,
        end_ns=tree.end_ns,
        spans=len(tree.spans),
        errors=sum(span.status is SpanStatus.ERROR for span in tree.spans),
        folded=tree.folded,
        session=next((one.keys.session for one in tree.spans if one.keys.session), ""),
        version=version,
    )


def make_series(
    name: str, *values: float, unit: str = "", service: str = "claude-code", **attributes: str
) -> MetricSeries:
    """A counter that grew by these values, one a second."""
    points = tuple((START + number * 1000 * MS, value) for number, value in enumerate(values))
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return MetricSeries(
        name, service, unit, MetricKind.SUM, named, points, sum(values), len(values)
    )


class FakeTelemetry:
    """A `TelemetryPort`."""

    def __init__(self) -> None:
        self.trouble = ""
        self.number = 1
        self.trees: dict[str, TraceTree] = {}
        self.versions: dict[str, int] = {}
        self.series: list[MetricSeries] = []
        self.services_: list[ServiceSummary] = []
        self.folded_: list[FoldedCount] = []
        self.listener: Listener | None = None
        self.session_ids: list[str] = []

    def put(self, trace_id: str, records: Iterable[Span | LogEvent], folded: int = 0) -> None:
        """A trace comes, or more of it."""
        self.number += 1
        links = {bytes([number] * 8): b"\0" * 8 for number in range(1, folded + 1)}
        self.trees[trace_id] = build_tree(records, links)
        self.versions[trace_id] = self.number

    def version(self) -> int:
        return self.number

    def services(self) -> Sequence[ServiceSummary]:
        return self.services_

    def traces(
        self, *, since: int = 0, service: str = "", session: str = "", limit: int = 1000
    ) -> Sequence[TraceSummary]:
        found = [
            summary(tree, trace, version=self.versions[trace])
            for trace, tree in self.trees.items()
            if self.versions[trace] > since
        ]
        return [
            one for one in found if service in {"", one.service} and session in {"", one.session}
        ][:limit]

    def trace(self, trace_id: str) -> TraceTree:
        return self.trees[trace_id]

    def metrics(
        self, *, service: str = "", session: str = "", batches: int = 500
    ) -> Sequence[MetricSeries]:
        return self.series

    def session(self, session_id: str) -> SessionTelemetry:
        raise NotImplementedError(session_id)

    def sessions(self, *, since: int = 0) -> Sequence[str]:
        return self.session_ids if since < self.number else []

    def folded(self) -> Sequence[FoldedCount]:
        return self.folded_

    def last_listener(self) -> Listener | None:
        return self.listener

    def close(self) -> None:
        pass
