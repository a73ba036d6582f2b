"""Spans as OTLP protobuf. Imports protobuf, so import this only when something is sent."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from aimux_tui.export.otlp.messages import clean
from aimux_tui.export.otlp.spans import SpanKind

if TYPE_CHECKING:
    from aimux_tui.export.otlp.spans import Attributes, Span, Value

_KINDS = {
    SpanKind.INTERNAL: SpanMessage.SPAN_KIND_INTERNAL,
    SpanKind.CLIENT: SpanMessage.SPAN_KIND_CLIENT,
}


def span_bytes(span: Span) -> bytes:
    """The span's message; equal spans have equal bytes."""
    message = SpanMessage(
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_span_id=span.parent_id,
        name=clean(span.name),
        kind=_KINDS[span.kind],
        start_time_unix_nano=span.start,
        end_time_unix_nano=span.end,
        attributes=_attributes(span.attributes),
        events=[
            SpanMessage.Event(
                time_unix_nano=event.at,
                name=clean(event.name),
                attributes=_attributes(event.attributes),
            )
            for event in span.events
        ],
    )
    if span.error is not None:
        message.status.code = Status.STATUS_CODE_ERROR
        message.status.message = clean(span.error)
    return message.SerializeToString(deterministic=True)


def resource_bytes(attributes: Attributes) -> bytes:
    """A resource's attributes, as the field of `Resource` they are."""
    from opentelemetry.proto.resource.v1.resource_pb2 import Resource

    return Resource(attributes=_attributes(attributes)).SerializeToString(deterministic=True)


def span_hash(data: bytes) -> bytes:
    """16 bytes by which a changed span is told."""
    return blake2b(data, digest_size=16).digest()


def _attributes(attributes: Attributes) -> list[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in attributes.items()]


def _value(value: Value) -> AnyValue:
    match value:
        case str():
            return AnyValue(string_value=clean(value))
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
    items = [AnyValue(string_value=clean(item)) for item in value]
    return AnyValue(array_value=ArrayValue(values=items))
