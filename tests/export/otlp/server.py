"""An OTLP server that answers as it is told, and remembers what it was sent."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class Reply:
    """What to answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.is_gzip else self.body

    @property
    def is_gzip(self) -> bool:
        return self.headers.get("content-encoding") == "gzip"

    @property
    def spans(self) -> list[Span]:
        message = ExportTraceServiceRequest.FromString(self.plain)
        return [
            span
            for resource in message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


Rule = Callable[[Request], Reply | None]
"""The answer to a request; None takes its spans."""


class Server:
    """On a free port of this machine. Paths other than /v1/traces are not found."""

    def __init__(self, rule: Rule = lambda _request: None) -> None:
        self.rule = rule
        self.requests: list[Request] = []
        self.taken: list[Span] = []
        """Spans of requests that were answered with 200."""
        self.base = ""

    @property
    def posts(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]

    @property
    def copies(self) -> Counter[bytes]:
        """Span id → how often it was taken."""
        return Counter(span.span_id for span in self.taken)

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        reply = self.rule(request) if request.method == "POST" else Reply(404)
        if reply is None:
            reply = Reply(headers={"content-type": "application/x-protobuf"})
        if reply.status == 200 and request.method == "POST":
            self.taken += request.spans
        return reply


@contextmanager
def serving(server: Server, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """The server at work until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            reply = server.answer(Request(self.command, self.path, headers, body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = do_PATCH = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        if context is not None:
            http.socket = context.wrap_socket(http.socket, server_side=True)
        scheme = "http" if context is None else "https"
        server.base = f"{scheme}://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


@contextmanager
def raw_server(reply: bytes | None) -> Iterator[str]:
    """Takes connections and answers each with these bytes, or never (None). Gives its base URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                if reply is None:
                    kept.append(connection)
                    continue
                connection.recv(65_536)
                connection.sendall(reply)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in kept:
                connection.close()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
