"""Reading the steps of the turns that stand open, in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.tui.panes.trace import TracePane
    from aimux_tui.tui.trace_feed import TraceFeed

_PAUSES = 0.05, 0.25, 1.0
"""Seconds between two readings of an open turn: at first, of one that keeps growing, and the most,
should one reading take very long."""
_CALM = 1.0
"""Seconds without a reading after which the first pause holds again."""


class TurnReading:
    """Reads for one trace pane, which is told of each turn that was read."""

    def __init__(self, pane: TracePane) -> None:
        self._pane = pane
        self._wanted: dict[str, None] = {}
        self._is_at_work = False
        self._pause = _PAUSES[0]
        self._ended = 0.0

    def forget(self) -> None:
        """Another session is shown."""
        self._wanted, self._is_at_work = {}, False

    def ask(self, keys: Iterable[str]) -> None:
        """Read those of the turns that are open."""
        pane = self._pane
        self._wanted |= dict.fromkeys(key for key in keys if key in pane.items.opened)
        if self._wanted and not self._is_at_work and pane.feed is not None:
            self._is_at_work = True
            pane.run_worker(self._read(pane.feed), group="details")

    async def _read(self, feed: TraceFeed) -> None:
        pane = self._pane
        first, steady, most = _PAUSES
        if monotonic() - self._ended > _CALM:
            self._pause = first
        while self._wanted and pane.feed is feed:
            began, look = monotonic(), pane.list.look
            keys, self._wanted = self._wanted, {}
            for key in keys:
                details = await pane.items.opened.read(feed, key, look, pane.list.row_width)
                if pane.feed is not feed:
                    return
                pane.items.opened.put(key, details)
                pane.list.changed([key])
                pane.post_message(pane.Read(key))
            # What comes now and then is shown at once; of a stream, several lines together.
            await asyncio.sleep(min(max(4 * (monotonic() - began), self._pause), most))
            self._pause = min(2 * self._pause, steady)
            self._ended = monotonic()
        if pane.feed is feed:
            self._is_at_work = False
