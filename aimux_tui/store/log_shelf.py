"""The log files that a library knows: what was read of each, what is pending, what is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.registry import load_providers
from aimux_tui.sources.discovery import FoundLog
from aimux_tui.store.live_log import LiveLog
from aimux_tui.store.scanning import read_shallow, record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aimux_tui.model.usage import Cost
    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.store.index import Index
    from aimux_tui.store.record import LogRecord
    from aimux_tui.store.worker import Done

_STORED_AT_ONCE = 128
"""Records in one transaction: another aimux does not wait long for its own."""


class LogShelf:
    """Log files in, records out. Not safe between threads: the library locks around it."""

    def __init__(self, index: Index, pricer: PriceTable) -> None:
        self.index = index
        self.found: dict[str, FoundLog] = {}
        """Every log by its path, as it was when it was read last."""
        self.pending: dict[str, FoundLog] = {}
        """Logs whose numbers are not known yet."""
        self.unreadable: dict[str, str] = {}
        """Logs that could not be opened: path → why."""
        self._pricer = pricer
        self._scan_version = ",".join(
            [f"{provider.name}{provider.version}" for provider in load_providers()]
            + [pricer.fingerprint]
        )
        self._live_logs: dict[str, LiveLog] = {}
        self._unsaved: set[str] = set()

    def take(self, logs: Iterable[FoundLog]) -> list[LogRecord]:
        """Know these logs and no others; returns what the index has of them, the rest pends."""
        self.found = {found.file.path: found for found in logs}
        self.index.keep_only(self.found.keys())
        known = self.index.load(self._scan_version)
        records: list[LogRecord] = []
        self.pending = {}
        for path, found in self.found.items():
            record = known.get(path)
            if record is not None and record.stamp == found.stamp:
                records.append(record)
            else:
                self.pending[path] = found
        return records

    def read_shallow(self, logs: Iterable[FoundLog]) -> list[LogRecord]:
        """Records of those of the logs that pend, from their heads and tails."""
        records = []
        for found in logs:
            path = found.file.path
            if path not in self.pending:
                continue  # it was read in full since
            try:
                records.append(read_shallow(found))
            except OSError as error:
                self.unreadable[path] = error.strerror or str(error)
        return records

    def keep(self, batch: Iterable[Done]) -> list[LogRecord]:
        """Store what was read of pending logs; returns the records to show."""
        current: dict[str, LogRecord] = {}
        read: list[tuple[LogRecord, Sequence[Cost]]] = []
        for done in batch:
            if self.pending.pop(done.path, None) is None:
                continue  # it grew while it was read, and is being followed
            if done.record is None:
                self.unreadable[done.path] = done.error
            else:
                self.unreadable.pop(done.path, None)
                read.append((done.record, done.costs))
                if len(read) == _STORED_AT_ONCE:
                    current |= self.index.store(read, self._scan_version)
                    read.clear()
        current |= self.index.store(read, self._scan_version)
        return list(current.values())

    def live_log(self, path: str, *, is_kept: bool = True) -> LiveLog:
        """A known log, followed from now on if it is kept."""
        live = self._live_logs.get(path) or LiveLog(self.found[path].file, self._pricer)
        if is_kept:
            self._live_logs[path] = live
        return live

    def follow(self, path: str, known: Mapping[str, LogRecord]) -> LogRecord | None:
        """The new record of a log that may have grown; None if it has not.

        `known` are the records so far. Raises FileNotFoundError if the log is gone.
        """
        live = self.live_log(path)
        try:
            live.refresh()
        except FileNotFoundError:
            raise
        except OSError as error:
            self.unreadable[path] = error.strerror or str(error)
            self.pending.pop(path, None)
            return None
        self.unreadable.pop(path, None)
        old = known.get(path)
        is_known = old is not None and old.stamp == live.stamp and path not in self.pending
        if live.stamp is None or is_known:
            return None
        record, _ = record_of(live, self.found[path])
        if old is not None:
            record = record.with_shared(old.shared_usage, old.shared_cost)
        self.found[path] = FoundLog(self.found[path].file, record.stamp)
        self.pending.pop(path, None)
        self._unsaved.add(path)
        return record.without_requests()

    def forget(self, path: str) -> list[LogRecord]:
        """Drop a log that is gone; returns records of others that changed because of it."""
        for known in (self.found, self.pending, self._live_logs, self.unreadable):
            known.pop(path, None)
        return list(self.index.forget([path]).values())

    def save(self, written_before: int) -> list[LogRecord]:
        """Write to the index what was followed since, of logs not written after that moment.

        `written_before` is in nanoseconds since 1970. Returns the records to show.
        """
        known = [path for path in self._unsaved if path in self._live_logs and path in self.found]
        ready = [path for path in known if self.found[path].stamp.mtime_ns < written_before]
        logs = [record_of(self._live_logs[path], self.found[path]) for path in ready]
        self._unsaved = set(known).difference(ready)
        return list(self.index.store(logs, self._scan_version).values()) if logs else []
