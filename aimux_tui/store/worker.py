"""The process that reads many logs for another one, so that the keyboard never waits for it.

It takes one message with what is to be read on its standard input and answers with one message
for each log on its standard output: msgpack behind a length of four bytes, little endian.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import IO

import msgspec
from msgspec import Struct

from aimux_tui.config.schema import PriceOverride
from aimux_tui.model.usage import Cost
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import FoundLog
from aimux_tui.store.record import LogRecord
from aimux_tui.store.scanning import read_fully

_NICENESS = 10


class Work(Struct, frozen=True):
    """What a worker is to read, and at which prices."""

    logs: tuple[FoundLog, ...]
    prices: dict[str, PriceOverride]


class Done(Struct, frozen=True):
    """What came of one log."""

    path: str
    record: LogRecord | None
    costs: tuple[Cost, ...] = ()
    error: str = ""


def write_message(stream: IO[bytes], message: object) -> None:
    """Send one message."""
    data = msgspec.msgpack.encode(message)
    stream.write(len(data).to_bytes(4, "little") + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes:
    """Receive one message; b"" at the end, and for one whose writer died within it."""
    size = int.from_bytes(stream.read(4), "little")
    data = stream.read(size)
    return data if len(data) == size else b""


def read_log(found: FoundLog, pricer: PriceTable) -> Done:
    """Read one log; an unreadable one is told, not raised."""
    try:
        record, costs = read_fully(found, pricer)
    except OSError as error:
        return Done(found.file.path, None, error=error.strerror or str(error))
    return Done(found.file.path, record, tuple(costs))


def main() -> None:
    """Read what the other process asks for, at low priority."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    work = msgspec.msgpack.decode(read_message(sys.stdin.buffer), type=Work)
    pricer = PriceTable(work.prices)
    for found in work.logs:
        write_message(sys.stdout.buffer, read_log(found, pricer))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
