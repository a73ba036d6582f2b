"""The receiver in a thread of its own, with its own event loop: nothing it does delays a screen."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.errors import ReceiverError
from aimux_tui.model.telemetry import Signal
from aimux_tui.receiver.limits import MEBIBYTE, Limits
from aimux_tui.receiver.status import ReceiverState, ReceiverStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aimux_tui.config.schema import OtelSettings
    from aimux_tui.receiver.counters import Counters
    from aimux_tui.receiver.server import OtlpServer
    from aimux_tui.store.telemetry.writer import TelemetryWriter

_TICK_SECONDS = 0.1
_IDLE_TICK_SECONDS = 0.5
_TELL_SECONDS = 2.0
_PRUNE_SECONDS = 60.0
_RETRY_SECONDS = 2.0
_DAY_NS = 86_400_000_000_000


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but not longer than so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _ignore(_status: ReceiverStatus) -> None:
    pass


class ReceiverThread:
    """Receives from `start` to `stop`. Its methods may be called from any thread.

    `on_change` is called in the receiver's thread, at most ten times a second, when the status has
    changed; it must not block.
    """

    def __init__(
        self,
        settings: OtelSettings,
        path: Path,
        on_change: Callable[[ReceiverStatus], None] = _ignore,
        limits: Limits | None = None,
    ) -> None:
        """`path` is the file of telemetry."""
        self._settings = settings
        self._path = path
        self._on_change = on_change
        self._limits = limits or Limits(body_bytes=int(settings.max_body_mb * MEBIBYTE))
        self._status = ReceiverStatus(host=settings.host, port=settings.port)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._is_unwanted = False
        self._lock = threading.Lock()

    @property
    def status(self) -> ReceiverStatus:
        """How it is doing. Counts are at most a tenth of a second old, half a one after a pause."""
        return self._status

    def start(self, *, delay: float = 0.0) -> None:
        """Begin to receive, `delay` seconds from now. Whether that works, the status tells."""
        if self._thread is not None:
            return
        self._is_unwanted = False
        self._publish(state=ReceiverState.STARTING, started_ns=time.time_ns())
        self._thread = threading.Thread(
            target=self._run, args=(delay,), name="aimux-receiver", daemon=True
        )
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Stop receiving, and wait until all that was taken is on disk."""
        thread = self._thread
        if thread is None:
            return
        with self._lock:
            self._is_unwanted = True
            if self._loop is not None and self._stopping is not None:
                self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join(seconds)
        self._thread = None

    def _run(self, delay: float) -> None:
        try:
            asyncio.run(self._receive_until_stopped(delay))
        except BaseException as error:
            problem = f"the receiver ended unexpectedly ({type(error).__name__}: {error})"
            self._publish(state=ReceiverState.FAILED, problem=problem)
            raise
        finally:
            with self._lock:
                self._loop = None

    async def _receive_until_stopped(self, delay: float) -> None:
        stopping = asyncio.Event()
        with self._lock:
            self._loop, self._stopping = asyncio.get_running_loop(), stopping
            if self._is_unwanted:
                stopping.set()
        await _within(stopping, delay)
        while not stopping.is_set():
            try:
                await self._receive(stopping)
            except ReceiverError as error:
                await self._tell_failure(error)
                await _within(stopping, _RETRY_SECONDS)
        self._publish(state=ReceiverState.OFF, connections=0, rate=0.0, problem="", hint="")

    async def _receive(self, stopping: asyncio.Event) -> None:
        """Listen until told to stop. Raises ReceiverError if that is not possible."""
        from aimux_tui.receiver.counters import Counters
        from aimux_tui.receiver.server import OtlpServer, bind, check_host

        settings = self._settings
        check_host(settings.host, allows_remote=settings.allow_remote)
        sockets = bind(settings.host, settings.port)
        try:
            writer = self._open()
        except BaseException:
            for bound in sockets:
                bound.close()
            raise
        counters = Counters()
        counters.version = writer.version()
        server = OtlpServer(sockets, writer, counters, self._limits, folds=settings.fold)
        try:
            await server.start()
            self._publish(
                state=ReceiverState.LISTENING,
                port=server.port,
                problem="",
                hint="",
                notice=writer.notice,
            )
            await self._watch(stopping, server, writer, counters)
        finally:
            await server.stop()
            self._publish_counts(server, writer, counters)
            writer.close(self._status.port)

    def _open(self) -> TelemetryWriter:
        from aimux_tui.store.telemetry.writer import TelemetryWriter

        try:
            return TelemetryWriter(self._path)
        except (OSError, sqlite3.Error) as error:
            raise ReceiverError(
                f"{self._path} cannot be opened ({error})",
                hint="AIMUX_STATE_DIR moves the folder that it is in",
            ) from None

    async def _watch(
        self,
        stopping: asyncio.Event,
        server: OtlpServer,
        writer: TelemetryWriter,
        counters: Counters,
    ) -> None:
        """Tell how it goes, and keep the file within its limits, until told to stop."""
        seen_changes, told_changes, next_tell, next_prune = -1, -1, 0.0, 0.0
        while not stopping.is_set():
            self._publish_counts(server, writer, counters)
            now = time.monotonic()
            if now >= next_tell and counters.changes != told_changes:
                told_changes, next_tell = counters.changes, now + _TELL_SECONDS
                self._leave_word(writer)
            if now >= next_prune and not self._prune(writer):
                next_prune = now + _PRUNE_SECONDS
            is_busy = counters.changes != seen_changes
            seen_changes = counters.changes
            await _within(stopping, _TICK_SECONDS if is_busy else _IDLE_TICK_SECONDS)

    def _prune(self, writer: TelemetryWriter) -> bool:
        """Drop some of what is too old or too much. True if there is more to drop."""
        settings = self._settings
        age, size = int(settings.keep_days * _DAY_NS), int(settings.keep_mb * MEBIBYTE)
        try:
            return writer.prune(age, size)
        except sqlite3.Error:
            return False  # in use; the next time then

    def _leave_word(self, writer: TelemetryWriter) -> None:
        status = self._status
        facts = {
            "requests": status.requests,
            "records": status.records,
            "rejected": status.rejected,
            "refused": status.refused,
            "services": status.services,
        }
        with contextlib.suppress(sqlite3.Error):
            writer.tell(status.host, status.port, status.started_ns, facts)

    def _publish_counts(
        self, server: OtlpServer, writer: TelemetryWriter, counters: Counters
    ) -> None:
        self._publish(
            problem=server.trouble,
            hint="is the disk full?" if server.trouble else "",
            notice=writer.notice,
            last_ns=counters.last_ns,
            version=counters.version,
            requests=counters.requests,
            spans=counters.records[Signal.TRACES],
            logs=counters.records[Signal.LOGS],
            points=counters.records[Signal.METRICS],
            received_bytes=counters.received_bytes,
            rejected=counters.rejected,
            folded=counters.folded,
            connections=server.connections,
            rate=counters.rate(),
            services=dict(counters.services),
            refused=dict(counters.refused),
        )

    async def _tell_failure(self, error: ReceiverError) -> None:
        """Say why it does not listen; if another aimux does, that is no failure."""
        from aimux_tui.receiver.probe import Occupant, who_listens
        from aimux_tui.receiver.server import PortTakenError

        host, port = self._settings.host, self._settings.port
        if (
            isinstance(error, PortTakenError)
            and await asyncio.to_thread(who_listens, host, port) is Occupant.AIMUX
        ):
            from aimux_tui.store.telemetry.reader import Telemetry

            telemetry = Telemetry(self._path)
            self._publish(
                state=ReceiverState.ELSEWHERE,
                problem="",
                hint="",
                version=await asyncio.to_thread(telemetry.version),
            )
            telemetry.close()
            return
        self._publish(state=ReceiverState.FAILED, problem=error.message, hint=error.hint)

    def _publish(self, **changes: object) -> None:
        changed = replace(self._status, **changes)
        if changed != self._status:
            self._status = changed
            self._on_change(changed)
