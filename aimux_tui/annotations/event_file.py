"""Reading an evaluation file again and again, as several processes append to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.annotations.events import BadEventError, Event, decode_event

if TYPE_CHECKING:
    from pathlib import Path

_FINGERPRINT = 64
Stamp = tuple[int, int, int]


class BadLine(Struct, frozen=True):
    """A line of an evaluation file that could not be used, or (line 0) a file that could not."""

    path: str
    line: int
    reason: str


class EventFile:
    """The events that a file gained since it was read last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad_lines: list[BadLine] = []
        self.torn: BadLine | None = None
        """The last line, if it breaks off: its writer may not be done."""
        self.events = 0
        """How many were read so far."""
        self.is_void = False
        """Set by `read` when what was read before does not hold any more."""
        self._stamp: Stamp | None = None
        self._position = 0
        self._fingerprint = b""
        self._lines = 0

    def has_changed(self) -> bool:
        """Whether the file differs from what was read, or cannot be looked at."""
        try:
            return self._stamp != _stamp_of(os.stat(self.path))  # noqa: PTH116 - half of Path.stat
        except OSError:
            return True

    def read(self) -> list[Event]:
        """The events since the last read. Raises OSError.

        If the file was replaced or cut meanwhile there are none, and `is_void` is set.
        """
        with self.path.open("rb", buffering=0) as stream:
            stat = os.fstat(stream.fileno())
            is_same = self._stamp is None or self._stamp[0] == stat.st_ino
            start = self._position - len(self._fingerprint)
            stream.seek(start)
            data = stream.read()
        if not is_same or not data.startswith(self._fingerprint):
            self.is_void = True
            return []
        self._stamp = _stamp_of(stat)
        return self._take(data[len(self._fingerprint) :])

    def _take(self, data: bytes) -> list[Event]:
        whole, newline, rest = data.rpartition(b"\n")
        events: list[Event] = []
        for line in whole.split(b"\n") if newline else ():
            self._lines += 1
            if line.strip():
                try:
                    events.append(decode_event(line))
                except BadEventError as error:
                    self.bad_lines.append(BadLine(str(self.path), self._lines, str(error)))
        read = whole + newline
        self._position += len(read)
        self._fingerprint = (self._fingerprint + read)[-_FINGERPRINT:]
        self.events += len(events)
        self.torn = None
        if rest.strip():
            # A whole event without a newline is taken now, and once more (which changes nothing)
            # when its newline is there.
            try:
                events.append(decode_event(rest))
            except BadEventError:
                self.torn = BadLine(str(self.path), self._lines + 1, "the line breaks off")
        return events


def _stamp_of(stat: os.stat_result) -> Stamp:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
