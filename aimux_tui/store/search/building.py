"""Bringing the search index up to date, by other processes, one builder at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import sys
import threading
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING

import msgspec
from msgspec import Struct

from aimux_tui.store.search.catalog import Catalog
from aimux_tui.store.search.coverage import reach_of
from aimux_tui.store.search.indexing import LogWork, checksum_of, segment_path
from aimux_tui.store.search.worker import Progress, Work
from aimux_tui.store.worker import read_message, write_message

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from aimux_tui.sources.discovery import FoundLog

SEGMENT_BYTES = 128 << 20
"""Bytes of logs in a segment; fewer where that would leave a process without work."""
_SMALLEST = 8 << 20
_FEW = 8
"""Small segments that are left alone; more are made into one."""
_WORTH_TWO = 16 << 20
"""Bytes from which a second process pays for itself."""
_SHARE = 25
"""One byte of index to so many of logs, as a rule."""
_decoder = msgspec.msgpack.Decoder(Progress)


class BuildProgress(Struct, frozen=True):
    """How far the index is."""

    done: int
    """Bytes of logs read in this run."""
    total: int
    """Bytes of logs to be read in this run, about."""
    error: str = ""


class BuilderBusyError(Exception):
    """Another aimux builds the index just now."""


def build(
    folder: Path, logs: Sequence[FoundLog], should_stop: Callable[[], bool], *, limit: int
) -> Iterator[BuildProgress]:
    """Cover what the index lacks of these logs, newest first; logs that are gone are dropped.

    Beyond `limit` bytes of index nothing is added. Blocks. Ending the iteration ends the
    processes; what they have published stays. Raises BuilderBusyError, sqlite3.Error, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "builder.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuilderBusyError from None
        catalog = Catalog(folder / "catalog.db")
        try:
            works = _plan(folder, catalog, logs, limit)
        finally:
            catalog.close()
        if works:
            yield from _run(folder, works, should_stop, lock.fileno())


def _plan(folder: Path, catalog: Catalog, logs: Sequence[FoundLog], limit: int) -> list[LogWork]:
    """What is to be covered, newest first, after tidying up."""
    current = {found.file.path for found in logs}
    catalog.forget([log.id for path, log in catalog.logs().items() if path not in current])
    _tidy(folder, catalog)
    covered = catalog.logs()
    room = limit - sum(facts.size for facts in catalog.segments().values())
    works: list[LogWork] = []
    for found in sorted(logs, key=lambda found: -found.stamp.mtime_ns):
        reach = reach_of(covered.get(found.file.path), found)
        if not reach.missing or not _is_storable(found.file.path):
            continue
        room -= reach.missing // _SHARE
        if room < 0:
            break
        works.append(LogWork(found, reach.position))
    return works


def _is_storable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False  # a file name that is no Unicode
    return True


def _tidy(folder: Path, catalog: Catalog) -> None:
    """Drop segments that are broken, mostly dead, or small and many; and files of none."""
    live = catalog.live_bytes()
    small: list[int] = []
    for number, facts in catalog.segments().items():
        used = live.get(number, 0)
        if used < facts.raw // 2 or not _is_intact(folder, number, facts.checksum):
            catalog.drop_segment(number)
        elif facts.raw < _SMALLEST * 2:
            small.append(number)
    if len(small) > _FEW:
        # The newest first: a log that lies in several is cut where the first of them begins.
        for number in sorted(small, reverse=True):
            catalog.drop_segment(number)
    kept = catalog.segments()
    for path in folder.glob("segment-*"):
        number_text = path.name.removeprefix("segment-").partition(".")[0]
        if not number_text.isdigit() or int(number_text) not in kept:
            path.unlink(missing_ok=True)


def _is_intact(folder: Path, number: int, checksum: int) -> bool:
    try:
        return checksum_of(segment_path(folder, number)) == checksum
    except OSError:
        return False


def _run(
    folder: Path, works: Sequence[LogWork], should_stop: Callable[[], bool], lock: int
) -> Iterator[BuildProgress]:
    total = sum(work.found.stamp.size - work.start for work in works)
    count = 1 if total < _WORTH_TWO else min(2, os.cpu_count() or 1)
    segment_bytes = min(SEGMENT_BYTES, max(_SMALLEST, total // (2 * count)))
    batches = _batches(works, segment_bytes)
    news: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
    with ExitStack() as ending:
        for number in range(count):
            work = Work(str(folder), segment_bytes, tuple(batches[number::count]))
            process = _start(work, lock)
            ending.callback(_end, process)
            assert process.stdout is not None
            threading.Thread(target=_receive, args=(process.stdout, news), daemon=True).start()
        done, running = 0, count
        yield BuildProgress(0, total)
        while running and not should_stop():
            try:
                item = news.get(timeout=0.1)
            except queue.Empty:
                continue
            if item is None:
                running -= 1
                continue
            done += item.read
            yield BuildProgress(min(done, total), total, item.error)


def _batches(works: Sequence[LogWork], segment_bytes: int) -> list[tuple[LogWork, ...]]:
    """Logs of about a segment each, the newest batch first; within a batch the oldest first."""
    batches: list[tuple[LogWork, ...]] = []
    batch: list[LogWork] = []
    size = 0
    for work in works:
        batch.append(work)
        size += work.found.stamp.size - work.start
        if size >= segment_bytes:
            batches.append(tuple(reversed(batch)))
            batch, size = [], 0
    if batch:
        batches.append(tuple(reversed(batch)))
    return batches


def _start(work: Work, lock: int) -> subprocess.Popen[bytes]:
    """A worker. It holds the lock as well: should we be killed, until it has ended, too."""
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-m", "aimux_tui.store.search.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
    )
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        write_message(process.stdin, work)
        process.stdin.close()
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _receive(stream: IO[bytes], news: queue.SimpleQueue[Progress | None]) -> None:
    try:
        while message := read_message(stream):
            news.put(_decoder.decode(message))
    except (OSError, ValueError):
        pass  # ended on purpose, with its pipe closed
    finally:
        news.put(None)
