"""Clients that are broken, slow, many or malicious: all are answered or dropped, none does harm."""

from __future__ import annotations

import gzip
import random
import resource
import socket
import ssl
import threading
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.index import index_body
from aimux_tui.otlp.payload import (
    BadPayloadError,
    Encoding,
    TooManyRecordsError,
    sniff_encoding,
    sniff_signal,
)
from aimux_tui.receiver.limits import Limits
from aimux_tui.receiver.status import ReceiverState, Refusal
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from tests.receiver.clients import (
    JSON,
    PROTOBUF,
    TRACE,
    ask,
    recorded,
    say,
    traces_request,
    wait_until,
)
from tests.receiver.conftest import Start

POST = b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
SMALL = [one for one in recorded() if len(one.body) < 12_000]


def is_healthy(receiver: ReceiverThread) -> bool:
    return ask(receiver.status.port, body=traces_request()).status == 200


def bent(body: bytes, dice: random.Random) -> bytes:
    """A body with some bytes changed, cut, doubled or put elsewhere."""
    out = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(5):
            case 0:
                out[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del out[at : at + dice.randint(1, 40)]
            case 2:
                out[at:at] = dice.randbytes(dice.randint(1, 12))
            case 3:
                out[at:at] = out[at : at + dice.randint(1, 60)]
            case 4:
                out[at:at] = dice.choice([b"null", b'"1e999"', b"1e309", b"-0", b"{}", b"\xff\xfe"])
    return bytes(out)


@pytest.mark.parametrize("seed", range(40))
def test_bent_bodies_are_indexed_and_decoded_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(40):
        one = dice.choice(SMALL)
        body = bent(one.body, dice)
        encoding = sniff_encoding(body) if dice.random() < 0.3 else one.encoding
        try:
            signal = sniff_signal(body, encoding) if dice.random() < 0.3 else one.signal
            batch = index_body(signal, encoding, body)
        except (BadPayloadError, TooManyRecordsError):
            continue
        records = decode_body(signal, encoding, batch.body)
        assert len(records) <= max(batch.records, len(body))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(Signal), st.sampled_from(Encoding))
def test_any_bytes_are_indexed_and_decoded_or_refused(body: bytes, signal, encoding) -> None:
    try:
        batch = index_body(signal, encoding, body)
    except (BadPayloadError, TooManyRecordsError):
        return
    decode_body(signal, encoding, batch.body)


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["attributes", "key", "value", "stringValue", "intValue", "arrayValue", "values",
             "kvlistValue", "bytesValue", "doubleValue", "status", "code", "traceId", "spanId",
             "startTimeUnixNano", "events", "links", "body", "name", "severityNumber", "sum",
             "dataPoints", "histogram", "bucketCounts", "explicitBounds", "min", "asInt"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON_LIKE, JSON_LIKE, st.sampled_from(Signal))
def test_json_of_any_shape_is_taken_or_rejected_singly(one, other, signal: Signal) -> None:
    import json

    places = {
        Signal.TRACES: ("resourceSpans", "scopeSpans", "spans"),
        Signal.LOGS: ("resourceLogs", "scopeLogs", "logRecords"),
        Signal.METRICS: ("resourceMetrics", "scopeMetrics", "metrics"),
    }[signal]
    good = {"traceId": "ab" * 16, "spanId": "cd" * 8, "name": "good", "gauge": {"dataPoints": [{}]}}
    body = {
        places[0]: [
            other,
            {"resource": one, places[1]: [other, {"scope": one, places[2]: [one, good, other]}]},
        ]
    }
    batch = index_body(signal, Encoding.JSON, json.dumps(body).encode())
    records = decode_body(signal, Encoding.JSON, batch.body)
    assert len(records) >= 1


def test_a_stream_of_bent_requests_leaves_the_receiver_well(receiver: ReceiverThread) -> None:
    dice = random.Random(7)
    for _ in range(150):
        one = dice.choice(SMALL)
        body = gzip.compress(one.body) if dice.random() < 0.3 else one.body
        headers = {"Content_Encoding": dice.choice(["gzip", "deflate", "identity", "", "x"])}
        path = dice.choice(["/", "/v1/traces", "/v1/logs", "/v1/metrics", "/%00", "/v1/../v1/logs"])
        content_type = dice.choice(
            [JSON, PROTOBUF, "", "application/json; charset=\xff", "x" * 500]
        )
        answer = ask(receiver.status.port, path, bent(body, dice), content_type, **headers)
        assert answer.status < 500, (answer, path)
        assert answer.headers["Content-Type"] in {JSON, PROTOBUF}
    assert is_healthy(receiver)


@pytest.mark.parametrize("seed", range(12))
def test_bent_heads_are_answered_or_dropped(receiver: ReceiverThread, seed: int) -> None:
    dice = random.Random(seed)
    whole = POST + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(12):
        answer = say(receiver.status.port, bent(whole, dice), half_closes=True)
        assert b"HTTP/1.1 5" not in answer
        assert b"Traceback" not in answer
    assert is_healthy(receiver)


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /v1/traces HTTP/9.9\r\n\r\n",
        b"POST http://evil/ HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\n\r\nx",
        POST + b"Content-Length: -5\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nxx\r\n",
        POST + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
        POST + b"".join(b"X%d: y\r\n" % number for number in range(500)) + b"\r\n",
        POST + b"Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\n{}",
        bytes(range(256)) * 20,
    ],
)
def test_what_is_no_http_is_answered_or_dropped(receiver: ReceiverThread, data: bytes) -> None:
    answer = say(receiver.status.port, data, half_closes=True)
    assert b"HTTP/1.1 5" not in answer
    assert is_healthy(receiver)


def test_who_speaks_grpc_is_told_and_counted(receiver: ReceiverThread) -> None:
    answer = say(receiver.status.port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9))
    assert b"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in answer
    assert answer[3] == 4, "HTTP/2 wants settings first"
    assert answer[9 + 3] == 7, "then the farewell"
    wait_until(lambda: receiver.status.refused.get(Refusal.GRPC) == 1)


def test_who_speaks_tls_is_counted(receiver: ReceiverThread) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", receiver.status.port), 10) as plain,
        pytest.raises(OSError, match=r".*"),
    ):
        context.wrap_socket(plain, server_hostname="localhost")
    wait_until(lambda: receiver.status.refused.get(Refusal.TLS) == 1)


def test_a_half_closed_client_gets_its_answer(receiver: ReceiverThread) -> None:
    whole = POST + b"Content-Length: 2\r\n\r\n{}"
    assert say(receiver.status.port, whole, half_closes=True).endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("said", [POST, POST + b"Content-Length: 9\r\n\r\n{}", b"", b"PO"])
def test_a_client_that_leaves_in_the_middle_is_dropped(receiver, said: bytes) -> None:
    assert say(receiver.status.port, said, half_closes=True) == b""
    wait_until(lambda: receiver.status.connections == 0)
    assert receiver.status.requests == 0


def test_a_slow_body_is_given_up(start: Start) -> None:
    receiver = start(Limits(body_seconds=0.2))
    answer = say(receiver.status.port, POST + b"Content-Length: 9\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408")
    wait_until(lambda: receiver.status.refused.get(Refusal.SLOW) == 1)


@pytest.mark.parametrize("said", [b"", b"POST /v1/traces HT", POST + b"X-Slow: "])
def test_a_silent_connection_is_closed(start: Start, said: bytes) -> None:
    receiver = start(Limits(idle_seconds=0.2))
    assert say(receiver.status.port, said) == b""


def test_slow_clients_do_not_hold_up_others(receiver: ReceiverThread) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            slow = socket.create_connection(("127.0.0.1", receiver.status.port), 10)
            stack.enter_context(slow).sendall(POST + b"Content-Length: 100\r\n\r\n{")
        assert is_healthy(receiver)


def test_a_thousand_connections(receiver: ReceiverThread) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 3000:
        pytest.skip("not enough file descriptors allowed here")
    request = POST + b"Content-Length: 2\r\n\r\n{}"
    with ExitStack() as stack:
        address = ("127.0.0.1", receiver.status.port)
        clients = [stack.enter_context(socket.create_connection(address, 20)) for _ in range(1000)]
        wait_until(lambda: receiver.status.connections == 1000)
        for client in clients:
            client.sendall(request)
        for client in clients:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert is_healthy(receiver)
    wait_until(lambda: receiver.status.connections == 0)


def test_more_connections_than_allowed_are_asked_to_come_again(start: Start) -> None:
    receiver = start(Limits(connections=5))
    with ExitStack() as stack:
        address = ("127.0.0.1", receiver.status.port)
        for _ in range(5):
            stack.enter_context(socket.create_connection(address, 10))
        wait_until(lambda: receiver.status.connections == 5)
        answer = say(receiver.status.port, b"")
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Retry-After" in answer
    wait_until(lambda: receiver.status.connections == 0)
    assert is_healthy(receiver)


def test_many_clients_at_once_lose_nothing(receiver: ReceiverThread, telemetry: Telemetry) -> None:
    def send(first: int) -> None:
        for number in range(first, first + 200, 10):
            assert ask(receiver.status.port, body=traces_request(10, first=number)).status == 200

    threads = [threading.Thread(target=send, args=(1 + 200 * each,)) for each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(telemetry.trace(TRACE.hex()).spans) == 1600


def test_too_many_records_are_refused(port: int) -> None:
    empty_spans = b"\x12\x00" * 1_000_001
    scope = b"\x12" + _length(len(empty_spans)) + empty_spans
    body = b"\x0a" + _length(len(scope)) + scope
    assert ask(port, body=body).status == 413


def _length(size: int) -> bytes:
    out = bytearray()
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    return bytes([*out, size])


def test_bad_utf8_and_unknown_values_cost_themselves_alone(port: int, telemetry: Telemetry) -> None:
    body = traces_request(1).replace(b"step 1", b"st\xff\xfe 1") + b"\xf8\x07\x01"
    assert ask(port, body=body).status == 200
    (span,) = telemetry.trace(TRACE.hex()).spans
    assert span.name == "st\ufffd\ufffd 1"
    spans = b'{"traceId":"%s","spanId":"00000000000000ff","kind":99,"status":{"code":"WHAT"},' % (
        TRACE.hex().encode()
    )
    odd = spans + b'"name":"bad \xff byte \\ud800","startTimeUnixNano":"1e999"}'
    body = b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + odd + b"]}]}]}"
    assert ask(port, body=body, content_type=JSON).status == 200
    names = [span.name for span in telemetry.trace(TRACE.hex()).spans]
    assert "bad \ufffd byte \ufffd" in names


def test_it_still_listens_in_the_end(receiver: ReceiverThread) -> None:
    assert receiver.status.state is ReceiverState.LISTENING
