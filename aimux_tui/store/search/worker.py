"""The process that writes segments of the search index for another one, at low priority.

It takes one message with what is to be covered on its standard input, and answers with messages
that say how many bytes it has read since the last one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from aimux_tui.store.search.catalog import Catalog
from aimux_tui.store.search.indexing import Indexer, LogWork
from aimux_tui.store.worker import read_message, write_message

_NICENESS = 10
_TOLD_EVERY = 4 << 20


class Work(Struct, frozen=True):
    """What a worker is to cover."""

    folder: str
    segment_bytes: int
    batches: tuple[tuple[LogWork, ...], ...]


class Progress(Struct, frozen=True):
    """How far it came since the last message."""

    read: int = 0
    """Bytes."""
    error: str = ""
    """Why it goes no further, in words."""


def main() -> None:
    """Cover what the other process asks for."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    gc.disable()
    work = msgspec.msgpack.decode(read_message(sys.stdin.buffer), type=Work)
    unsaid = 0

    def tell(read: int) -> None:
        nonlocal unsaid
        unsaid += read
        if unsaid >= _TOLD_EVERY:
            write_message(sys.stdout.buffer, Progress(unsaid))
            unsaid = 0

    folder = Path(work.folder)
    try:
        catalog = Catalog(folder / "catalog.db")
        for batch in work.batches:
            Indexer(folder, catalog, work.segment_bytes).take(batch, tell)
            write_message(sys.stdout.buffer, Progress(unsaid))
            unsaid = 0
            gc.collect()
    except (sqlite3.Error, OSError) as error:
        if not isinstance(error, BrokenPipeError):
            write_message(sys.stdout.buffer, Progress(unsaid, str(error)))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
