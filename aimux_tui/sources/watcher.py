"""Noticing changed files soon after they change, at little cost, wherever they lie."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

Paths = frozenset[str]
T = TypeVar("T")

_STEP_MS = 3
"""Between two looks for events; a change is told after two looks at the latest."""
_QUIET_STEP_MS = 10
"""The same when nothing has changed for a while: each look costs a wake-up."""
_QUIET_AFTER_MS = 3_000
_DEBOUNCE_MS = 3
"""How long further files that change may put off the telling of the first."""
_POLL_MS = 1000
"""Between two looks at a file system that sends no events."""
_NEW_FOLDERS_S = 2.0
"""Between two looks for wanted folders that do not exist yet."""
_SILENT_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "drvfs", "vboxsf", "fuse.sshfs"}
)
"""File systems on which changes made elsewhere raise no local event."""


async def watch_paths(
    wanted: Sequence[Path],
    stop: asyncio.Event,
    on_trouble: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Paths]:
    """Yield the sets of files that changed below the wanted folders, until `stop` is set.

    The first set is empty and says that the watch stands. Folders that do not exist yet are taken
    in when they appear; what is in them by then counts as changed. `on_trouble` is told, in words,
    when events cannot be had and files are looked at from time to time instead.
    """
    known: list[Path] = []
    is_first = True
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            present = _outermost(wanted)
            appeared = [path for path in present if not is_first and path not in known]
            known, is_first = present, False
            watch = _Watch(present, on_trouble)
            try:
                await watch.stands()
                yield frozenset(path for folder in appeared for path in _files_below(folder))
                async for paths in watch.changes(stopping):
                    if paths:
                        yield paths
                    elif _outermost(wanted) != known:
                        break
            finally:
                watch.end()
    finally:
        stopping.cancel()


class _Watch:
    """The changes below some folders, waited for in threads."""

    def __init__(self, folders: Sequence[Path], on_trouble: Callable[[str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[Paths] = asyncio.Queue()
        self._on_trouble = on_trouble
        self._done = threading.Event()
        self._standing: list[asyncio.Future[None]] = []
        polled = [str(path) for path in folders if _is_silent(path)]
        evented = [str(path) for path in folders if str(path) not in polled]
        for group, is_polling in ((evented, False), (polled, True)):
            if group:
                stands = self._loop.create_future()
                self._standing.append(stands)
                # No daemon: it would be torn out of foreign code when the program ends.
                threading.Thread(
                    target=self._work,
                    args=(group, stands),
                    kwargs={"is_polling": is_polling},
                    name="watch",
                ).start()

    async def stands(self) -> None:
        """Wait until no change can be missed any more."""
        await asyncio.gather(*self._standing)

    async def changes(self, stopping: asyncio.Task[bool]) -> AsyncIterator[Paths]:
        """Sets of files that changed; an empty set from time to time. Ends with `stopping`."""
        getting = asyncio.create_task(self._told.get())
        due = self._loop.time() + _NEW_FOLDERS_S
        try:
            while not stopping.done():
                rest = max(0.0, due - self._loop.time())
                await asyncio.wait(
                    {getting, stopping}, timeout=rest, return_when=asyncio.FIRST_COMPLETED
                )
                if getting.done():
                    paths, getting = getting.result(), asyncio.create_task(self._told.get())
                    yield paths
                if self._loop.time() >= due:
                    due = self._loop.time() + _NEW_FOLDERS_S
                    yield frozenset()
        finally:
            getting.cancel()

    def end(self) -> None:
        """Let the threads end, which they do with their next look."""
        self._done.set()

    def _work(
        self, folders: Sequence[str], stands: asyncio.Future[None], *, is_polling: bool
    ) -> None:
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            self._notify(folders, stands, is_polling=is_polling)
        except (OSError, WatchfilesRustInternalError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if is_polling:
                self._tell(self._on_trouble, f"cannot watch {', '.join(folders)}: {reason}")
                self._tell(_resolve, stands)
                return
            self._tell(
                self._on_trouble,
                f"the system gives no more file events ({reason}): "
                "looking every second instead; raise fs.inotify.max_user_watches",
            )
            self._work(folders, stands, is_polling=True)

    def _notify(
        self, folders: Sequence[str], stands: asyncio.Future[None], *, is_polling: bool
    ) -> None:
        # The documented way to the events themselves: `watchfiles.awatch` needs two more tasks
        # and a thread taken from a pool for every set, and one step for busy and quiet times.
        from watchfiles._rust_notify import RustNotify

        with RustNotify(
            list(folders),
            debug=False,
            force_polling=is_polling,
            poll_delay_ms=_POLL_MS,
            recursive=True,
            ignore_permission_denied=True,
        ) as notify:
            self._tell(_resolve, stands)
            is_quiet = False
            while True:
                step, timeout = (_QUIET_STEP_MS, 0) if is_quiet else (_STEP_MS, _QUIET_AFTER_MS)
                found = notify.watch(_DEBOUNCE_MS, step, timeout, self._done)
                if isinstance(found, set):
                    self._tell(self._told.put_nowait, frozenset(path for _, path in found))
                elif found != "timeout":
                    return
                is_quiet = found == "timeout"

    def _tell(self, what: Callable[[T], None], news: T) -> None:
        if not self._done.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                self._loop.call_soon_threadsafe(what, news)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _outermost(wanted: Iterable[Path]) -> list[Path]:
    """The folders that exist, without those that lie below another of them."""
    kept: list[Path] = []
    for path in sorted({path for path in wanted if path.is_dir()}):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return kept


def _files_below(folder: Path) -> Iterable[str]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield str(Path(parent, name))


def _is_silent(folder: Path) -> bool:
    """Whether the folder lies on a network file system (known on Linux only)."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    best, kind = "", ""
    name = os.path.realpath(folder)
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = fields[1].replace("\\040", " ")
        inside = name == mount or name.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind in _SILENT_FILE_SYSTEMS
