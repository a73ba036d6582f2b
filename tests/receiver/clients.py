"""Clients of the receiver: bare HTTP, so that anything can be said to it."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import Encoding

PAYLOADS = Path(__file__).parent / "payloads"
PROTOBUF, JSON = "application/x-protobuf", "application/json"
TRACE, SPAN = bytes(range(1, 17)), bytes(range(1, 9))
AT = 1_795_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request of a real agent."""

    agent: str
    signal: Signal
    encoding: Encoding
    body: bytes

    @property
    def content_type(self) -> str:
        return JSON if self.encoding is Encoding.JSON else PROTOBUF


def recorded(agent: str = "*") -> list[Recorded]:
    """The recorded requests of an agent, or of all, in the order they were sent."""
    files = sorted(PAYLOADS.glob(f"{agent}/*"), key=lambda path: (path.parent.name, path.stem[-4:]))
    return [
        Recorded(
            path.parent.name,
            Signal(path.stem.partition("-")[0]),
            Encoding.JSON if path.suffix == ".json" else Encoding.PROTOBUF,
            path.read_bytes(),
        )
        for path in files
    ]


def traces_request(
    count: int = 1, *, session: str = "", service: str = "test", first: int = 1
) -> bytes:
    """A protobuf request of some spans of one trace; the first is the root."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = service
    scope = resource.scope_spans.add()
    for number in range(first, first + count):
        span = scope.spans.add(
            trace_id=TRACE,
            span_id=number.to_bytes(8, "big"),
            parent_span_id=b"" if number == first else first.to_bytes(8, "big"),
            name=f"step {number}",
            start_time_unix_nano=AT + number,
            end_time_unix_nano=AT + number + 10,
        )
        if session:
            span.attributes.add(key="session.id").value.string_value = session
    return request.SerializeToString()


def logs_request(*names: str, session: str = "s1", service: str = "claude-code") -> bytes:
    """A protobuf request of one log record for each name."""
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.add(key="service.name").value.string_value = service
    scope = resource.scope_logs.add()
    for number, name in enumerate(names):
        record = scope.log_records.add(time_unix_nano=AT + number)
        record.attributes.add(key="event.name").value.string_value = name
        record.attributes.add(key="session.id").value.string_value = session
    return request.SerializeToString()


def ask(
    port: int,
    path: str = "/v1/traces",
    body: bytes = b"",
    content_type: str = PROTOBUF,
    method: str = "POST",
    **headers: str,
) -> Answer:
    """One request on a connection of its own. Underscores in header names stand for dashes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type:
            named["Content-Type"] = content_type
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def say(port: int, data: bytes, *, half_closes: bool = False, seconds: float = 10) -> bytes:
    """Send bytes as they are; everything that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.sendall(data)
        if half_closes:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Look every few milliseconds until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
