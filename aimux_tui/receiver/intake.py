"""Takes batches and has them written together: an answer waits until its batch is on disk."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.otlp.batch import Batch
    from aimux_tui.receiver.counters import Counters
    from aimux_tui.store.telemetry.writer import TelemetryWriter


class NotStoredError(Exception):
    """A batch could not be written; its text says why. The client should send it again."""


class Intake:
    """One transaction for all requests that are ready in the same turn of the event loop."""

    def __init__(self, writer: TelemetryWriter, counters: Counters) -> None:
        self.trouble = ""
        """Why the last batches could not be written, in words; "" if they were."""
        self._writer = writer
        self._counters = counters
        self._waiting: list[tuple[Batch, asyncio.Future[None]]] = []

    async def keep(self, batch: Batch) -> None:
        """Return when the batch is on disk. Raises NotStoredError."""
        if not batch.records and not batch.folded and not batch.traces:
            return
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._write)
        done = loop.create_future()
        self._waiting.append((batch, done))
        await done

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self._counters.version = self._writer.append([batch for batch, _ in waiting])
        except (sqlite3.Error, OSError) as error:
            self.trouble = f"telemetry cannot be written: {error}"
            for _, done in waiting:
                if not done.done():
                    done.set_exception(NotStoredError(self.trouble))
            return
        self.trouble = ""
        for _, done in waiting:
            if not done.done():
                done.set_result(None)
