"""Which signal a protobuf body carries: the three requests differ only in their records."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.messages import SPLIT, WHOLE
from aimux_tui.otlp.payload import BadPayloadError


def sniff_protobuf_signal(body: bytes) -> Signal:
    """The signal by the first record of the body. Raises BadPayloadError if nothing tells.

    A span begins with two ids of fixed length, a metric with a name and has points; what is neither
    and has a time, a severity or a text is a log record. Without any record, it matters not.
    """
    try:
        request = SPLIT.traces.FromString(body)
    except DecodeError as error:
        raise BadPayloadError(f"the body is neither JSON nor OTLP in protobuf ({error})") from None
    records = (
        raw
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for raw in scope.spans
    )
    first = next(records, None)
    if first is None:
        return Signal.TRACES
    if _is_span(first):
        return Signal.TRACES
    if _is_metric(first):
        return Signal.METRICS
    if _is_log(first):
        return Signal.LOGS
    raise BadPayloadError("the body holds neither spans, log records nor metrics")


def _is_span(raw: bytes) -> bool:
    try:
        span = WHOLE.span.FromString(raw)
    except DecodeError:
        return False
    return len(span.trace_id) == 16 and len(span.span_id) == 8


def _is_metric(raw: bytes) -> bool:
    try:
        metric = WHOLE.metric.FromString(raw)
    except DecodeError:
        return False
    return bool(metric.name) and metric.WhichOneof("data") is not None


def _is_log(raw: bytes) -> bool:
    try:
        record = WHOLE.log.FromString(raw)
    except DecodeError:
        return False
    return bool(
        record.time_unix_nano
        or record.observed_time_unix_nano
        or record.severity_number
        or record.HasField("body")
    )
