"""Passing telemetry on, when asked to and as it comes, without the keyboard waiting for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.errors import ExportError
from aimux_tui.export.progress import ExportCancelledError
from aimux_tui.text.units import plural
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from aimux_tui.export.forwarded import Forwarded


class Forwarding:
    """One attempt at a time; what goes wrong is told, but the same thing only once."""

    def __init__(self, app: App[None], forward: Callable[[str], Forwarded]) -> None:
        """`forward` sends to an endpoint ("": that of the settings); it blocks."""
        self._app = app
        self._forward = forward
        self._lane = Lane("forward")
        self._is_running = False
        self._told = ""

    def begin(self, endpoint: str = "", *, is_asked: bool) -> None:
        """Send what is new. If nobody asked for it, only troubles are told."""
        if not self._is_running or is_asked:
            self._is_running = True
            self._app.run_worker(self._run(endpoint, is_asked=is_asked), group="forward")

    def close(self) -> None:
        """Send nothing more."""
        self._lane.stop()

    async def _run(self, endpoint: str, *, is_asked: bool) -> None:
        try:
            done = await self._lane.run(self._forward, endpoint)
        except ExportCancelledError:
            return
        except ExportError as error:
            said = "\n".join(part for part in (error.message, error.hint) if part)
            self._tell_trouble(f"Telemetry was not forwarded: {said}", is_asked=is_asked)
        else:
            if done.refused:
                told = f"{plural(done.refused, 'batch', 'batches')} not taken: {done.remark}"
                self._tell_trouble(told, is_asked=is_asked)
            else:
                self._told = ""
            if is_asked:
                sent = plural(done.batches, "batch", "batches")
                words = f"{sent} forwarded" if done.batches else "there was nothing new to forward"
                self._app.notify(words, markup=False)
        finally:
            self._is_running = False

    def _tell_trouble(self, message: str, *, is_asked: bool) -> None:
        if is_asked or message != self._told:
            self._told = message
            self._app.notify(message, severity="warning", markup=False, timeout=12)
