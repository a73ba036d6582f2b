"""Reads what the index needs of a JSON request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.batch import Batch, TracePart
from aimux_tui.otlp.folding import SpanRule, folds_logs, keeps_log, span_rule
from aimux_tui.otlp.json_values import (
    attributes_of,
    decode_document,
    hex_id,
    objects,
    text_attributes,
    text_in,
    time_ns,
)
from aimux_tui.otlp.keys import session_keys
from aimux_tui.otlp.payload import MAX_RECORDS, Encoding, TooManyRecordsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_BAD_IDS = "a span without a trace id of 32 hex digits and a span id of 16"
_NO_OBJECT = "a record that is no JSON object"
_NO_TRACE = bytes(16)
_SERVICE = frozenset({"service.name"})
_ERROR = (2, "2", "STATUS_CODE_ERROR")
_METRIC_KINDS = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")


def index_json(signal: Signal, body: bytes, *, folds: bool) -> Batch:
    """What a JSON request holds. Raises BadPayloadError, TooManyRecordsError."""
    document, is_changed = decode_document(body)
    batch = Batch(signal, Encoding.JSON, body)
    of_resources, of_scopes, of_records = _PLACES[signal]
    read = _READERS[signal]
    for resource in objects(document, of_resources):
        if not isinstance(resource, dict):
            continue
        service, session = _sender(resource)
        for scope in objects(resource, of_scopes):
            records = objects(scope, of_records)
            if batch.records + len(records) > MAX_RECORDS:
                raise TooManyRecordsError(f"more than {MAX_RECORDS:,} records in one request")
            kept = read(batch, records, service, session, folds)
            if len(kept) != len(records):
                is_changed = True
                scope[of_records] = kept
    if is_changed:
        batch.body = msgspec.json.encode(document)
    return batch


def _read_spans(
    batch: Batch,
    spans: Sequence[Any],
    service: str,
    session: str,
    folds: bool,  # noqa: FBT001
) -> list[Any]:
    rule = span_rule(service) if folds else None
    kept = [
        span
        for span in _only_objects(batch, spans)
        if _read_span(batch, span, service, session, rule)
    ]
    batch.count(service, len(kept))
    return kept


def _read_span(
    batch: Batch, span: dict[str, Any], service: str, session: str, rule: SpanRule | None
) -> bool:
    """Note a span; False if it is not to be kept."""
    trace_id, span_id = hex_id(span.get("traceId"), 16), hex_id(span.get("spanId"), 8)
    if not trace_id or not span_id or trace_id == _NO_TRACE:
        batch.reject(_BAD_IDS)
        return False
    part = batch.traces.setdefault(trace_id, TracePart())
    parent = hex_id(span.get("parentSpanId"), 8)
    name = text_in(span, "name")
    pairs = span.get("attributes")
    if rule is not None and not rule.keeps(name, attributes_of(pairs)):
        part.folded += 1
        part.links += span_id + parent.ljust(8, b"\0")
        batch.folded[service, name] += 1
        return False
    start = time_ns(span.get("startTimeUnixNano"))
    end = time_ns(span.get("endTimeUnixNano"))
    is_root = not parent and not part.has_root
    if is_root or (start < part.start_ns and not part.has_root):
        part.name, part.service = name, service
    part.has_root = part.has_root or is_root
    part.start_ns, part.end_ns = min(part.start_ns, start), max(part.end_ns, end)
    part.spans += 1
    status = span.get("status")
    if isinstance(status, dict) and status.get("code") in _ERROR:
        part.errors += 1
    own = _session_of(pairs, service) or session
    part.session = part.session or own
    _note(batch, own, start, end)
    return True


def _read_logs(
    batch: Batch,
    records: Sequence[Any],
    service: str,
    session: str,
    folds: bool,  # noqa: FBT001
) -> list[Any]:
    folds = folds and folds_logs(service)
    kept: list[Any] = []
    for record in _only_objects(batch, records):
        pairs = record.get("attributes")
        if folds and not keeps_log(attributes := attributes_of(pairs)):
            name = f"{attributes.get('event.name')} {attributes.get('event.kind', '')}"
            batch.folded[service, name] += 1
            continue
        time = time_ns(record.get("timeUnixNano")) or time_ns(record.get("observedTimeUnixNano"))
        if trace_id := hex_id(record.get("traceId"), 16):
            batch.log_traces.add(trace_id)
        _note(batch, _session_of(pairs, service) or session, time, time)
        kept.append(record)
    batch.count(service, len(kept))
    return kept


def _read_metrics(
    batch: Batch,
    metrics: Sequence[Any],
    service: str,
    session: str,
    _folds: bool,  # noqa: FBT001
) -> list[Any]:
    kept = _only_objects(batch, metrics)
    for metric in kept:
        points = [
            point
            for kind in _METRIC_KINDS
            for point in objects(metric.get(kind), "dataPoints")
            if isinstance(point, dict)
        ]
        batch.count(service, len(points))
        for point in points:
            time = time_ns(point.get("timeUnixNano"))
            own = _session_of(point.get("attributes"), service)
            _note(batch, own or session, time, time)
    return kept


_READERS: dict[Signal, Callable[[Batch, Sequence[Any], str, str, bool], list[Any]]] = {
    Signal.TRACES: _read_spans,
    Signal.LOGS: _read_logs,
    Signal.METRICS: _read_metrics,
}
_PLACES = {
    Signal.TRACES: ("resourceSpans", "scopeSpans", "spans"),
    Signal.LOGS: ("resourceLogs", "scopeLogs", "logRecords"),
    Signal.METRICS: ("resourceMetrics", "scopeMetrics", "metrics"),
}


def _only_objects(batch: Batch, records: Iterable[Any]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for record in records:
        if isinstance(record, dict):
            kept.append(record)
        else:
            batch.reject(_NO_OBJECT)
    return kept


def _note(batch: Batch, session: str, start: int, end: int) -> None:
    if session:
        batch.sessions.add(session)
    batch.span_time(start, end)


def _sender(resource: dict[str, Any]) -> tuple[str, str]:
    """The service of a resource, and the session if the resource itself names one."""
    found = resource.get("resource")
    pairs = found.get("attributes") if isinstance(found, dict) else None
    service = text_attributes(pairs, _SERVICE).get("service.name", "")
    return service, _session_of(pairs, service)


def _session_of(pairs: object, service: str) -> str:
    keys = session_keys(service)
    found = text_attributes(pairs, keys)
    return next((found[key] for key in keys if found.get(key)), "") if found else ""
