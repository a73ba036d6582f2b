"""One export at a time in a thread: how far it is, how to stop it, what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

from aimux_tui.tui.export_port import Control, Progress
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.tui.export_port import Done

T = TypeVar("T")

_PATIENCE = 3.0
"""Seconds for which the end waits for an export to take back what it wrote."""


class ExportJobs:
    """Runs exports. To be used on the event loop."""

    def __init__(self) -> None:
        self.progress = Progress()
        self.what = ""
        """What is running: "JSONL"; empty when nothing is."""
        self._stop = threading.Event()
        self._looking = threading.Event()
        self._lane = Lane("export")
        self._look_lane = Lane("preview")
        self._control = Control(self._report, self._stop.is_set)

    @property
    def is_running(self) -> bool:
        """Whether an export is at work."""
        return bool(self.what)

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    async def run(self, what: str, job: Callable[[Control], Done]) -> Done:
        """Run an export to its end. Raises what it raises; only one may run at a time."""
        assert not self.is_running
        self._stop.clear()
        self.what, self.progress = what, Progress()
        try:
            return await self._lane.run(job, self._control)
        finally:
            self.what = ""

    async def look(self, job: Callable[[Control], T]) -> T:
        """Find something out for a preview; what was being found out before is given up."""
        self._looking.set()
        self._looking = looking = threading.Event()
        return await self._look_lane.run(job, Control(lambda _: None, looking.is_set))

    def stop(self) -> None:
        """Ask the running export to stop."""
        self._stop.set()

    async def close(self) -> None:
        """End, giving a running export the time to leave nothing half done."""
        self.stop()
        self._looking.set()
        self._look_lane.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._lane.run(lambda: None), _PATIENCE)
        self._lane.stop()

    def _report(self, progress: Progress) -> None:
        # In the thread; the screen looks at it now and then.
        self.progress = progress
