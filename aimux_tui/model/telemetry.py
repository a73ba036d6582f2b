"""What agents and other programs report over OpenTelemetry: spans, log records, metric points."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

Attributes = Mapping[str, Any]
"""Name → None, bool, int, float, str, bytes, or a list or dict of such values."""


class Signal(StrEnum):
    """The three kinds of telemetry."""

    TRACES = "traces"
    LOGS = "logs"
    METRICS = "metrics"


class SpanKind(StrEnum):
    """Which side of a call a span is."""

    UNSPECIFIED = "unspecified"
    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class SpanStatus(StrEnum):
    """How it ended."""

    UNSET = "unset"
    OK = "ok"
    ERROR = "error"


class MetricKind(StrEnum):
    """What a metric's points are."""

    GAUGE = "gauge"
    SUM = "sum"
    HISTOGRAM = "histogram"
    EXPONENTIAL_HISTOGRAM = "exponential histogram"
    SUMMARY = "summary"


class JoinKeys(Struct, frozen=True, omit_defaults=True):
    """The ids by which a record belongs to a session, a turn or a step; "" where it names none."""

    session: str = ""
    """The agent's own session id, as in `Session.session_id`."""
    prompt: str = ""
    """Claude's prompt id, Gemini's prompt id, Codex's turn id."""
    request: str = ""
    """The id of a model request or of its response."""
    tool_call: str = ""
    agent: str = ""
    """The id of a sub-agent."""
    message: str = ""
    """The id of the record in the agent's log that it reports."""


class Resource(Struct, frozen=True):
    """Who sent a record."""

    attributes: Attributes = field(default_factory=dict)

    @property
    def service(self) -> str:
        """The name it gives itself; "" if it gives none."""
        name = self.attributes.get("service.name")
        return name if isinstance(name, str) else ""


class Scope(Struct, frozen=True):
    """The library that made a record."""

    name: str = ""
    version: str = ""
    attributes: Attributes = field(default_factory=dict)


class SpanEvent(Struct, frozen=True):
    """Something that happened at a moment of a span."""

    name: str
    time_ns: int
    attributes: Attributes


class SpanLink(Struct, frozen=True):
    """Another span that a span has to do with."""

    trace_id: str
    span_id: str
    attributes: Attributes


class Span(Struct, frozen=True):
    """An operation with its start and end. Ids are lower-case hex, times nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str
    """"" at a root. Where spans in between were folded away, the nearest that was kept."""
    name: str
    kind: SpanKind
    start_ns: int
    end_ns: int
    status: SpanStatus
    status_message: str
    attributes: Attributes
    events: tuple[SpanEvent, ...]
    links: tuple[SpanLink, ...]
    resource: Resource
    scope: Scope
    keys: JoinKeys

    @property
    def duration_ns(self) -> int:
        """How long it took; never negative."""
        return max(0, self.end_ns - self.start_ns)

    @property
    def time_ns(self) -> int:
        """When it began."""
        return self.start_ns


class LogEvent(Struct, frozen=True):
    """A log record. Ids are lower-case hex, "" if it belongs to no span."""

    name: str
    """What happened: `event.name` or the record's own event name, or "" if neither says."""
    time_ns: int
    """When it happened, or else when it was observed."""
    severity: str
    body: Any
    attributes: Attributes
    trace_id: str
    span_id: str
    resource: Resource
    scope: Scope
    keys: JoinKeys


class MetricPoint(Struct, frozen=True):
    """One value of a metric at one moment."""

    name: str
    kind: MetricKind
    unit: str
    description: str
    is_delta: bool
    """It counts since `start_ns` only; False: a running total, or no sum at all."""
    is_monotonic: bool
    start_ns: int
    time_ns: int
    value: float
    """Of a histogram or summary: the sum of what was observed."""
    count: int
    """How much was observed; 1 for a gauge or sum."""
    attributes: Attributes
    resource: Resource
    scope: Scope
    keys: JoinKeys
    low: float | None = None
    high: float | None = None
    bounds: tuple[float, ...] = ()
    """Upper bounds of a histogram's buckets, the last one's missing."""
    buckets: tuple[int, ...] = ()


Record = Span | LogEvent | MetricPoint


class TraceSummary(Struct, frozen=True):
    """A trace in a list. Times are nanoseconds since 1970."""

    trace_id: str
    name: str
    """Of its root, or of its first span while the root is still missing."""
    service: str
    """Of the same span."""
    has_root: bool
    start_ns: int
    end_ns: int
    spans: int
    errors: int
    folded: int
    """Spans that were counted but not kept."""
    session: str
    """The first session that one of its spans names."""
    version: int
    """Grows whenever spans are added to any trace."""


class ServiceSummary(Struct, frozen=True):
    """What came from one service. Times are nanoseconds since 1970."""

    name: str
    spans: int = 0
    logs: int = 0
    points: int = 0
    first_ns: int = 0
    last_ns: int = 0


class FoldedCount(Struct, frozen=True):
    """Records that were counted but not kept."""

    service: str
    signal: Signal
    name: str
    count: int
    last_ns: int
