"""OTLP requests as agents send them, made from a seed: spans and log records of one session."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

_START = 1_795_000_000_000_000_000
_SPANS_OF_TRACE = 32
_NAMES = ("claude_code.llm_request", "claude_code.tool", "claude_code.tool.execution")
_EVENTS = ("api_request", "tool_decision", "tool_result")


def span_requests(count: int, spans: int, seed: int = 1) -> Sequence[bytes]:
    """Protobuf requests of so many spans, each with nineteen attributes."""
    dice = random.Random(seed)
    return [_spans(dice, spans) for _ in range(count)]


def log_requests(count: int, records: int, seed: int = 1) -> Sequence[bytes]:
    """Protobuf requests of so many log records, each with eighteen attributes."""
    dice = random.Random(seed)
    return [_logs(dice, records) for _ in range(count)]


def as_json(request: bytes) -> bytes:
    """A traces request in OTLP's JSON."""
    message = ExportTraceServiceRequest.FromString(request)
    document = MessageToDict(message, use_integers_for_enums=True)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            originals = message.resource_spans[0].scope_spans[0].spans
            for span, original in zip(scope["spans"], originals, strict=True):
                span["traceId"] = original.trace_id.hex()
                span["spanId"] = original.span_id.hex()
                span["parentSpanId"] = original.parent_span_id.hex()
    return msgspec.json.encode(document)


def _spans(dice: random.Random, count: int) -> bytes:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.append(_pair("service.name", "claude-code"))
    scope = resource.scope_spans.add()
    scope.scope.name = "com.anthropic.claude_code.tracing"
    session, prompt = _uuid(dice), _uuid(dice)
    trace, root = dice.randbytes(16), dice.randbytes(8)
    for number in range(count):
        if number % _SPANS_OF_TRACE == 0:
            trace, root, prompt = dice.randbytes(16), dice.randbytes(8), _uuid(dice)
        is_root = number % _SPANS_OF_TRACE == 0
        span = scope.spans.add(
            trace_id=trace,
            span_id=root if is_root else dice.randbytes(8),
            parent_span_id=b"" if is_root else root,
            name="claude_code.interaction" if is_root else dice.choice(_NAMES),
            start_time_unix_nano=_START + number * 1_000_000,
            end_time_unix_nano=_START + number * 1_000_000 + dice.randrange(10**9),
        )
        span.attributes.extend(_attributes(dice, session, prompt))
        span.attributes.append(_pair("span.type", "llm_request"))
    return request.SerializeToString()


def _logs(dice: random.Random, count: int) -> bytes:
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.append(_pair("service.name", "claude-code"))
    scope = resource.scope_logs.add()
    scope.scope.name = "com.anthropic.claude_code.events"
    session, prompt = _uuid(dice), _uuid(dice)
    for number in range(count):
        name = dice.choice(_EVENTS)
        record = scope.log_records.add(
            time_unix_nano=_START + number, observed_time_unix_nano=_START + number
        )
        record.body.string_value = f"claude_code.{name}"
        record.attributes.append(_pair("event.name", name))
        record.attributes.extend(_attributes(dice, session, prompt)[:-1])
    return request.SerializeToString()


def _attributes(dice: random.Random, session: str, prompt: str) -> list[KeyValue]:
    """Eighteen of them, some 550 bytes."""
    return [
        _pair("user.id", "0f" * 32),
        _pair("session.id", session),
        _pair("anthropic.provider", "firstParty"),
        _pair("terminal.type", "xterm-256color"),
        _pair("event.timestamp", "2026-11-20T21:38:47.730Z"),
        _pair("event.sequence", dice.randrange(10_000)),
        _pair("prompt.id", prompt),
        _pair("model", "claude-opus-5"),
        _pair("input_tokens", dice.randrange(100_000)),
        _pair("output_tokens", dice.randrange(10_000)),
        _pair("cache_read_tokens", dice.randrange(1_000_000)),
        _pair("cache_creation_tokens", dice.randrange(50_000)),
        _pair("cost_usd_micros", dice.randrange(1_000_000)),
        _pair("duration_ms", dice.randrange(60_000)),
        _pair("request_id", f"req_{dice.randbytes(12).hex()}"),
        _pair("tool_use_id", f"toolu_{dice.randbytes(12).hex()}"),
        _pair("query_source", "repl_main_thread"),
        _pair("success", "true"),
    ]


def _pair(key: str, value: str | int) -> KeyValue:
    pair = KeyValue(key=key)
    if isinstance(value, str):
        pair.value.string_value = value
    else:
        pair.value.int_value = value
    return pair


def _uuid(dice: random.Random) -> str:
    text = dice.randbytes(16).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
