"""Receives telemetry while something else runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.receiver.thread import ReceiverThread

_DELAY_SECONDS = 1.0
"""Loading a server takes a third of a second of what the first frame needs."""


@contextmanager
def receiving(surroundings: Surroundings) -> Iterator[ReceiverThread | None]:
    """The receiver, at work until the block is left; None if it is not wanted."""
    settings = surroundings.settings.otel
    if not settings.enabled:
        yield None
        return
    from aimux_tui.receiver.thread import ReceiverThread

    receiver = ReceiverThread(settings, surroundings.paths.telemetry)
    receiver.start(delay=_DELAY_SECONDS)
    try:
        yield receiver
    finally:
        receiver.stop()
