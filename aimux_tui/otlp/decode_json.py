"""The records of JSON requests, in full."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
from aimux_tui.otlp.json_values import (
    attributes_of,
    decode_document,
    hex_id,
    integer,
    number,
    objects,
    text_in,
    time_ns,
    value_of,
)
from aimux_tui.otlp.keys import join_keys
from aimux_tui.otlp.vocabulary import is_delta, severity, span_kind, span_status

if TYPE_CHECKING:
    from collections.abc import Iterator

_METRIC_KINDS = {
    "gauge": MetricKind.GAUGE,
    "sum": MetricKind.SUM,
    "histogram": MetricKind.HISTOGRAM,
    "exponentialHistogram": MetricKind.EXPONENTIAL_HISTOGRAM,
    "summary": MetricKind.SUMMARY,
}


def spans(body: bytes) -> list[Span]:
    """The spans of a traces request. Raises BadPayloadError."""
    return [
        _span(item, resource, scope)
        for item, resource, scope in _items(body, "resourceSpans", "scopeSpans", "spans")
    ]


def logs(body: bytes) -> list[LogEvent]:
    """The records of a logs request. Raises BadPayloadError."""
    return [
        _log(item, resource, scope)
        for item, resource, scope in _items(body, "resourceLogs", "scopeLogs", "logRecords")
    ]


def points(body: bytes) -> list[MetricPoint]:
    """The points of a metrics request. Raises BadPayloadError."""
    return [
        point
        for item, resource, scope in _items(body, "resourceMetrics", "scopeMetrics", "metrics")
        for point in _points(item, resource, scope)
    ]


def _items(
    body: bytes, of_resources: str, of_scopes: str, of_records: str
) -> Iterator[tuple[dict[str, Any], Resource, Scope]]:
    document, _ = decode_document(body)
    for group in objects(document, of_resources):
        resource = Resource(attributes_of(_object(group, "resource").get("attributes")))
        for part in objects(group, of_scopes):
            found = _object(part, "scope")
            attributes = attributes_of(found.get("attributes"))
            scope = Scope(text_in(found, "name"), text_in(found, "version"), attributes)
            for item in objects(part, of_records):
                if isinstance(item, dict):
                    yield item, resource, scope


def _object(parent: Any, key: str) -> dict[str, Any]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def _span(item: dict[str, Any], resource: Resource, scope: Scope) -> Span:
    attributes = attributes_of(item.get("attributes"))
    status = _object(item, "status")
    return Span(
        trace_id=hex_id(item.get("traceId"), 16).hex(),
        span_id=hex_id(item.get("spanId"), 8).hex(),
        parent_id=hex_id(item.get("parentSpanId"), 8).hex(),
        name=text_in(item, "name"),
        kind=span_kind(item.get("kind")),
        start_ns=time_ns(item.get("startTimeUnixNano")),
        end_ns=time_ns(item.get("endTimeUnixNano")),
        status=span_status(status.get("code")),
        status_message=text_in(status, "message"),
        attributes=attributes,
        events=tuple(_event(event) for event in objects(item, "events") if isinstance(event, dict)),
        links=tuple(_link(link) for link in objects(item, "links") if isinstance(link, dict)),
        resource=resource,
        scope=scope,
        keys=join_keys(attributes, resource.service),
    )


def _event(event: dict[str, Any]) -> SpanEvent:
    attributes = attributes_of(event.get("attributes"))
    return SpanEvent(text_in(event, "name"), time_ns(event.get("timeUnixNano")), attributes)


def _link(link: dict[str, Any]) -> SpanLink:
    return SpanLink(
        trace_id=hex_id(link.get("traceId"), 16).hex(),
        span_id=hex_id(link.get("spanId"), 8).hex(),
        attributes=attributes_of(link.get("attributes")),
    )


def _log(item: dict[str, Any], resource: Resource, scope: Scope) -> LogEvent:
    attributes = attributes_of(item.get("attributes"))
    name = attributes.get("event.name")
    return LogEvent(
        name=name if isinstance(name, str) else text_in(item, "eventName"),
        time_ns=time_ns(item.get("timeUnixNano")) or time_ns(item.get("observedTimeUnixNano")),
        severity=severity(text_in(item, "severityText"), item.get("severityNumber")),
        body=value_of(item.get("body")),
        attributes=attributes,
        trace_id=hex_id(item.get("traceId"), 16).hex(),
        span_id=hex_id(item.get("spanId"), 8).hex(),
        resource=resource,
        scope=scope,
        keys=join_keys(attributes, resource.service),
    )


def _points(metric: dict[str, Any], resource: Resource, scope: Scope) -> Iterator[MetricPoint]:
    for field, kind in _METRIC_KINDS.items():
        data = _object(metric, field)
        for point in objects(data, "dataPoints"):
            if isinstance(point, dict):
                yield _point(metric, kind, data, point, resource, scope)


def _point(
    metric: dict[str, Any],
    kind: MetricKind,
    data: dict[str, Any],
    point: dict[str, Any],
    resource: Resource,
    scope: Scope,
) -> MetricPoint:
    attributes = attributes_of(point.get("attributes"))
    is_single = kind in {MetricKind.GAUGE, MetricKind.SUM}
    value = point.get("asInt", point.get("asDouble")) if is_single else point.get("sum")
    return MetricPoint(
        name=text_in(metric, "name"),
        kind=kind,
        unit=text_in(metric, "unit"),
        description=text_in(metric, "description"),
        is_delta=is_delta(data.get("aggregationTemporality")),
        is_monotonic=data.get("isMonotonic") is True,
        start_ns=time_ns(point.get("startTimeUnixNano")),
        time_ns=time_ns(point.get("timeUnixNano")),
        value=_finite(value) or 0.0,
        count=1 if is_single else max(0, integer(point.get("count"))),
        attributes=attributes,
        resource=resource,
        scope=scope,
        keys=join_keys(attributes, resource.service),
        low=_finite(point.get("min")),
        high=_finite(point.get("max")),
        bounds=tuple(_finite(bound) or 0.0 for bound in objects(point, "explicitBounds")),
        buckets=tuple(integer(count) for count in objects(point, "bucketCounts")),
    )


def _finite(value: object) -> float | None:
    """A finite number; None if there is none."""
    found = number(value)
    if value is None or not math.isfinite(found) or abs(found) > 1e308:
        return None
    return float(found)
