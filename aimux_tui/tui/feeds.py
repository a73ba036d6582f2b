"""The workers that bring the store's news: they read in threads and never touch a widget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from aimux_tui.errors import SessionError
from aimux_tui.model.session import Session
from aimux_tui.store.library import Place
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from aimux_tui.model.body import BodyRef, Span
    from aimux_tui.model.turn import Turn
    from aimux_tui.tui.ports import LibraryPort, TracePort, Watch

T = TypeVar("T")

PUBLISH_PAUSE = 0.05
"""Seconds between two snapshots of the list; the first of a burst comes at once."""
TICK_PAUSE = 5.0
"""Seconds between two looks at what depends on time alone."""
SAVE_PAUSE = 30.0
_PROGRESS_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The library at one moment: what the screen draws without asking (and waiting for) it."""

    version: int = 0
    sessions: tuple[Session, ...] = ()
    by_key: Mapping[str, Session] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    progress: tuple[int, int] = (0, 0)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    is_loaded: bool = False

    @property
    def is_reading(self) -> bool:
        """Whether the numbers of some logs are still to come."""
        done, total = self.progress
        return not self.is_loaded or done < total


class LibraryFeed:
    """Keeps the library current and a snapshot of it at hand."""

    def __init__(self, library: LibraryPort, watch: Watch | None = None) -> None:
        self.library = library
        self.snapshot = Snapshot()
        self.on_change: Callable[[], None] = lambda: None
        """Called on the event loop after each new snapshot."""
        self.on_paths: Callable[[frozenset[str]], None] = lambda _: None
        """Called on the event loop when files changed, before the library reads them."""
        self.on_trouble: Callable[[str], None] = lambda _: None
        """Told, in words, what keeps the list from being current."""
        self._watch = watch
        self._stop = asyncio.Event()
        self._dirty = asyncio.Event()
        self._lane = Lane("library")
        self._scan_lane = Lane("scan")
        self._loading: Future[None] | None = None

    def begin(self) -> None:
        """Start loading already, while the caller imports and sets up the screen."""
        if self._loading is None:
            self._loading = self._lane.submit(self.library.load)

    async def run(self) -> None:
        """Load, then follow every change until `stop`."""
        self.begin()
        assert self._loading is not None
        try:
            await asyncio.wrap_future(self._loading)
        except OSError as error:
            self.on_trouble(f"cannot read the logs: {error}")
        await self._publish()
        # Whoever fails takes the others along: half a feed would look like a quiet machine.
        async with asyncio.TaskGroup() as tasks:
            for job in (self._publish_changes, self._scan, self._follow, self._tick, self._save):
                tasks.create_task(job())

    def stop(self) -> None:
        """End every job; must be called on the event loop."""
        self._stop.set()
        self._dirty.set()
        self._lane.stop()
        self._scan_lane.stop()

    async def save(self) -> None:
        """Write to the index what was read."""
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await self._lane.run(self.library.save)

    def take_snapshot(self) -> Snapshot:
        """The library now. Blocks while it reads."""
        library = self.library
        version = library.version
        sessions = library.sessions()
        return Snapshot(
            version=version,
            sessions=sessions,
            by_key={session.key: session for session in sessions},
            places=library.places(),
            progress=library.progress,
            unreadable=library.unreadable,
            is_loaded=True,
        )

    async def _publish(self) -> None:
        self.snapshot = await self._lane.run(self.take_snapshot)
        self.on_change()

    async def _publish_changes(self) -> None:
        while not self._stop.is_set():
            await self._dirty.wait()
            self._dirty.clear()
            if self._stop.is_set():
                return
            await self._publish()
            await self._pause(PUBLISH_PAUSE)

    async def _scan(self) -> None:
        steps = self.library.scan_pending(self._stop.is_set)
        done = object()
        while not self._stop.is_set():
            if await self._scan_lane.run(next, steps, done) is done:
                break
            self._dirty.set()
        await self.save()

    async def _follow(self) -> None:
        if self._watch is None:
            from aimux_tui.store.watching import changed_paths

            # The store's function asks for its own Library, which a port's user has.
            self._watch = changed_paths  # type: ignore[assignment]
        assert self._watch is not None
        async for paths in self._watch(self.library, self._stop, self.on_trouble):
            if paths:
                self.on_paths(paths)
                changed = await self._lane.run(self.library.refresh, paths)
            else:
                changed = await self._lane.run(self.library.resync)
            if changed:
                self._dirty.set()
            self.on_paths(frozenset())

    async def _tick(self) -> None:
        while not self._stop.is_set():
            await self._pause(TICK_PAUSE)
            if not self._stop.is_set() and await self._lane.run(self.library.tick):
                self._dirty.set()

    async def _save(self) -> None:
        while not self._stop.is_set():
            await self._pause(SAVE_PAUSE)
            if not self._stop.is_set():
                await self.save()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


class TraceFeed:
    """One open session: reads it, follows it, and fetches what somebody looks at."""

    def __init__(self, library: LibraryPort, key: str, on_change: Callable[[str], None]) -> None:
        self.key = key
        self.trace: TracePort | None = None
        self.error = ""
        """Why the log cannot be read, in words; empty while it can."""
        self._library = library
        self._on_change = on_change
        self._seen_version = -1
        self._refresh_wanted = False
        self._refreshing: asyncio.Task[None] | None = None
        self._lane = Lane(f"trace {key}")
        self._detail_lane = Lane(f"details {key}")

    async def open(self) -> None:
        """Open the log and read it; `trace` is there as soon as it may be shown."""
        try:
            self.trace = await self._lane.run(self._library.open, self.key)
        except (SessionError, OSError) as error:
            self.error = describe(error)
            self._on_change(self.key)
            return
        self.refresh()

    def refresh(self) -> None:
        """Read what the log gained. While a read runs, one more is queued at most."""
        self._refresh_wanted = True
        if self.trace is not None and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(self._refreshed)

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
        if self.trace is not None:
            self.trace.close()

    def _opened(self) -> TracePort:
        if self.trace is None:
            raise SessionError("the session is not open")
        return self.trace

    async def _refresh(self) -> None:
        trace = self._opened()
        while self._refresh_wanted:
            self._refresh_wanted = False
            reading = asyncio.ensure_future(self._lane.run(trace.refresh))
            while not reading.done():
                # A large log shows its newest turns long before all of it is read.
                await asyncio.wait({reading}, timeout=_PROGRESS_PAUSE)
                self._announce(trace)
            try:
                await reading
            except OSError as error:
                self._fail(describe(error))
            else:
                self._fail("")

    def _fail(self, error: str) -> None:
        if error != self.error:
            self.error = error
            self._seen_version = -1
        if self.trace is not None:
            self._announce(self.trace)

    def _announce(self, trace: TracePort) -> None:
        if trace.version != self._seen_version:
            self._seen_version = trace.version
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
