"""One log being followed: reader, scan and prices together."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.reader import LogReader, read_ends
from aimux_tui.store.bill import Bill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.model.usage import Cost, Pricer, Request
    from aimux_tui.providers.base import LogFile, LogScan
    from aimux_tui.sources.reader import Stamp


_LARGE = 32 << 20
"""Bytes from which a log is first shown by its end alone."""
_TAIL = 1 << 20


class LiveLog:
    """The scan of one log, brought up to date by `refresh`. Safe to share between threads.

    The end of a large log is scanned by itself first, so that its newest turns can be shown
    while the rest is being read; when all is read, that preview is dropped.
    """

    def __init__(self, file: LogFile, pricer: Pricer) -> None:
        self.file = file
        self.provider = load_provider(file.provider)
        self.version = 0
        """Grows whenever a refresh found something."""
        self.generation = 0
        """Grows when nothing that was read before holds any more."""
        self._reader = LogReader(file)
        self._scan = self.provider.scan(file)
        self._preview: LogScan | None = None
        self._bill = Bill(pricer)
        self._turns: tuple[int, tuple[TurnSummary, ...]] = (-1, ())
        self._summary: tuple[int, LogSummary] | None = None
        """Made once for a version: a session that is open is also in the list."""
        self._refreshing = threading.Lock()
        self._scanning = threading.Lock()
        self._pricing = threading.Lock()

    @property
    def stamp(self) -> Stamp | None:
        """The state of the file that was read last; None before the first read."""
        return self._reader.stamp

    @property
    def is_complete(self) -> bool:
        """Whether `turns` are all turns; False while they are those of the log's end."""
        return self._preview is None

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far."""
        with self._scanning:
            if self._turns[0] != self.version:
                self._turns = (self.version, tuple((self._preview or self._scan).turns))
            return self._turns[1]

    def refresh(
        self, *, is_final: bool = False, should_stop: Callable[[], bool] | None = None
    ) -> bool:
        """Read what the log gained. True if anything changed. Raises OSError.

        When stopped in the middle, the next refresh goes on from there.
        """
        with self._refreshing:
            before = self.version
            if self._reader.position == 0 and self._reader.stamp is None:
                self._look_at_end()
            for chunk in self._reader.read(is_final=is_final):
                with self._scanning:
                    if chunk.is_reset:
                        self._scan = self.provider.scan(self.file)
                        self._begin_anew()
                    if chunk.data or self.file.is_document:
                        self._scan.feed(chunk.data, chunk.offset)
                    self.version += 1
                if should_stop is not None and should_stop():
                    break
            else:
                self._drop_preview()
            return self.version != before

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may have changed since `mark`, a new mark)."""
        with self._scanning:
            return (self._preview or self._scan).changed_since(mark)

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        with self._scanning:
            if self._summary is None or self._summary[0] != self.version:
                self._summary = (self.version, (self._preview or self._scan).summary())
            return self._summary[1]

    def _look_at_end(self) -> None:
        """Scan the end of a large log by itself."""
        if self.file.format != "lines" or Path(self.file.path).stat().st_size < _LARGE:
            return
        _, offset, tail = read_ends(self.file.path, _TAIL)
        if tail:
            preview = self.provider.scan(self.file)
            preview.feed(tail, offset)
            with self._scanning:
                self._preview = preview
                self.version += 1

    def _drop_preview(self) -> None:
        with self._scanning:
            if self._preview is not None:
                self._preview = None
                self._begin_anew()
                self.version += 1

    def _begin_anew(self) -> None:
        self.generation += 1

    def costs_of(self, first: int, end: int) -> Sequence[Cost]:
        """What each of a range of the log's requests costs."""
        requests = self.summary().requests
        with self._pricing:
            self._bill.take(requests)
            return self._bill.costs[first:end]

    def costs(self, requests: Sequence[Request]) -> tuple[list[Cost], Cost]:
        """What each of the log's requests costs, and all of them; old ones are not priced again."""
        with self._pricing:
            self._bill.take(requests)
            return self._bill.costs.copy(), self._bill.total()
