"""Every session on this machine, kept current."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.errors import SessionError
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import find_logs, look_again
from aimux_tui.store.forking import read_all
from aimux_tui.store.log_shelf import LogShelf
from aimux_tui.store.session_tree import OLDEST, SessionTree
from aimux_tui.store.trace import Trace
from aimux_tui.store.unlisted import Unlisted
from aimux_tui.store.worker import read_log
from aimux_tui.store.workers import read_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from aimux_tui.model.session import LiveState, Session
    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.sources.discovery import FoundLog, Home
    from aimux_tui.store.index import Index
    from aimux_tui.store.record import LogRecord

_AT_REST = 60 * 10**9
"""Nanoseconds without a write after which a log is worth writing to the index."""


class Place(Struct, frozen=True):
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
        self.index = index
        self._given = logs
        self.pricer = pricer
        self._shelf = LogShelf(index, pricer)
        self._tree = SessionTree(pricer)
        self._unlisted = Unlisted()
        self._lock = threading.RLock()

    @property
    def version(self) -> int:
        """Grows with every change of the sessions."""
        return self._tree.version

    @property
    def progress(self) -> tuple[int, int]:
        """(logs whose numbers are known, logs in all)."""
        total = len(self._shelf.found)
        return total - len(self._shelf.pending), total

    @property
    def is_listed(self) -> bool:
        """Whether every log is in the list, be it without its numbers."""
        return not self._unlisted

    @property
    def index_trouble(self) -> str:
        """Why the index cannot be used, or had to be made anew; "" if all is well."""
        return self.index.trouble

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Logs that could not be opened: path → why."""
        return dict(self._shelf.unreadable)

    @property
    def prices_from(self) -> str:
        """The date of the price table."""
        return str(self.pricer.as_of)

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
            for found in self._shelf.found.values():
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
        """Show the newest that the index knows, and the newest of the other logs by head and tail.

        Blocks. `scan_pending` lists the rest, then reads the numbers of all.
        """
        with self._lock:
            records = self._shelf.take(self._find())
            self._read_side_files()
            self._unlisted = Unlisted(records, self._shelf.pending.values())
            self._tree.put(self._list_some())

    def load_fully(self) -> None:
        """Read every log with all its numbers. Blocks; for commands, not below a screen."""
        with self._lock:
            records = self._shelf.take(self._find())
            pending = list(self._shelf.pending.values())
            self._read_side_files()
            self._tree.put(records + self._shelf.keep(read_all(pending, self.pricer)))

    def list_rest(self, should_stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """List what `load` left out, newest first; a step for every few. Blocks."""
        while not (self.is_listed or should_stop()):
            with self._lock:
                self._tree.put(self._list_some())
            yield

    def scan_pending(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Read what the index lacks, newest first; a step whenever some logs are done. Blocks.

        Large amounts are read by other processes.
        """
        yield from self.list_rest(should_stop)
        if self._given is not None and len(self._given) == 1:
            yield from self._scan_opened(self._given[0].file.path, should_stop)
            return
        pending = sorted(self._shelf.pending.values(), key=lambda found: -found.stamp.mtime_ns)
        for batch in read_logs(pending, self.pricer, should_stop):
            with self._lock:
                self._tree.put(self._shelf.keep(batch))
            yield
        # A process that was ended from outside leaves some unread: they are read here.
        for found in list(self._shelf.pending.values()):
            if should_stop():
                return
            with self._lock:
                self._tree.put(self._shelf.keep([read_log(found, self.pricer)]))
            yield

    def _list_some(self) -> list[LogRecord]:
        # What was followed or went away meanwhile is known better.
        listed, found = self._tree.records, self._shelf.found
        known = [
            record
            for record in self._unlisted.take_records()
            if (path := record.file.path) in found and path not in listed
        ]
        return known + self._shelf.read_shallow(self._unlisted.take_pending())

    def _scan_opened(self, path: str, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Read the only log together with its trace, which somebody is about to look at."""
        if path in self._shelf.pending:
            with contextlib.suppress(OSError):
                self._shelf.live_log(path).refresh(should_stop=should_stop)
            if not should_stop():
                self.refresh([path])
                yield

    def refresh(self, paths: Iterable[str]) -> bool:
        """Take in files that changed, appeared or went away. True if a session changed. Blocks."""
        with self._lock:
            before = self.version
            shelf = self._shelf
            wanted = list(paths)
            changed = [path for path in wanted if path in shelf.found]
            if len(changed) < len(wanted):
                for found in self._find():
                    if found.file.path not in shelf.found:
                        shelf.found[found.file.path] = found
                        changed.append(found.file.path)
                self._read_side_files()
                self._tree.refresh_restless()
            records = []
            for path in changed:
                try:
                    record = shelf.follow(path, self._tree.records)
                except FileNotFoundError:
                    self._tree.drop(path)
                    records.extend(shelf.forget(path))
                else:
                    records.extend([record] if record else [])
            self._tree.put(records)
            return self.version != before

    def resync(self) -> bool:
        """Compare every log with the file system, for what no event told. Blocks."""
        with self._lock:
            known = self._shelf.found
            current = {found.file.path: found for found in self._find()}
            changed = {
                path
                for path, found in current.items()
                if path not in known or known[path].stamp != found.stamp
            }
            return self.refresh(changed | (known.keys() - current.keys()))

    def tick(self) -> bool:
        """Re-evaluate what depends on time and on live states. True if a session changed."""
        with self._lock:
            before = self.version
            self._read_side_files()
            self._tree.refresh_restless()
            return self.version != before

    def save(self, *, is_last: bool = True) -> None:
        """Write to the index what was read since the last save. Blocks.

        Unless it is the last time, logs that are still being written wait: all of a log is written
        each time, and what is not in the index costs no more than reading it again.
        """
        with self._lock:
            self._tree.put(self._shelf.save(time.time_ns() - (0 if is_last else _AT_REST)))

    def open(self, key: str, *, is_kept: bool = True) -> Trace:
        """The turns of a session, live. Raises SessionError if there is no such session.

        Unless it is to be kept, what was read of the log goes with the trace: so many sessions can
        be gone through one by one.
        """
        with self._lock:
            path = self._tree.main_path(key)
            if path is None:
                raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
            return Trace(key, self._shelf.live_log(path, is_kept=is_kept), self.children_by_call)

    @contextlib.contextmanager
    def saved(self) -> Iterator[Index]:
        """The index with everything in it that was read. Nothing changes meanwhile. Blocks."""
        with self._lock:
            self.save()
            yield self.index

    def children_by_call(self, key: str) -> dict[str, str]:
        """Tool call id → key of the sub-agent's session that it spawned, for a session."""
        session = self.get(key)
        children = [self.get(child) for child in session.children] if session else []
        return {child.parent_tool_call_id: child.key for child in children if child}

    def _find(self) -> Iterator[FoundLog]:
        return find_logs(self.homes) if self._given is None else look_again(self._given)

    def _read_side_files(self) -> None:
        titles: dict[str, str] = {}
        states: dict[str, LiveState] = {}
        # What an archive knows may be out of date.
        for home in sorted(self.homes, key=lambda home: home.original is None):
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
