"""One log being followed: reader, scan and prices together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aimux_tui.model.usage import Cost
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.model.usage import Pricer, Request
    from aimux_tui.providers.base import LogFile
    from aimux_tui.sources.reader import Stamp


class LiveLog:
    """The scan of one log, brought up to date by `refresh`. Safe to share between threads."""

    def __init__(self, file: LogFile, pricer: Pricer) -> None:
        self.file = file
        self.provider = load_provider(file.provider)
        self.version = 0
        """Grows with every refresh that found something."""
        self.generation = 0
        """Grows when the file was truncated or replaced and all was read anew."""
        self.progress = 0
        """Bytes scanned so far."""
        self._reader = LogReader(file)
        self._scan = self.provider.scan(file)
        self._pricer = pricer
        self._priced: list[tuple[Request, Cost]] = []
        self._lock = threading.Lock()

    @property
    def stamp(self) -> Stamp | None:
        """The state of the file that was read last; None before the first read."""
        return self._reader.stamp

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far."""
        return self._scan.turns

    def refresh(
        self, *, is_final: bool = False, should_stop: Callable[[], bool] | None = None
    ) -> bool:
        """Read what the log gained. True if anything changed. Raises OSError.

        When stopped in the middle, the next refresh goes on from there.
        """
        with self._lock:
            changed = False
            for chunk in self._reader.read(is_final=is_final):
                if chunk.is_reset:
                    self._scan = self.provider.scan(self.file)
                    self.generation += 1
                    self._priced.clear()
                if chunk.data or self.file.format == "document":
                    self._scan.feed(chunk.data, chunk.offset)
                self.progress = chunk.offset + len(chunk.data)
                changed = True
                if should_stop is not None and should_stop():
                    break
            if changed:
                self.version += 1
            return changed

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may have changed since `mark`, a new mark)."""
        return self._scan.changed_since(mark)

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        with self._lock:
            return self._scan.summary()

    def costs(self, requests: Sequence[Request]) -> list[Cost]:
        """What each request costs; only those that are new since the last call are priced."""
        priced = self._priced
        for index, request in enumerate(requests):
            if index >= len(priced):
                priced.append((request, self._pricer.cost(request)))
            elif priced[index][0] is not request:
                priced[index] = (request, self._pricer.cost(request))
        del priced[len(requests) :]
        return [cost for _, cost in priced]


def total_cost(costs: Sequence[Cost]) -> Cost:
    """The sum of many costs."""
    usd = 0.0
    unpriced: set[str] = set()
    is_lower_bound = False
    for cost in costs:
        usd += cost.usd
        is_lower_bound |= cost.is_lower_bound
        if cost.unpriced_models:
            unpriced.update(cost.unpriced_models)
    return Cost(usd, tuple(sorted(unpriced)), is_lower_bound)
