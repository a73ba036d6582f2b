"""Every session on this machine, kept current."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.errors import SessionError
from aimux_tui.providers.registry import load_provider, load_providers
from aimux_tui.sources.discovery import FoundLog, find_logs, look_again
from aimux_tui.store.forking import read_all
from aimux_tui.store.live_log import LiveLog
from aimux_tui.store.scanning import read_shallow, record_of
from aimux_tui.store.session_tree import OLDEST, SessionTree
from aimux_tui.store.trace import Trace
from aimux_tui.store.worker import read_log
from aimux_tui.store.workers import read_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from aimux_tui.model.session import LiveState, Session
    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.sources.discovery import Home
    from aimux_tui.store.index import Index
    from aimux_tui.store.record import LogRecord
    from aimux_tui.store.worker import Done


@dataclass(frozen=True, slots=True)
class Place:
    """Where aimux looked for logs."""

    provider: str
    path: Path
    exists: bool
    logs: int


class Library:
    """The sessions of all homes. Reads are safe from any thread; the methods that block say so."""

    def __init__(
        self,
        homes: Sequence[Home],
        index: Index,
        pricer: PriceTable,
        *,
        logs: Sequence[FoundLog] | None = None,
    ) -> None:
        """A library over `homes`, or over exactly the given logs."""
        self.homes = homes
        self._given = logs
        self.index = index
        self._pricer = pricer
        self._scan_version = ",".join(
            [f"{provider.name}{provider.version}" for provider in load_providers()]
            + [pricer.fingerprint]
        )
        self._tree = SessionTree(pricer)
        self._found: dict[str, FoundLog] = {}
        self._pending: dict[str, FoundLog] = {}
        self._live_logs: dict[str, LiveLog] = {}
        self._unsaved: set[str] = set()
        self._unreadable: dict[str, str] = {}
        self._lock = threading.RLock()

    @property
    def version(self) -> int:
        """Grows with every change of the sessions."""
        return self._tree.version

    @property
    def progress(self) -> tuple[int, int]:
        """(logs whose numbers are known, logs in all)."""
        return len(self._found) - len(self._pending), len(self._found)

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Logs that could not be opened: path → why."""
        return dict(self._unreadable)

    @property
    def prices_from(self) -> str:
        """The date of the price table."""
        return str(self._pricer.as_of)

    def sessions(self) -> tuple[Session, ...]:
        """All sessions, newest first; sub-agents and hidden ones included."""
        with self._lock:
            return tuple(
                sorted(
                    self._tree.sessions.values(),
                    key=lambda session: (session.updated or OLDEST, session.key),
                    reverse=True,
                )
            )

    def get(self, key: str) -> Session | None:
        """The session with this key."""
        return self._tree.sessions.get(key)

    def records(self) -> tuple[LogRecord, ...]:
        """What is known of each log file."""
        with self._lock:
            return tuple(self._tree.records.values())

    def places(self) -> tuple[Place, ...]:
        """Where it looked, and how many logs it found there."""
        counts: dict[tuple[str, str], int] = {}
        with self._lock:
            for found in self._found.values():
                place = (found.file.provider, found.file.root)
                counts[place] = counts.get(place, 0) + 1
        return tuple(
            Place(
                home.provider,
                home.path,
                home.path.is_dir(),
                counts.get((home.provider, str(home.path)), 0),
            )
            for home in self.homes
        )

    def load(self) -> None:
        """Show every log: from the index where that is current, else by its head and tail. Blocks.

        What was read so shallowly is pending: `scan_pending` reads its numbers.
        """
        with self._lock:
            records = self._take_current(self._find())
            for found in self._pending.values():
                try:
                    records.append(read_shallow(found))
                except OSError as error:
                    self._unreadable[found.file.path] = error.strerror or str(error)
            self._read_side_files()
            self._tree.put(records)

    def load_fully(self) -> None:
        """Read every log with all its numbers. Blocks; for commands, not below a screen."""
        with self._lock:
            records = self._take_current(self._find())
            pending = list(self._pending.values())
            records.extend(self._keep(read_all(pending, self._pricer)))
            self._read_side_files()
            self._tree.put(records)

    def scan_pending(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Read what the index lacks, newest first; a step whenever some logs are done. Blocks.

        Large amounts are read by other processes.
        """
        pending = sorted(self._pending.values(), key=lambda found: -found.stamp.mtime_ns)
        for batch in read_logs(pending, self._pricer, should_stop):
            with self._lock:
                self._take(batch)
            yield
        # A process that was ended from outside leaves some unread: they are read here.
        left = list(self._pending.values())
        for found in left:
            if should_stop():
                return
            with self._lock:
                self._take([read_log(found, self._pricer)])
            yield

    def refresh(self, paths: Iterable[str]) -> bool:
        """Take in files that changed, appeared or went away. True if a session changed. Blocks."""
        with self._lock:
            before = self.version
            records: list[LogRecord] = []
            is_unknown = False
            for path in paths:
                if path in self._found:
                    records.extend(self._follow(path))
                else:
                    is_unknown = True
            if is_unknown:
                for found in self._find():
                    if found.file.path not in self._found:
                        self._found[found.file.path] = found
                        records.extend(self._follow(found.file.path))
                self._read_side_files()
                self._tree.refresh_restless()
            self._tree.put(records)
            return self.version != before

    def resync(self) -> bool:
        """Compare every log with the file system, for what no event told. Blocks."""
        with self._lock:
            current = {found.file.path: found for found in self._find()}
            changed = {
                path
                for path, found in current.items()
                if path not in self._found or self._found[path].stamp != found.stamp
            }
            return self.refresh(changed | (self._found.keys() - current.keys()))

    def tick(self) -> bool:
        """Re-evaluate what depends on time and on live states. True if a session changed."""
        with self._lock:
            before = self.version
            self._read_side_files()
            self._tree.refresh_restless()
            return self.version != before

    def save(self) -> None:
        """Write to the index what was read since the last save. Blocks."""
        with self._lock:
            logs = [
                record_of(self._live_logs[path], self._found[path])
                for path in self._unsaved
                if path in self._live_logs and path in self._found
            ]
            self._unsaved.clear()
            if logs:
                self._tree.put(self.index.store(logs, self._scan_version).values())

    def open(self, key: str) -> Trace:
        """The turns of a session, live. Raises SessionError if there is no such session."""
        with self._lock:
            path = self._tree.main_path(key)
            if path is None:
                raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
            return Trace(key, self._live_log(path), self.children_by_call)

    def children_by_call(self, key: str) -> dict[str, str]:
        """Tool call id → key of the sub-agent's session that it spawned, for a session."""
        session = self.get(key)
        children = [self.get(child) for child in session.children] if session else []
        return {child.parent_tool_call_id: child.key for child in children if child}

    def _find(self) -> Iterator[FoundLog]:
        return find_logs(self.homes) if self._given is None else look_again(self._given)

    def _take_current(self, logs: Iterable[FoundLog]) -> list[LogRecord]:
        """Note the logs; return the records that the index has of them, the rest is pending."""
        self._found = {found.file.path: found for found in logs}
        self.index.keep_only(self._found.keys())
        known = self.index.load(self._scan_version)
        records: list[LogRecord] = []
        self._pending = {}
        for path, found in self._found.items():
            record = known.get(path)
            if record is not None and record.stamp == found.stamp:
                records.append(record)
            else:
                self._pending[path] = found
        return records

    def _take(self, batch: Iterable[Done]) -> None:
        """Keep and show what was read of some logs."""
        self._tree.put(self._keep(batch))

    def _keep(self, batch: Iterable[Done]) -> list[LogRecord]:
        """Store what was read of some logs; returns the records to show."""
        read = []
        for done in batch:
            found = self._pending.pop(done.path, None)
            if found is None:
                continue  # it grew while it was read, and is being followed
            if done.record is None:
                self._unreadable[done.path] = done.error
            else:
                self._unreadable.pop(done.path, None)
                read.append((done.record, done.costs))
        return list(self.index.store(read, self._scan_version).values())

    def _live_log(self, path: str) -> LiveLog:
        if path not in self._live_logs:
            self._live_logs[path] = LiveLog(self._found[path].file, self._pricer)
        return self._live_logs[path]

    def _follow(self, path: str) -> list[LogRecord]:
        """The new record of a log that may have grown; none if it has not."""
        found = self._found[path]
        live = self._live_log(path)
        try:
            live.refresh()
        except FileNotFoundError:
            self._forget(path)
            return []
        except OSError as error:
            self._unreadable[path] = error.strerror or str(error)
            return []
        self._unreadable.pop(path, None)
        old = self._tree.records.get(path)
        if live.stamp is None or (old is not None and old.stamp == live.stamp):
            return []
        record, _ = record_of(live, found)
        if old is not None:
            record = record.with_shared(old.shared_usage, old.shared_cost)
        self._found[path] = FoundLog(found.file, record.stamp)
        self._pending.pop(path, None)
        self._unsaved.add(path)
        return [record.without_requests()]

    def _forget(self, path: str) -> None:
        for known in (self._found, self._pending, self._live_logs, self._unreadable):
            known.pop(path, None)
        self._tree.drop(path)
        self._tree.put(self.index.forget([path]).values())

    def _read_side_files(self) -> None:
        titles: dict[str, str] = {}
        states: dict[str, LiveState] = {}
        for home in self.homes:
            provider = load_provider(home.provider)
            titles.update(provider.titles(home.path))
            for session_id, state in provider.live_states(home.path).items():
                if state.pid is None or _is_running(state.pid):
                    states[f"{home.provider}:{session_id}"] = state
        self._tree.set_surroundings(titles, states)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
