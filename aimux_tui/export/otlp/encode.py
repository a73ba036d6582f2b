"""Spans as OTLP protobuf. Imports protobuf, so import this only when something is sent."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from aimux_tui.export.otlp.messages import clean
from aimux_tui.export.otlp.spans import SpanKind

if TYPE_CHECKING:
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
    from opentelemetry.proto.common.v1.common_pb2 import KeyValue

    from aimux_tui.export.otlp.spans import Attributes, Span

    KeyValues = RepeatedCompositeFieldContainer[KeyValue]

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
    )
    _fill(message.attributes, span.attributes)
    for event in span.events:
        added = message.events.add(time_unix_nano=event.at, name=clean(event.name))
        _fill(added.attributes, event.attributes)
    if span.error is not None:
        message.status.code = Status.STATUS_CODE_ERROR
        message.status.message = clean(span.error)
    return message.SerializeToString(deterministic=True)


def resource_bytes(attributes: Attributes) -> bytes:
    """A `Resource` with these attributes."""
    resource = Resource()
    _fill(resource.attributes, attributes)
    return resource.SerializeToString(deterministic=True)


def span_hash(data: bytes) -> bytes:
    """16 bytes by which a changed span is told."""
    return blake2b(data, digest_size=16).digest()


def _fill(target: KeyValues, attributes: Attributes) -> None:
    """Add attributes in place: messages made apart and copied cost three times as much."""
    for name, value in attributes.items():
        into = target.add(key=name).value
        match value:
            case str():
                into.string_value = clean(value)
            case bool():
                into.bool_value = value
            case int():
                into.int_value = value
            case float():
                into.double_value = value
            case _:
                for item in value:
                    into.array_value.values.add(string_value=clean(item))
