"""The records of protobuf requests, in full."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from aimux_tui.model.telemetry import (
    LogEvent,
    MetricKind,
    MetricPoint,
    Resource,
    Scope,
    Span,
    SpanEvent,
    SpanLink,
)
from aimux_tui.otlp.keys import join_keys
from aimux_tui.otlp.messages import SPLIT, WHOLE
from aimux_tui.otlp.payload import BadPayloadError
from aimux_tui.otlp.protobuf_values import attributes_of, text_of, value_of
from aimux_tui.otlp.vocabulary import is_delta, severity, span_kind, span_status

if TYPE_CHECKING:
    from collections.abc import Iterator

_METRIC_KINDS = {
    "gauge": MetricKind.GAUGE,
    "sum": MetricKind.SUM,
    "histogram": MetricKind.HISTOGRAM,
    "exponential_histogram": MetricKind.EXPONENTIAL_HISTOGRAM,
    "summary": MetricKind.SUMMARY,
}


def spans(body: bytes) -> list[Span]:
    """The spans of a traces request. Raises BadPayloadError."""
    found: list[Span] = []
    for group in _request("traces", body).resource_spans:
        resource = _resource(group)
        for part in group.scope_spans:
            scope = _scope(part.scope)
            found += [_span(item, resource, scope) for item in _items(WHOLE.span, part.spans)]
    return found


def logs(body: bytes) -> list[LogEvent]:
    """The records of a logs request. Raises BadPayloadError."""
    found: list[LogEvent] = []
    for group in _request("logs", body).resource_logs:
        resource = _resource(group)
        for part in group.scope_logs:
            scope = _scope(part.scope)
            found += [_log(item, resource, scope) for item in _items(WHOLE.log, part.log_records)]
    return found


def points(body: bytes) -> list[MetricPoint]:
    """The points of a metrics request. Raises BadPayloadError."""
    found: list[MetricPoint] = []
    for group in _request("metrics", body).resource_metrics:
        resource = _resource(group)
        for part in group.scope_metrics:
            scope = _scope(part.scope)
            for metric in _items(WHOLE.metric, part.metrics):
                found += _points(metric, resource, scope)
    return found


def _request(kind: str, body: bytes) -> Any:
    """The whole request, or if a record in it is damaged, one whose records are bytes."""
    try:
        return getattr(WHOLE, kind).FromString(body)
    except DecodeError:
        pass
    try:
        return getattr(SPLIT, kind).FromString(body)
    except DecodeError as error:
        raise BadPayloadError(str(error)) from None


def _items(kind: Any, items: Any) -> Iterator[Any]:
    """The records, decoded if they are bytes; the damaged ones left out."""
    for item in items:
        if not isinstance(item, bytes):
            yield item
            continue
        try:
            yield kind.FromString(item)
        except DecodeError:
            continue


def _resource(group: Any) -> Resource:
    return Resource(attributes_of(group.resource.attributes))


def _scope(scope: Any) -> Scope:
    return Scope(text_of(scope.name), text_of(scope.version), attributes_of(scope.attributes))


def _span(item: Any, resource: Resource, scope: Scope) -> Span:
    attributes = attributes_of(item.attributes)
    return Span(
        trace_id=item.trace_id.hex(),
        span_id=item.span_id.hex(),
        parent_id=item.parent_span_id.hex(),
        name=text_of(item.name),
        kind=span_kind(item.kind),
        start_ns=item.start_time_unix_nano,
        end_ns=item.end_time_unix_nano,
        status=span_status(item.status.code),
        status_message=text_of(item.status.message),
        attributes=attributes,
        events=tuple(
            SpanEvent(text_of(event.name), event.time_unix_nano, attributes_of(event.attributes))
            for event in item.events
        ),
        links=tuple(
            SpanLink(link.trace_id.hex(), link.span_id.hex(), attributes_of(link.attributes))
            for link in item.links
        ),
        resource=resource,
        scope=scope,
        keys=join_keys(attributes, resource.service),
    )


def _log(item: Any, resource: Resource, scope: Scope) -> LogEvent:
    attributes = attributes_of(item.attributes)
    name = attributes.get("event.name")
    return LogEvent(
        name=name if isinstance(name, str) else text_of(item.event_name),
        time_ns=item.time_unix_nano or item.observed_time_unix_nano,
        severity=severity(text_of(item.severity_text), item.severity_number),
        body=value_of(item.body),
        attributes=attributes,
        trace_id=item.trace_id.hex(),
        span_id=item.span_id.hex(),
        resource=resource,
        scope=scope,
        keys=join_keys(attributes, resource.service),
    )


def _points(metric: Any, resource: Resource, scope: Scope) -> Iterator[MetricPoint]:
    field = metric.WhichOneof("data")
    if field is None:
        return
    kind, data = _METRIC_KINDS[field], getattr(metric, field)
    name, unit = text_of(metric.name), text_of(metric.unit)
    description = text_of(metric.description)
    delta = kind not in _WITHOUT_TEMPORALITY and is_delta(data.aggregation_temporality)
    for point in data.data_points:
        attributes = attributes_of(point.attributes)
        value, count, low, high, bounds, buckets = _measure(kind, point)
        yield MetricPoint(
            name=name,
            kind=kind,
            unit=unit,
            description=description,
            is_delta=delta,
            is_monotonic=kind is MetricKind.SUM and data.is_monotonic,
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
            value=value,
            count=count,
            attributes=attributes,
            resource=resource,
            scope=scope,
            keys=join_keys(attributes, resource.service),
            low=low,
            high=high,
            bounds=bounds,
            buckets=buckets,
        )


_WITHOUT_TEMPORALITY = frozenset({MetricKind.GAUGE, MetricKind.SUMMARY})
_Measure = tuple[
    float, int, float | None, float | None, tuple[float, ...], tuple[int, ...]
]  # fmt: skip


def _measure(kind: MetricKind, point: Any) -> _Measure:
    """Value, count, least, most, bounds and buckets of a point."""
    match kind:
        case MetricKind.GAUGE | MetricKind.SUM:
            field = point.WhichOneof("value")
            return (_finite(getattr(point, field)) if field else 0.0, 1, None, None, (), ())
        case MetricKind.SUMMARY:
            return (_finite(point.sum), point.count, None, None, (), ())
    low = _finite(point.min) if point.HasField("min") else None
    high = _finite(point.max) if point.HasField("max") else None
    if kind is MetricKind.HISTOGRAM:
        bounds, buckets = tuple(point.explicit_bounds), tuple(point.bucket_counts)
    else:
        bounds, buckets = (), ()
    return (_finite(point.sum), point.count, low, high, bounds, buckets)


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0
