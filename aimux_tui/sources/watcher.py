"""Noticing changed files soon after they change, at little cost, wherever they lie."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

Paths = frozenset[str]

_STEP_MS = 5
_DEBOUNCE_MS = 20
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
    known: set[Path] | None = None
    while not stop.is_set():
        present = _outermost(path for path in wanted if path.is_dir())
        appeared = [path for path in present if known is not None and path not in known]
        known = set(present)
        queue: asyncio.Queue[Paths] = asyncio.Queue()
        done = asyncio.Event()
        polled = [path for path in present if _is_silent(path)]
        evented = [path for path in present if path not in polled]
        pumps = [
            asyncio.create_task(_pump(group, queue, done, on_trouble, polling=polling))
            for group, polling in ((evented, False), (polled, True))
            if group
        ]
        try:
            yield frozenset(path for folder in appeared for path in _files_below(folder))
            while not stop.is_set() and known == set(
                _outermost(path for path in wanted if path.is_dir())
            ):
                with contextlib.suppress(TimeoutError):
                    yield await asyncio.wait_for(_get_unless(queue, stop), _NEW_FOLDERS_S)
        finally:
            done.set()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)


async def _get_unless(queue: asyncio.Queue[Paths], stop: asyncio.Event) -> Paths:
    """The next set from the queue, or an empty one when `stop` is set first."""
    getting = asyncio.create_task(queue.get())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting.done() else frozenset()
    finally:
        getting.cancel()
        stopping.cancel()


async def _pump(
    folders: Sequence[Path],
    queue: asyncio.Queue[Paths],
    done: asyncio.Event,
    on_trouble: Callable[[str], None],
    *,
    polling: bool,
) -> None:
    from watchfiles import awatch

    try:
        async for changes in awatch(
            *folders,
            watch_filter=None,
            step=_STEP_MS,
            debounce=_DEBOUNCE_MS,
            stop_event=done,
            force_polling=polling,
            poll_delay_ms=_POLL_MS,
            ignore_permission_denied=True,
        ):
            queue.put_nowait(frozenset(path for _, path in changes))
    except OSError as error:
        if polling:
            on_trouble(f"cannot watch {', '.join(map(str, folders))}: {error}")
            return
        on_trouble(
            f"the system gives no more file events ({error.strerror or error}): "
            "looking every second instead; raise fs.inotify.max_user_watches"
        )
        await _pump(folders, queue, done, on_trouble, polling=True)


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lie below another of them."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
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
