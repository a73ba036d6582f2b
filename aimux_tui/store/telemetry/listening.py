"""What the process that receives leaves word of, for those that only read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct


class Listener(Struct, frozen=True):
    """A process that receives, or did. Times are nanoseconds since 1970."""

    pid: int
    """0 if it has stopped."""
    host: str
    port: int
    started_ns: int
    updated_ns: int
    facts: Mapping[str, Any]
    """What went by since it started; `ReceiverStatus` says what is in it."""

    @classmethod
    def from_row(cls, row: tuple[int, int, str, int, int, bytes]) -> Listener:
        """From a row of the table."""
        port, pid, host, started, updated, facts = row
        try:
            decoded = msgspec.json.decode(facts)
        except msgspec.DecodeError:
            decoded = {}
        known = decoded if isinstance(decoded, dict) else {}
        return cls(pid, host, port, started, updated, known)

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs and receives."""
        if not self.pid:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
