"""Follows one open session: reads in threads and never touches a widget."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.errors import SessionError
from aimux_tui.model.turn import TurnSummary
from aimux_tui.model.usage import Cost
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.model.body import BodyRef, Span
    from aimux_tui.model.turn import Turn
    from aimux_tui.tui.ports import LibraryPort, TracePort

T = TypeVar("T")

_PROGRESS_PAUSE = 0.1
"""Seconds between two looks at a log that is still being read."""


class TraceView(Struct, frozen=True):
    """An open session at one moment."""

    version: int = 0
    turns: Sequence[TurnSummary] = ()
    costs: Sequence[Cost] = ()
    """What each turn's own requests cost."""
    is_complete: bool = False
    """False while only the end of a large log has been read."""
    is_open: bool = False
    """False until the log has been opened and read for the first time."""


class TraceNews(Struct, frozen=True):
    """What changed since the screen last asked."""

    first_changed: int
    """Index of the first turn that may be another one than before."""
    is_reset: bool
    """Nothing of before holds."""


class _Sight(Struct, frozen=True):
    """What a look at the trace found."""

    before: TraceView
    """The view with which it was compared."""
    view: TraceView
    news: TraceNews


class TraceFeed:
    """One open session: `view` is always at hand, the methods fetch what somebody looks at."""

    def __init__(self, library: LibraryPort, key: str, on_change: Callable[[str], None]) -> None:
        self.key = key
        self.view = TraceView()
        self.error = ""
        """Why the log cannot be read, in words; empty while it can."""
        self._library = library
        self._trace: TracePort | None = None
        self._paths: frozenset[str] = frozenset()
        """The names under which the log may be told to have changed."""
        self._on_change = on_change
        self._first_changed = 0
        self._is_reset = True
        self._refresh_wanted = False
        self._refreshing: asyncio.Task[None] | None = None
        self._looking = threading.Lock()
        self._lane = Lane(f"trace {key}")
        self._detail_lane = Lane(f"details {key}")

    async def open(self) -> None:
        """Open the log and begin to read it."""
        try:
            self._trace, self._paths = await self._lane.run(self._open)
        except (SessionError, OSError) as error:
            self.error = describe(error)
            self._on_change(self.key)
            return
        self.refresh()

    def is_about(self, paths: frozenset[str]) -> bool:
        """Whether the log is among the paths."""
        return not self._paths.isdisjoint(paths)

    def refresh(self) -> None:
        """Read what the log gained. While a read runs, one more is queued at most."""
        self._refresh_wanted = True
        if self._trace is not None and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh(self._trace))
            self._refreshing.add_done_callback(self._refreshed)

    def take_news(self) -> TraceNews:
        """What changed since the last call; all of it the first time."""
        news = TraceNews(self._first_changed, self._is_reset)
        self._first_changed, self._is_reset = len(self.view.turns), False
        return news

    async def read_turn(self, key: str) -> Turn:
        """The turn with its steps. Raises SessionError, OSError."""
        trace = self._opened()
        return await self._detail_lane.run(trace.read_turn, key)

    async def body(self, ref: BodyRef) -> str:
        """The whole of a cut text. Raises SessionError, OSError."""
        trace = self._opened()
        return await self._detail_lane.run(trace.body, ref)

    async def raw(self, span: Span) -> bytes:
        """A record as logged. Raises SessionError, OSError."""
        trace = self._opened()
        return await self._detail_lane.run(trace.raw, span)

    async def compute(self, function: Callable[[], T]) -> T:
        """Run something slow about this session off the event loop."""
        return await self._detail_lane.run(function)

    def close(self) -> None:
        """Stop following; must be called on the event loop."""
        self._lane.stop()
        self._detail_lane.stop()
        if self._refreshing is not None:
            self._refreshing.cancel()
        if self._trace is not None:
            self._trace.close()

    def _opened(self) -> TracePort:
        if self._trace is None:
            raise SessionError(self.error or "the session is not open yet")
        return self._trace

    async def _refresh(self, trace: TracePort) -> None:
        while self._refresh_wanted:
            self._refresh_wanted = False
            reading = asyncio.ensure_future(self._lane.run(self._read, trace))
            # A large log shows its newest turns long before all of it is read.
            while not (await asyncio.wait({reading}, timeout=_PROGRESS_PAUSE))[0]:
                if trace.version != self.view.version:
                    self._take(await self._detail_lane.run(self._look, trace))
            try:
                sight = await reading
            except OSError as error:
                self._set_error(describe(error))
                sight = await self._detail_lane.run(self._look, trace)
            else:
                self._set_error("")
            if sight is not None and sight.before is not self.view:
                sight = await self._detail_lane.run(self._look, trace)
            self._take(sight, is_read=True)

    def _open(self) -> tuple[TracePort, frozenset[str]]:
        trace = self._library.open(self.key)
        return trace, frozenset({trace.path, os.path.realpath(trace.path)})

    def _read(self, trace: TracePort) -> _Sight | None:
        """Read what the log gained, and look at it: in one call, since every change waits for two
        threads to take turns.
        """
        trace.refresh()
        return self._look(trace)

    def _look(self, trace: TracePort) -> _Sight | None:
        """What is to be seen now; None if it is what was seen before."""
        with self._looking:
            before = self.view
            if trace.version == before.version and before.is_open:
                return None
            delta = trace.since(before.version)
            turns = tuple(trace.turns)
            first = 0 if delta.is_reset else min(delta.first_changed, len(before.costs), len(turns))
            costs = list(before.costs[:first])
            costs += (trace.cost(turn) for turn in turns[first:])
            view = TraceView(delta.version, turns, costs, trace.is_complete)
            return _Sight(before, view, TraceNews(first, delta.is_reset))

    def _take(self, sight: _Sight | None, *, is_read: bool = False) -> None:
        """Show it, and tell."""
        if sight is None:
            return
        before, seen, news = self.view, sight.view, sight.news
        is_open = is_read or before.is_open or bool(seen.turns)
        self.view = replace(seen, is_open=is_open)
        if (
            news.first_changed >= len(seen.turns) == len(before.turns)
            and not news.is_reset
            and (is_open, seen.is_complete) == (before.is_open, before.is_complete)
        ):
            return  # Lines were read, but none that shows.
        self._first_changed = min(self._first_changed, news.first_changed)
        self._is_reset |= news.is_reset
        self._on_change(self.key)

    def _set_error(self, error: str) -> None:
        if error != self.error:
            self.error = error
            self._on_change(self.key)

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing = None
        if not task.cancelled() and self._refresh_wanted:
            self.refresh()


def describe(error: Exception) -> str:
    """What went wrong, for a person."""
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return f"{reason}: {error.filename}" if error.filename else reason
    return str(error)
