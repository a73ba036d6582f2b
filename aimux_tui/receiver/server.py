"""The listening socket: bound, served, closed; and in plain words why it cannot be."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
from typing import TYPE_CHECKING

from aimux_tui.errors import ReceiverError
from aimux_tui.receiver.connections import connection_factory
from aimux_tui.receiver.handler import OtlpHandler
from aimux_tui.receiver.intake import Intake

if TYPE_CHECKING:
    from aiohttp import web

    from aimux_tui.receiver.counters import Counters
    from aimux_tui.receiver.limits import Limits
    from aimux_tui.store.telemetry.writer import TelemetryWriter

_BACKLOG = 1024
_GOODBYE_SECONDS = 2.0


class PortTakenError(ReceiverError):
    """Somebody else listens at the port."""


def check_host(host: str, *, allows_remote: bool) -> None:
    """Refuse to listen where others may send, unless that is wanted. Raises ReceiverError."""
    if allows_remote or is_loopback(host):
        return
    raise ReceiverError(
        f"otel.host {host} can be reached by other machines",
        hint="with `otel.allow_remote: true` anybody who reaches it may write telemetry here; "
        "127.0.0.1 is for this machine alone",
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets that are bound and do not listen yet. Raises ReceiverError, PortTakenError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, OverflowError) as error:
        raise ReceiverError(
            f"otel.host {host} is no address of this machine ({error})",
            hint="set otel.host to 127.0.0.1",
        ) from None
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            bound = socket.socket(family, kind, protocol)
            sockets.append(bound)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind(address)
            bound.listen(_BACKLOG)
    except OSError as error:
        for opened in sockets:
            opened.close()
        raise _in_words(error, host, port) from None
    return sockets


def _in_words(error: OSError, host: str, port: int) -> ReceiverError:
    match error.errno:
        case errno.EADDRINUSE:
            return PortTakenError(
                f"port {port} is taken by another program",
                hint=f"end it, or set otel.port to another port and point the agents there "
                f"(who it is: `ss -ltnp 'sport = :{port}'`)",
            )
        case errno.EACCES:
            return ReceiverError(
                f"port {port} may not be used", hint="set otel.port to 4318 or any above 1023"
            )
        case errno.EADDRNOTAVAIL:
            return ReceiverError(
                f"{host} is no address of this machine", hint="set otel.host to 127.0.0.1"
            )
    reason = error.strerror or str(error)
    return ReceiverError(
        f"cannot listen at {host}:{port} ({reason})", hint="set otel.host and otel.port"
    )


class OtlpServer:
    """Serves OTLP/HTTP on sockets that are already bound. Belongs to one event loop."""

    def __init__(
        self,
        sockets: list[socket.socket],
        writer: TelemetryWriter,
        counters: Counters,
        limits: Limits,
        *,
        folds: bool = True,
    ) -> None:
        self._sockets = sockets
        self._intake = Intake(writer, counters)
        self._handler = OtlpHandler(self._intake, counters, limits, folds=folds)
        self._counters = counters
        self._limits = limits
        self._server: web.Server | None = None
        self._listening: list[asyncio.Server] = []

    async def start(self) -> None:
        """Begin to take connections."""
        self._server, connect = connection_factory(self._handler, self._counters, self._limits)
        loop = asyncio.get_running_loop()
        for bound in self._sockets:
            server = await loop.create_server(connect, sock=bound, backlog=_BACKLOG)
            self._listening.append(server)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._server.connections) if self._server is not None else 0

    @property
    def trouble(self) -> str:
        """Why nothing can be written, in words; "" if it can."""
        return self._intake.trouble

    async def stop(self) -> None:
        """Take no more, answer what is under way, close everything."""
        for server in self._listening:
            server.close()
        if self._server is not None:
            with contextlib.suppress(TimeoutError):
                await self._server.shutdown(_GOODBYE_SECONDS)
