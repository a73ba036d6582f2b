"""What went by, counted: kept by the receiver's thread, shown as a status."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.model.telemetry import Signal
    from aimux_tui.otlp.batch import Batch
    from aimux_tui.receiver.status import Refusal

_WINDOW_SECONDS = 5
_SERVICES = 200
OTHERS = "…"
"""All further services together, of a sender who invents names."""


class Counters:
    """Counts since the start. Not to be shared between threads."""

    def __init__(self) -> None:
        self.changes = 0
        """Grows with everything that is counted."""
        self.requests = 0
        self.received_bytes = 0
        self.rejected = 0
        self.folded = 0
        self.last_ns = 0
        self.version = 0
        self.records: Counter[Signal] = Counter()
        self.services: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._seconds: deque[tuple[int, int]] = deque()
        """(monotonic second, records) of the last few."""

    def count(self, batch: Batch, wire_bytes: int) -> None:
        """A request was taken."""
        self.changes += 1
        self.requests += 1
        self.received_bytes += wire_bytes
        self.rejected += batch.rejected
        self.folded += sum(batch.folded.values())
        self.last_ns = time.time_ns()
        self.records[batch.signal] += batch.records
        for service, records in batch.services.items():
            is_listed = service in self.services or len(self.services) < _SERVICES
            self.services[service if is_listed else OTHERS] += records
        second = int(time.monotonic())
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, self._seconds[-1][1] + batch.records)
        else:
            self._seconds.append((second, batch.records))

    def refuse(self, reason: Refusal) -> None:
        """Something was not taken."""
        self.changes += 1
        self.refused[reason.value] += 1

    def rate(self) -> float:
        """Records a second, over the last few."""
        now = time.monotonic()
        while self._seconds and self._seconds[0][0] < now - _WINDOW_SECONDS:
            self._seconds.popleft()
        return sum(records for _, records in self._seconds) / _WINDOW_SECONDS
