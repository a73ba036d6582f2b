"""Keeps the list of sessions current: reads in threads and never touches a widget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.session import Session, Status
from aimux_tui.store.library import Place
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from aimux_tui.tui.ports import LibraryPort, Watch

READ_PAUSE = 0.25
"""Seconds between files that change and the library's look at them: the open session, which is
followed by itself, is painted meanwhile, and a burst is one look."""
PUBLISH_PAUSE = 0.25
"""Seconds between two snapshots of the list; the first of a burst comes at once."""
TICK_PAUSE = 5.0
"""Seconds between two looks at what depends on time alone, while any session is at work."""
QUIET_TICK_PAUSE = 60.0
"""The same while none is."""
SAVE_PAUSE = 30.0


class Snapshot(Struct, frozen=True):
    """The library at one moment: what the screen draws without asking (and waiting for) it."""

    version: int = 0
    sessions: tuple[Session, ...] = ()
    by_key: Mapping[str, Session] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    progress: tuple[int, int] = (0, 0)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    index_trouble: str = ""
    is_loaded: bool = False
    is_listed: bool = False
    """Every log is in the list, be it without its numbers."""

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
        """Called on the event loop when files changed, before the library reads them; with an empty
        set when any may have changed."""
        self.on_trouble: Callable[[str], None] = lambda _: None
        """Told, in words, what keeps the list from being current, or from being quick."""
        self._watch = watch
        self._stop = asyncio.Event()
        self._dirty = asyncio.Event()
        self._touched: set[str] | None = set()
        """Files that changed and were not looked at yet; None: any may have changed."""
        self._is_touched = asyncio.Event()
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
            for job in (
                self._publish_changes,
                self._scan,
                self._follow,
                self._read_touched,
                self._tick,
                self._save,
            ):
                tasks.create_task(job())

    def stop(self) -> None:
        """End every job; must be called on the event loop."""
        self._stop.set()
        self._dirty.set()
        self._is_touched.set()
        self._lane.stop()
        self._scan_lane.stop()

    async def save(self) -> None:
        """Write to the index what was read."""
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await self._lane.run(self.library.save)

    def take_snapshot(self) -> Snapshot:
        """The library now. Blocks while it reads."""
        library = self.library
        # Read before the sessions: what it calls done is in them.
        version, progress, is_listed = library.version, library.progress, library.is_listed
        sessions = library.sessions()
        return Snapshot(
            version=version,
            sessions=sessions,
            by_key={session.key: session for session in sessions},
            places=library.places(),
            progress=progress,
            unreadable=library.unreadable,
            index_trouble=library.index_trouble,
            is_loaded=True,
            is_listed=is_listed,
        )

    async def _publish(self) -> None:
        before, self.snapshot = self.snapshot, await self._lane.run(self.take_snapshot)
        self.on_change()
        trouble = self.snapshot.index_trouble
        if trouble and trouble != before.index_trouble:
            self.on_trouble(f"index: {trouble}")

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
            if not paths:
                self._touched = None
            elif self._touched is not None:
                self._touched |= paths
            self._is_touched.set()
            self.on_paths(paths)

    async def _read_touched(self) -> None:
        while not self._stop.is_set():
            await self._is_touched.wait()
            self._is_touched.clear()
            if self._touched is not None:
                await self._pause(READ_PAUSE)
            if self._stop.is_set():
                return
            paths, self._touched = self._touched, set()
            if paths is None:
                changed = await self._lane.run(self.library.resync)
            else:
                changed = await self._lane.run(self.library.refresh, paths)
            if changed:
                self._dirty.set()

    async def _tick(self) -> None:
        while not self._stop.is_set():
            is_quiet = all(session.status is Status.IDLE for session in self.snapshot.sessions)
            await self._pause(QUIET_TICK_PAUSE if is_quiet else TICK_PAUSE)
            if self._stop.is_set():
                return
            if await self._lane.run(self.library.tick):
                self._dirty.set()
            # Should the system ever lose an event, the open session does not stand still for good.
            self.on_paths(frozenset())

    async def _save(self) -> None:
        while not self._stop.is_set():
            await self._pause(SAVE_PAUSE)
            if not self._stop.is_set():
                with contextlib.suppress(OSError):
                    await self._lane.run(lambda: self.library.save(is_last=False))

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
