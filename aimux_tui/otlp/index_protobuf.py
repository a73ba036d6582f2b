"""Reads what the index needs of a protobuf request, and leaves the rest for when it is shown.

A whole request is decoded in tens of microseconds a record; this takes two or three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.batch import Batch, TracePart
from aimux_tui.otlp.folding import SpanRule, folds_logs, keeps_log, span_rule
from aimux_tui.otlp.keys import join_keys
from aimux_tui.otlp.messages import INDEXED, SPLIT, WHOLE
from aimux_tui.otlp.payload import MAX_RECORDS, BadPayloadError, Encoding, TooManyRecordsError
from aimux_tui.otlp.protobuf_values import attributes_of, attributes_of_item, text_of
from aimux_tui.otlp.session_finder import session_finder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TRACE_ID, _SPAN_ID = 16, 8
_NO_TRACE = bytes(_TRACE_ID)
_STATUS_ERROR = b"\x18\x02"
_BAD_IDS = "a span without a trace id of 16 bytes and a span id of 8"


def index_spans(body: bytes, *, folds: bool) -> Batch:
    """What a traces request holds. Raises BadPayloadError, TooManyRecordsError."""
    batch = Batch(Signal.TRACES, Encoding.PROTOBUF, body)
    split = _parse(SPLIT.traces, body)
    groups = [
        (resource, scope) for resource in split.resource_spans for scope in resource.scope_spans
    ]
    _check_size(sum(len(scope.spans) for _, scope in groups))
    views = _indexed(INDEXED.traces, body, _scopes_of_spans)
    is_changed = False
    for number, (resource, scope) in enumerate(groups):
        service, session = _sender(resource)
        rule = span_rule(service) if folds else None
        spans = (
            zip(views[number], scope.spans, strict=True)
            if views is not None
            else _one_by_one(INDEXED.span, scope.spans, batch)
        )
        reader = _SpanReader(batch, service, session, session_finder(body, service), rule)
        kept = reader.read(spans)
        if len(kept) != len(scope.spans):
            is_changed = True
            del scope.spans[:]
            scope.spans.extend(kept)
        batch.count(service, len(kept))
    if is_changed:
        batch.body = split.SerializeToString()
    return batch


def index_logs(body: bytes, *, folds: bool) -> Batch:
    """What a logs request holds. Raises BadPayloadError, TooManyRecordsError."""
    batch = Batch(Signal.LOGS, Encoding.PROTOBUF, body)
    split = _parse(SPLIT.logs, body)
    groups = [
        (resource, scope) for resource in split.resource_logs for scope in resource.scope_logs
    ]
    _check_size(sum(len(scope.log_records) for _, scope in groups))
    views = _indexed(INDEXED.logs, body, _scopes_of_logs)
    is_changed = False
    for number, (resource, scope) in enumerate(groups):
        service, session = _sender(resource)
        records = (
            zip(views[number], scope.log_records, strict=True)
            if views is not None
            else _one_by_one(INDEXED.log, scope.log_records, batch)
        )
        find = session_finder(body, service)
        kept = _read_logs(batch, records, service, find, folds=folds and folds_logs(service))
        if session and kept:
            batch.sessions.add(session)
        if len(kept) != len(scope.log_records):
            is_changed = True
            del scope.log_records[:]
            scope.log_records.extend(kept)
        batch.count(service, len(kept))
    if is_changed:
        batch.body = split.SerializeToString()
    return batch


def index_metrics(body: bytes) -> Batch:
    """What a metrics request holds. Raises BadPayloadError, TooManyRecordsError."""
    batch = Batch(Signal.METRICS, Encoding.PROTOBUF, body)
    split = _parse(SPLIT.metrics, body)
    is_changed = False
    for resource in split.resource_metrics:
        service, session = _sender(resource)
        if session:
            batch.sessions.add(session)
        find = session_finder(body, service)
        for scope in resource.scope_metrics:
            _check_size(len(scope.metrics))
            kept = []
            for metric, raw in _one_by_one(WHOLE.metric, scope.metrics, batch):
                kept.append(raw)
                _read_points(batch, metric, service, find)
            if len(kept) != len(scope.metrics):
                is_changed = True
                del scope.metrics[:]
                scope.metrics.extend(kept)
    if is_changed:
        batch.body = split.SerializeToString()
    return batch


class _SpanReader:
    """Reads the spans of one scope into a batch."""

    def __init__(
        self,
        batch: Batch,
        service: str,
        session: str,
        find_session: Callable[[bytes], str] | None,
        rule: SpanRule | None,
    ) -> None:
        self._batch = batch
        self._service = service
        self._session = session
        self._find_session = find_session
        self._rule = rule

    def read(self, spans: Iterable[tuple[Any, bytes]]) -> list[bytes]:
        """The spans to be kept. Attributes of messages are read once each: they are slow."""
        batch, rule, find = self._batch, self._rule, self._find_session
        traces = batch.traces
        kept: list[bytes] = []
        for span, raw in spans:
            trace_id = span.trace_id
            if len(trace_id) != _TRACE_ID or len(span.span_id) != _SPAN_ID or trace_id == _NO_TRACE:
                batch.reject(_BAD_IDS)
                continue
            part = traces.get(trace_id)
            if part is None:
                part = traces[trace_id] = TracePart(session=self._session)
            start, end = span.start_time_unix_nano, span.end_time_unix_nano
            parent = span.parent_span_id
            if rule is not None and not self._stays(span, raw, rule):
                part.folded += 1
                part.links += span.span_id + parent.ljust(_SPAN_ID, b"\0")[:_SPAN_ID]
                continue
            kept.append(raw)
            part.spans += 1
            if start < part.start_ns:
                part.start_ns = start
                if not part.has_root:
                    part.name, part.service = text_of(span.name), self._service
            if end > part.end_ns:  # noqa: PLR1730  # max() is slower, for each span
                part.end_ns = end
            if not parent and not part.has_root:
                part.has_root = True
                part.name, part.service = text_of(span.name), self._service
            if span.status.endswith(_STATUS_ERROR):
                part.errors += 1
            if find is not None and (session := find(raw)):
                batch.sessions.add(session)
                part.session = part.session or session
        self._note_times()
        return kept

    def _stays(self, span: Any, raw: bytes, rule: SpanRule) -> bool:
        name = text_of(span.name)
        if name in rule.names or rule.keeps(name, attributes_of_item(raw)):
            return True
        self._batch.folded[self._service, name] += 1
        return False

    def _note_times(self) -> None:
        if self._session:
            self._batch.sessions.add(self._session)
        for part in self._batch.traces.values():
            if part.spans:
                self._batch.span_time(part.start_ns, part.end_ns)


def _read_logs(
    batch: Batch,
    records: Iterable[tuple[Any, bytes]],
    service: str,
    find: Callable[[bytes], str] | None,
    *,
    folds: bool,
) -> list[bytes]:
    """The log records to be kept."""
    kept: list[bytes] = []
    earliest, latest = batch.start_ns, batch.end_ns
    for record, raw in records:
        if folds and not keeps_log(found := attributes_of_item(raw, is_log=True)):
            batch.folded[service, f"{found.get('event.name')} {found.get('event.kind', '')}"] += 1
            continue
        kept.append(raw)
        time = record.time_unix_nano or record.observed_time_unix_nano
        if time > latest:  # noqa: PLR1730  # as above, for each record
            latest = time
        if time and time < earliest:
            earliest = time
        trace_id = record.trace_id
        if trace_id and len(trace_id) == _TRACE_ID:
            batch.log_traces.add(trace_id)
        if find is not None and (session := find(raw)):
            batch.sessions.add(session)
    batch.start_ns, batch.end_ns = earliest, latest
    return kept


def _read_points(
    batch: Batch, metric: Any, service: str, find: Callable[[bytes], str] | None
) -> None:
    kind = metric.WhichOneof("data")
    points = getattr(metric, kind).data_points if kind else ()
    batch.count(service, len(points))
    for point in points:
        batch.span_time(point.time_unix_nano, point.time_unix_nano)
        if find is not None and (session := find(point.SerializeToString())):
            batch.sessions.add(session)


def _parse(kind: Any, body: bytes) -> Any:
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise BadPayloadError(f"the body is no protobuf of this kind ({error})") from None


def _check_size(records: int) -> None:
    if records > MAX_RECORDS:
        raise TooManyRecordsError(f"{records:,} records in one request; {MAX_RECORDS:,} are taken")


def _indexed(
    kind: Any, body: bytes, scopes: Callable[[Any], list[Any]]
) -> list[Any] | None:  # fmt: skip
    """The records of each scope; None if one of them is damaged, so that they are read singly."""
    try:
        return scopes(kind.FromString(body))
    except DecodeError:
        return None


def _scopes_of_spans(request: Any) -> list[Any]:
    return [scope.spans for resource in request.resource_spans for scope in resource.scope_spans]


def _scopes_of_logs(request: Any) -> list[Any]:
    return [
        scope.log_records for resource in request.resource_logs for scope in resource.scope_logs
    ]


def _one_by_one(kind: Any, raws: Iterable[bytes], batch: Batch) -> Iterable[tuple[Any, bytes]]:
    """Each record with its bytes; what cannot be decoded is rejected, and costs no other."""
    for raw in raws:
        try:
            yield kind.FromString(raw), raw
        except DecodeError:
            batch.reject("a record that is no valid protobuf")


def _sender(resource: Any) -> tuple[str, str]:
    """The service of a resource, and the session if the resource itself names one."""
    attributes = attributes_of(resource.resource.attributes)
    name = attributes.get("service.name")
    service = name if isinstance(name, str) else ""
    return service, join_keys(attributes, service).session
