"""Doing something at once, but not more often than the eye can follow."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

PAUSE = 1 / 30
"""Seconds between two repaints for news from outside."""


class Pacer:
    """Calls `work` on the leading edge of a burst, then once every `pause` seconds."""

    def __init__(self, owner: MessagePump, work: Callable[[], None], pause: float = PAUSE) -> None:
        self._owner = owner
        self._work = work
        self._pause = pause
        self._last = 0.0
        self._is_waiting = False

    def ask(self) -> None:
        """There is something to do."""
        if self._is_waiting:
            return
        rest = self._last + self._pause - monotonic()
        if rest <= 0:
            self._do()
        else:
            self._is_waiting = True
            self._owner.set_timer(rest, self._do)

    def _do(self) -> None:
        self._is_waiting = False
        self._last = monotonic()
        self._work()
