"""The OTLP messages in three views of the same bytes, made from the published descriptors.

A decoder spends most of its time on attributes, so what is not needed is not decoded: fields that a
view leaves out are skipped, and kept when the message is written again. In every view texts are
bytes, since one letter of bad UTF-8 would otherwise cost the whole batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto

_FILES = (
    common_pb2,
    resource_pb2,
    trace_pb2,
    logs_pb2,
    metrics_pb2,
    trace_service_pb2,
    logs_service_pb2,
    metrics_service_pb2,
)
_ITEMS = {("ScopeSpans", "spans"), ("ScopeLogs", "log_records"), ("ScopeMetrics", "metrics")}
_INDEXED = {
    "Span": {
        "trace_id",
        "span_id",
        "parent_span_id",
        "name",
        "start_time_unix_nano",
        "end_time_unix_nano",
        "status",
    },
    "LogRecord": {"time_unix_nano", "observed_time_unix_nano", "trace_id", "span_id"},
}


class Messages(NamedTuple):
    """The message classes of one view."""

    traces: Any
    """A whole request."""
    logs: Any
    metrics: Any
    span: Any
    log: Any
    metric: Any


def _view(change: Callable[[str, Field], bool]) -> Messages:
    """The messages with each field changed; those for which `change` says False are left out."""
    pool = DescriptorPool()
    for module in _FILES:
        file = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for message in _with_nested(file.message_type):
            for field in list(message.field):
                if field.type == Field.TYPE_STRING:
                    field.type = Field.TYPE_BYTES
                if not change(message.name, field):
                    message.field.remove(field)
        pool.AddSerializedFile(file.SerializeToString())

    def of(name: str) -> Any:
        return GetMessageClass(pool.FindMessageTypeByName(f"opentelemetry.proto.{name}"))

    return Messages(
        traces=of("collector.trace.v1.ExportTraceServiceRequest"),
        logs=of("collector.logs.v1.ExportLogsServiceRequest"),
        metrics=of("collector.metrics.v1.ExportMetricsServiceRequest"),
        span=of("trace.v1.Span"),
        log=of("logs.v1.LogRecord"),
        metric=of("metrics.v1.Metric"),
    )


def _with_nested(messages: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    for message in messages:
        yield message
        yield from _with_nested(message.nested_type)


def _unchanged(_message: str, _field: Field) -> bool:
    return True


def _items_as_bytes(message: str, field: Field) -> bool:
    if (message, field.name) in _ITEMS:
        field.type = Field.TYPE_BYTES
        field.ClearField("type_name")
    return True


def _only_indexed(message: str, field: Field) -> bool:
    if message == "Span" and field.name == "status":
        field.type = Field.TYPE_BYTES
        field.ClearField("type_name")
    kept = _INDEXED.get(message)
    return kept is None or field.name in kept


WHOLE = _view(_unchanged)
"""Everything."""
SPLIT = _view(_items_as_bytes)
"""Spans, log records and metrics as the bytes they are."""
INDEXED = _view(_only_indexed)
"""Of spans and log records only ids, names and times."""
