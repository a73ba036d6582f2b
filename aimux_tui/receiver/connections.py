"""One connection to the receiver: its bounds, and protocols that are spoken to it by mistake."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from aimux_tui.otlp.payload import Encoding
from aimux_tui.receiver.answers import CONTENT_TYPES, failure
from aimux_tui.receiver.handler import SERVER
from aimux_tui.receiver.status import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.streams import StreamReader

    from aimux_tui.receiver.counters import Counters
    from aimux_tui.receiver.limits import Limits

_HTTP2_PREFACE = b"PRI * HTTP/2.0"
_TLS_HELLO = b"\x16\x03"
_HINT = b"this port speaks OTLP over HTTP, not gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
_HTTP_1_1_REQUIRED = 13
_LINGER_SECONDS = 2.0
_READ_BYTES = 1 << 20
_SILENT = logging.Logger("aimux.receiver", level=logging.CRITICAL + 1)
"""What goes wrong with a request is answered and counted; the screen belongs to somebody else."""


def connection_factory(
    handler: Callable[[web.BaseRequest], Any], counters: Counters, limits: Limits
) -> tuple[web.Server, Callable[[], Connection]]:
    """The server, and what makes a protocol for each connection to it."""
    loop = asyncio.get_running_loop()
    server = web.Server(handler)

    def connect() -> Connection:
        return Connection(server, counters, limits, loop)

    return server, connect


class Connection(RequestHandler):
    """aiohttp's connection, bounded and more talkative."""

    __slots__ = ("_counters", "_has_begun", "_last_body", "_limits")

    def __init__(
        self,
        server: web.Server,
        counters: Counters,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=limits.idle_seconds,
            lingering_time=_LINGER_SECONDS,
            read_bufsize=_READ_BYTES,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # None is how it is turned off
            logger=_SILENT,
        )
        self._counters = counters
        self._limits = limits
        self._has_begun = False
        self._last_body: StreamReader | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if self._manager is not None and len(self._manager.connections) > self._limits.connections:
            self._counters.refuse(Refusal.BUSY)
            body = failure(503, "too many connections", Encoding.JSON)
            head = (
                f"HTTP/1.1 503 Service Unavailable\r\nServer: {SERVER}\r\nRetry-After: 1\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n"
            )
            self._say_and_close(head.encode() + body)

    def data_received(self, data: bytes) -> None:
        """Take what came, if it is HTTP at all."""
        if not self._has_begun and data:
            self._has_begun = True
            if data.startswith(_HTTP2_PREFACE):
                self._counters.refuse(Refusal.GRPC)
                self._say_and_close(_go_away(_HINT))
                return
            if data.startswith(_TLS_HELLO):
                self._counters.refuse(Refusal.TLS)
                self.force_close()
                return
        super().data_received(data)
        if self._messages:
            self._last_body = self._messages[-1][1]

    def eof_received(self) -> bool:  # type: ignore[override]  # True: it is still answered
        """The client will say no more: answer what it said, if that was a whole request."""
        is_waiting = self._waiter is not None and not self._waiter.done()
        is_whole = not is_waiting and self._last_body is not None and self._last_body.is_eof()
        if is_whole:
            self._close = True
        return is_whole

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP with a Status, as everything else is answered."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        self._counters.refuse(Refusal.BAD_HTTP)
        body = failure(status, message or "no HTTP", Encoding.JSON)
        headers = {"Content-Type": CONTENT_TYPES[Encoding.JSON], "Server": SERVER}
        response = web.Response(status=status, body=body, headers=headers)
        response.force_close()
        return response

    def _say_and_close(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)
        self.force_close()


def _go_away(reason: bytes) -> bytes:
    """HTTP/2's settings and a GOAWAY frame: clients show the reason."""
    payload = bytes(4) + _HTTP_1_1_REQUIRED.to_bytes(4, "big") + reason
    settings = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    return settings + len(payload).to_bytes(3, "big") + bytes([7, 0, 0, 0, 0, 0]) + payload
