"""Sharing the reading of many logs with a forked twin of this process.

For the headless commands only: a fork starts at once and needs no imports, but must not happen
where other threads run, as they do below a screen (see `store.workers` for that case).
"""

from __future__ import annotations

import os
import signal
import threading
from io import BytesIO
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
    import tempfile

    missing = {found.file.path: found for found in logs}
    queue = _Queue(sorted(logs, key=lambda found: -found.stamp.size))
    with tempfile.TemporaryFile() as results:
        twin = os.fork()
        if twin == 0:
            _serve(queue, pricer, results)
        theirs = _Results(results.fileno())
        try:
            for found in queue:
                for done in (read_log(found, pricer), *theirs.written()):
                    del missing[done.path]
                    yield done
        except BaseException:
            os.kill(twin, signal.SIGKILL)
            raise
        finally:
            os.waitpid(twin, 0)
        for done in theirs.written():
            del missing[done.path]
            yield done
    # A twin that was killed leaves some unread.
    yield from (read_log(found, pricer) for found in missing.values())


def _can_fork() -> bool:
    return hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1


class _Queue:
    """Logs of which each is handed out once, to one of the two processes.

    A pipe holds a token for each: what one process has read from it, the other cannot.
    """

    def __init__(self, logs: Sequence[FoundLog]) -> None:
        # A pipe may hold as little as 4096 bytes, and must take all tokens before anyone reads.
        size = -(-len(logs) // 2048)
        self._parts = [logs[start : start + size] for start in range(0, len(logs), size)]
        self._reading, writing = os.pipe()
        os.write(writing, b"".join(n.to_bytes(2, "little") for n in range(len(self._parts))))
        os.close(writing)

    def __iter__(self) -> Iterator[FoundLog]:
        while token := os.read(self._reading, 2):
            yield from self._parts[int.from_bytes(token, "little")]
        os.close(self._reading)


class _Results:
    """What the twin has written down so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = 0

    def written(self) -> Iterator[Done]:
        """Everything since the last call; a message that is not complete waits for the next."""
        end = os.fstat(self._descriptor).st_size
        if end > self._position:
            # Both processes share the place at which the file is written: it must stay there.
            data = BytesIO(os.pread(self._descriptor, end - self._position, self._position))
            while message := read_message(data):
                self._position += len(message) + 4
                yield _decoder.decode(message)


def _serve(logs: Iterable[FoundLog], pricer: PriceTable, results: IO[bytes]) -> None:
    """The twin's whole life: read, write down, end without touching anything it inherited."""
    try:
        for found in logs:
            write_message(results, read_log(found, pricer))
    finally:
        os._exit(0)
