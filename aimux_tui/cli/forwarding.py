"""Passes telemetry on while it is received, in a thread: a slow endpoint holds up nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aimux_tui.errors import ExportError
from aimux_tui.export.forwarding import forward_once, forward_target
from aimux_tui.export.progress import ExportCancelledError
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.config.schema import Settings
    from aimux_tui.paths import Paths

_LOOK_SECONDS = 1.0
_REST_SECONDS = 30.0
"""After an endpoint failed."""


class ForwardThread:
    """Forwards from `start` to `stop`; what is left then is sent the next time."""

    def __init__(self, settings: Settings, paths: Paths, tell: Callable[[str], None]) -> None:
        """`tell` is called in the thread. Raises ExportError if there is nowhere to forward to."""
        forward_target(settings)
        self._settings = settings
        self._paths = paths
        self._tell = tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="aimux-forward", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """End; a request that is under way may be given up."""
        self._stopping.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        source = Telemetry(self._paths.telemetry)
        sent, told, rest = -1, "", 0.0
        while not self._stopping.wait(rest or _LOOK_SECONDS):
            version, rest = source.version(), 0.0
            if version == sent:
                continue
            try:
                done = forward_once(self._settings, self._paths)
            except ExportCancelledError:
                break
            except ExportError as error:
                rest = _REST_SECONDS
                said = f"not forwarded: {error.message}"
            else:
                sent, said = version, ""
                if done.refused:
                    said = f"{plural(done.refused, 'batch', 'batches')} refused: {done.remark}"
            if said and said != told:
                self._tell(said)
            told = said
        source.close()
