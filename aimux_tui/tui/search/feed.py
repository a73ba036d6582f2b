"""One search after the other, in a thread; the index is built beside it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.query.parse import parse
from aimux_tui.store.search.results import TurnHit
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.query.terms import Query
    from aimux_tui.store.search.coverage import Coverage
    from aimux_tui.tui.search.port import SearchPort

MOST_HITS = 500
"""Turns that a search collects: nobody looks through more."""
_PUBLISH_PAUSE = 0.05
"""Seconds between two looks at what has been found so far."""


class Found(Struct, frozen=True):
    """What a search has found so far."""

    query: str = ""
    hits: tuple[TurnHit, ...] = ()
    is_complete: bool = True
    """Nothing more comes, or enough was found."""
    has_more: bool = False
    """There may be more than what was collected."""
    trouble: str = ""


class IndexState(Struct, frozen=True):
    """How much the index covers."""

    share: float = 1.0
    """Of all bytes of logs, those that it covers."""
    is_building: bool = False
    trouble: str = ""


class SearchFeed:
    """Searches as its user types; never touches a widget. Callbacks come on the event loop."""

    def __init__(self, port: SearchPort) -> None:
        self.found = Found()
        self.index = IndexState()
        self.on_found: Callable[[], None] = lambda: None
        self.on_index: Callable[[], None] = lambda: None
        self._port = port
        self._lane = Lane("search")
        self._index_lane = Lane("search-index")
        self._serial = 0
        self._is_closed = False
        self._builder: asyncio.Task[None] | None = None

    def search(self, text: str) -> None:
        """Search for something else. Raises QueryError, and leaves what was found."""
        query = parse(text)
        self._serial += 1
        if not query:
            self._take(self._serial, Found())
            return
        loop = asyncio.get_running_loop()
        self._lane.submit(self._work, self._serial, text, query, loop)

    def build_index(self) -> None:
        """Bring the index up to date, if it is worth it and nobody does so already."""
        if self._builder is None or self._builder.done():
            self._builder = asyncio.get_running_loop().create_task(self._build())

    def close(self) -> None:
        """End what is at work."""
        self._is_closed = True
        self._serial += 1
        self._lane.stop()
        self._index_lane.stop()

    def _work(self, serial: int, text: str, query: Query, loop: asyncio.AbstractEventLoop) -> None:
        """In the thread: search, and hand over what there is now and then."""
        hits: list[TurnHit] = []
        trouble, published, has_more = "", time.monotonic(), False

        def hand_over(*, is_complete: bool) -> None:
            found = Found(text, tuple(hits), is_complete, has_more, trouble)
            loop.call_soon_threadsafe(self._take, serial, found)

        try:
            for hit in self._port.search(query, lambda: serial != self._serial):
                hits.append(hit)
                if has_more := len(hits) >= MOST_HITS:
                    break
                if time.monotonic() - published > _PUBLISH_PAUSE:
                    published = time.monotonic()
                    hand_over(is_complete=False)
            trouble = self._port.trouble
        except OSError as error:
            trouble = str(error)
        if serial == self._serial:
            hand_over(is_complete=True)

    def _take(self, serial: int, found: Found) -> None:
        if serial == self._serial and not self._is_closed:
            self.found = found
            self.on_found()

    async def _build(self) -> None:
        coverage = await self._index_lane.run(self._port.coverage)
        self._tell(coverage, is_building=coverage.is_worth_indexing)
        if not coverage.is_worth_indexing:
            return
        steps, done = self._port.build(lambda: self._is_closed), object()
        while (step := await self._index_lane.run(next, steps, done)) is not done:
            total = max(getattr(step, "total", 0), 1)
            covered = coverage.covered_bytes + coverage.uncovered_bytes * step.done / total  # type: ignore[attr-defined]  # the sentinel is told by identity
            self._publish(covered / max(coverage.bytes, 1), is_building=True)
        self._tell(await self._index_lane.run(self._port.coverage), is_building=False)

    def _tell(self, coverage: Coverage, *, is_building: bool) -> None:
        self._publish(coverage.covered_bytes / max(coverage.bytes, 1), is_building=is_building)

    def _publish(self, share: float, *, is_building: bool) -> None:
        self.index = IndexState(min(share, 1.0), is_building, self._port.trouble)
        if not self._is_closed:
            self.on_index()
