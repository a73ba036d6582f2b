"""What the OTLP/HTTP specification asks of a receiver, point by point."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from aimux_tui.receiver.limits import Limits
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from tests.receiver.clients import (
    AT,
    JSON,
    PROTOBUF,
    SPAN,
    TRACE,
    Answer,
    ask,
    logs_request,
    recorded,
    say,
    traces_request,
    wait_until,
)
from tests.receiver.conftest import Start

JSON_TRACES = json.dumps(
    {
        "resourceSpans": [
            {
                "scopeSpans": [
                    {"spans": [{"traceId": TRACE.hex(), "spanId": SPAN.hex(), "name": "one"}]}
                ]
            }
        ]
    }
).encode()


def status_message(answer: Answer) -> str:
    """The message of a google.rpc.Status, which every failure is answered with."""
    if answer.headers["Content-Type"] == JSON:
        return str(json.loads(answer.body)["message"])
    # Its fields: code (1, a number) and message (2, a text).
    assert answer.body[0] == 0x08
    assert answer.body[2] == 0x12
    return answer.body.partition(b"\x12")[2].decode(errors="replace")


@pytest.mark.parametrize("one", recorded(), ids=lambda one: f"{one.agent}-{one.signal}")
def test_every_recorded_request_is_taken(port: int, receiver: ReceiverThread, one) -> None:
    answer = ask(port, f"/v1/{one.signal}", one.body, one.content_type)
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == one.content_type
    # Everything was accepted, so nothing is said of a part.
    assert answer.body == (b"{}" if one.content_type == JSON else b"")
    wait_until(lambda: receiver.status.requests == 1)
    assert receiver.status.rejected == 0


@pytest.mark.parametrize("one", recorded(), ids=lambda one: f"{one.agent}-{one.signal}")
@pytest.mark.parametrize("content_type", ["", "text/plain"])
def test_at_the_root_the_content_tells_what_it_is(port: int, one, content_type: str) -> None:
    body = gzip.compress(one.body)
    assert ask(port, "/", body, content_type, Content_Encoding="gzip").status == 200


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics", "/", "//v1/traces/"])
@pytest.mark.parametrize(("content_type", "body"), [(PROTOBUF, b""), (JSON, b"{}"), (JSON, b"")])
def test_an_empty_request_succeeds(port: int, path: str, content_type: str, body: bytes) -> None:
    answer = ask(port, path, body, content_type)
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "Application/JSON", "application/json ;charset=UTF-8"],
)
def test_parameters_and_case_of_the_content_type_do_not_matter(
    port: int, content_type: str
) -> None:
    assert ask(port, "/v1/traces", JSON_TRACES, content_type).status == 200


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    ],
)
def test_compressed_bodies(port: int, telemetry: Telemetry, name: str, encode) -> None:
    answer = ask(port, "/v1/traces", encode(traces_request(3)), Content_Encoding=name)
    assert answer.status == 200
    assert len(telemetry.trace(TRACE.hex()).spans) == 3


def test_chunked_bodies(port: int, telemetry: Telemetry) -> None:
    body = traces_request(2)
    chunks = b"".join(b"%x\r\n%s\r\n" % (1, body[at : at + 1]) for at in range(len(body)))
    head = (
        b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    assert say(port, head + chunks + b"0\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert len(telemetry.trace(TRACE.hex()).spans) == 2


def test_a_client_that_asks_first_is_told_to_go_on(port: int) -> None:
    body = traces_request()
    head = (
        b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
        b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    answer = say(port, head + body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


def test_one_bad_span_costs_no_other(port: int, telemetry: Telemetry) -> None:
    request = ExportTraceServiceRequest.FromString(traces_request(2))
    spans = request.resource_spans[0].scope_spans[0].spans
    spans.add(trace_id=b"short", span_id=SPAN, name="bad")
    spans.add(trace_id=bytes(16), span_id=SPAN, name="bad")
    spans.add(trace_id=TRACE, span_id=b"", name="bad")
    answer = ask(port, "/v1/traces", request.SerializeToString())
    told = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert (answer.status, told.rejected_spans) == (200, 3)
    assert "16 bytes" in told.error_message
    assert [span.name for span in telemetry.trace(TRACE.hex()).spans] == ["step 1", "step 2"]


def test_one_bad_record_of_json_costs_no_other(port: int, telemetry: Telemetry) -> None:
    good = {"traceId": TRACE.hex().upper(), "spanId": SPAN.hex().upper(), "name": "good"}
    records = [good, 7, None, {"traceId": "zz" * 16, "spanId": SPAN.hex()}, {"name": "no ids"}]
    body = {"resourceSpans": [{"scopeSpans": [{"spans": records}]}]}
    answer = ask(port, "/v1/traces", json.dumps(body).encode(), JSON)
    told = json.loads(answer.body)["partialSuccess"]
    assert (answer.status, told["rejectedSpans"]) == (200, "4")
    assert told["errorMessage"]
    assert [span.name for span in telemetry.trace(TRACE.hex()).spans] == ["good"]


def test_one_damaged_log_record_costs_no_other(port: int, telemetry: Telemetry) -> None:
    whole = logs_request("first", "second", "third")
    # Within the second record, the length of its name now says more than there is.
    damaged = whole.replace(
        b"\n\nevent.name\x12\x08\n\x06second", b"\n\nevent.name\x12\x7f\n\x06second"
    )
    assert damaged != whole
    answer = ask(port, "/v1/logs", damaged)
    told = ExportLogsServiceResponse.FromString(answer.body).partial_success
    assert answer.status == 200
    session = telemetry.session("s1")
    session.refresh()
    names = [log.name for log in session.logs]
    assert names == ["first", "third"]
    assert told.rejected_log_records in {0, 1}


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (404, {"path": "/v1/profiles"}),
        (404, {"path": "/v1/traces/v1/traces", "content_type": JSON}),
        (405, {"method": "GET"}),
        (405, {"method": "PUT", "content_type": JSON}),
        (405, {"path": "/", "method": "GET"}),
        (415, {"content_type": "text/plain"}),
        (415, {"content_type": "application/grpc"}),
        (415, {"Content_Encoding": "br"}),
        (415, {"Content_Encoding": "gzip, gzip"}),
        (400, {"body": b"\xff\xff\xff"}),
        (400, {"body": b"{", "content_type": JSON}),
        (400, {"body": b"[]", "content_type": JSON}),
        (400, {"body": b"[" * 100_000, "content_type": JSON}),
        (400, {"path": "/", "body": b"what?", "content_type": ""}),
        (400, {"path": "/", "body": b'{"resource": 1}', "content_type": ""}),
        (400, {"body": b"no gzip", "Content_Encoding": "gzip"}),
        (400, {"body": gzip.compress(b"cut" * 99)[:-12], "Content_Encoding": "gzip"}),
        (400, {"body": b"no deflate", "Content_Encoding": "deflate"}),
        (403, {"Origin": "https://example.org"}),
    ],
)
def test_what_is_refused_is_answered_with_a_status(port: int, status: int, arguments) -> None:
    answer = ask(port, **arguments)
    assert answer.status == status
    asked_json = arguments.get("content_type", PROTOBUF) != PROTOBUF
    assert answer.headers["Content-Type"] == (JSON if asked_json else PROTOBUF)
    assert status_message(answer)
    if status == 405:
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "arguments",
    [
        {"body": bytes(2_000_000)},
        {"body": gzip.compress(bytes(2_000_000)), "Content_Encoding": "gzip"},
        {"body": zlib.compress(bytes(2_000_000)), "Content_Encoding": "deflate"},
        {
            "body": gzip.compress(b"") * 9 + gzip.compress(bytes(2_000_000)),
            "Content_Encoding": "gzip",
        },
    ],
)
def test_a_body_is_bounded_as_sent_and_as_decompressed(start: Start, arguments) -> None:
    receiver = start(Limits(body_bytes=1_000_000))
    answer = ask(receiver.status.port, **arguments)
    assert answer.status == 413
    assert "1,000,000" in status_message(answer)
    assert ask(receiver.status.port, body=traces_request()).status == 200


def test_an_announced_size_is_refused_before_it_is_sent(start: Start) -> None:
    receiver = start(Limits(body_bytes=1_000_000))
    head = b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
    assert say(receiver.status.port, head).startswith(b"HTTP/1.1 413")


def test_the_largest_body_that_is_recommended_is_taken(port: int) -> None:
    request = ExportTraceServiceRequest.FromString(traces_request())
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="huge").value.string_value = "x" * (63 << 20)
    assert ask(port, body=request.SerializeToString()).status == 200


def test_when_too_much_comes_at_once_some_is_asked_to_come_again(start: Start) -> None:
    receiver = start(Limits(in_flight_bytes=50_000))
    answer = ask(receiver.status.port, body=bytes(100_000))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert status_message(answer)
    assert ask(receiver.status.port, body=traces_request()).status == 200


def test_times_and_ids_survive_in_both_encodings(port: int, telemetry: Telemetry) -> None:
    assert ask(port, body=traces_request(1)).status == 200
    span = {
        "traceId": TRACE.hex(),
        "spanId": "A0B0C0D0E0F00102",
        "parentSpanId": (1).to_bytes(8, "big").hex(),
        "name": "from JSON",
        "kind": "SPAN_KIND_CLIENT",
        "startTimeUnixNano": str(AT + 5),
        "endTimeUnixNano": AT + 9,
        "status": {"code": 2, "message": "broke"},
        "attributes": [
            {"key": "number", "value": {"intValue": "42"}},
            {"key": "none", "value": {}},
            {"key": "list", "value": {"arrayValue": {"values": [{"boolValue": True}]}}},
        ],
        "unheardOf": {"of": 1},
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}], "x": None}]}
    assert ask(port, body=json.dumps(body).encode(), content_type=JSON).status == 200
    first, second = telemetry.trace(TRACE.hex()).spans
    assert (first.start_ns, first.end_ns) == (AT + 1, AT + 11)
    assert (second.start_ns, second.end_ns) == (AT + 5, AT + 9)
    assert second.span_id == "a0b0c0d0e0f00102"
    assert second.parent_id == first.span_id
    assert (second.kind, second.status, second.status_message) == ("client", "error", "broke")
    assert second.attributes == {"number": 42, "none": None, "list": [True]}
