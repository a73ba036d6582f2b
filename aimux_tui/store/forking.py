"""Sharing the reading of many logs with a forked twin of this process.

For the headless commands only: a fork starts at once and needs no imports, but must not happen
where other threads run, as they do below a screen (see `store.workers` for that case).
"""

from __future__ import annotations

import os
import tempfile
import threading
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.store.worker import Done, read_log, read_message, write_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.sources.discovery import FoundLog

WORTH_A_FORK = 32 << 20
"""Bytes of logs from which a second process pays for itself."""
_decoder = msgspec.msgpack.Decoder(Done)


def read_all(logs: Sequence[FoundLog], pricer: PriceTable) -> Iterator[Done]:
    """Read the logs, half of them in a twin process where that is quicker."""
    size = sum(found.stamp.size for found in logs)
    if size < WORTH_A_FORK or not _can_fork():
        yield from (read_log(found, pricer) for found in logs)
        return
    ours, theirs = _halves(logs)
    missing = {found.file.path: found for found in theirs}
    with tempfile.TemporaryFile() as results:
        twin = os.fork()
        if twin == 0:
            _serve(theirs, pricer, results)
        try:
            for found in ours:
                yield read_log(found, pricer)
        finally:
            os.waitpid(twin, 0)
        results.seek(0)
        while message := read_message(results):
            done = _decoder.decode(message)
            del missing[done.path]
            yield done
    # A twin that was killed leaves some unread.
    yield from (read_log(found, pricer) for found in missing.values())


def _can_fork() -> bool:
    return hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


def _halves(logs: Iterable[FoundLog]) -> tuple[list[FoundLog], list[FoundLog]]:
    """Two parts of about the same size, the larger logs first."""
    parts: tuple[list[FoundLog], list[FoundLog]] = ([], [])
    sizes = [0, 0]
    for found in sorted(logs, key=lambda found: -found.stamp.size):
        lighter = sizes.index(min(sizes))
        parts[lighter].append(found)
        sizes[lighter] += found.stamp.size
    return parts


def _serve(logs: Iterable[FoundLog], pricer: PriceTable, results: IO[bytes]) -> None:
    """The twin's whole life: read, write down, end without touching anything it inherited."""
    try:
        for found in logs:
            write_message(results, read_log(found, pricer))
    finally:
        os._exit(0)
