"""Every session on this machine, kept current."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.errors import SessionError
from aimux_tui.providers.registry import load_provider, load_providers
from aimux_tui.sources.discovery import FoundLog, find_logs
from aimux_tui.store.assembly import build_session, main_record, title_of
from aimux_tui.store.live_log import LiveLog
from aimux_tui.store.scanning import read_fully, read_shallow, record_of
from aimux_tui.store.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from aimux_tui.model.session import LiveState, Session
    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.sources.discovery import Home
    from aimux_tui.store.index import Index
    from aimux_tui.store.record import LogRecord

_RESTLESS = timedelta(hours=5)
"""Sessions written within this time may change their status by the mere passing of time."""
_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where aimux looked for logs."""

    provider: str
    path: Path
    exists: bool
    logs: int


class Library:
    """The sessions of all homes. Reads are safe from any thread; blocking methods say so."""

    def __init__(self, homes: Sequence[Home], index: Index, pricer: PriceTable) -> None:
        self.homes = homes
        self.index = index
        self.version = 0
        """Grows with every change of the sessions."""
        self._pricer = pricer
        self._scan_version = ",".join(
            [f"{provider.name}{provider.version}" for provider in load_providers()]
            + [pricer.fingerprint]
        )
        self._found: dict[str, FoundLog] = {}
        self._records: dict[str, LogRecord] = {}
        self._pending: dict[str, FoundLog] = {}
        self._live_logs: dict[str, LiveLog] = {}
        self._unsaved: set[str] = set()
        self._unreadable: dict[str, str] = {}
        self._paths_of: dict[str, set[str]] = defaultdict(set)
        self._children_of: dict[str, set[str]] = defaultdict(set)
        self._sessions: dict[str, Session] = {}
        self._side_titles: dict[str, str] = {}
        self._foreign_titles: dict[str, str] = {}
        self._live_states: dict[str, LiveState] = {}
        self._lock = threading.RLock()

    # Reading

    def sessions(self) -> tuple[Session, ...]:
        """All sessions, newest first; sub-agents and hidden ones included."""
        with self._lock:
            return tuple(
                sorted(
                    self._sessions.values(),
                    key=lambda session: (session.updated or _OLDEST, session.key),
                    reverse=True,
                )
            )

    def get(self, key: str) -> Session | None:
        """The session with this key."""
        return self._sessions.get(key)

    def places(self) -> tuple[Place, ...]:
        """Where it looked, and how many logs it found there."""
        return tuple(
            Place(
                home.provider,
                home.path,
                home.path.is_dir(),
                sum(
                    1
                    for found in list(self._found.values())
                    if found.file.provider == home.provider and found.file.root == str(home.path)
                ),
            )
            for home in self.homes
        )

    @property
    def progress(self) -> tuple[int, int]:
        """(logs whose numbers are known, logs in all)."""
        return len(self._found) - len(self._pending), len(self._found)

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Logs that could not be opened: path → why."""
        return dict(self._unreadable)

    def records(self) -> tuple[LogRecord, ...]:
        """What is known of each log file."""
        with self._lock:
            return tuple(self._records.values())

    # Keeping current (blocking: call them in a worker)

    def load(self) -> None:
        """Find every log and show it, from the index where that is current, else shallowly."""
        with self._lock:
            known = self.index.load(self._scan_version)
            self._found = {found.file.path: found for found in find_logs(self.homes)}
            self._pending = {}
            for path, found in self._found.items():
                record = known.get(path)
                if record is not None and record.stamp == found.stamp:
                    self._records[path] = record
                else:
                    self._pending[path] = found
                    self._read_shallow(found)
            self._read_side_files()
            self._rebuild_all()

    def load_fully(self) -> None:
        """Find and read every log; nothing is pending afterwards."""
        self.load_found(find_logs(self.homes))

    def load_found(self, logs: Iterable[FoundLog]) -> None:
        """Read these logs and no others, fully."""
        with self._lock:
            known = self.index.load(self._scan_version)
            self._found = {found.file.path: found for found in logs}
            self._pending = {}
            for path, found in self._found.items():
                record = known.get(path)
                if record is not None and record.stamp == found.stamp:
                    self._records[path] = record
                else:
                    self._pending[path] = found
            self._read_side_files()
            for _ in self.scan_pending(lambda: False):
                pass
            self._rebuild_all()

    def scan_pending(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Read what the index lacks, newest first; a step each time that sessions have changed."""
        while self._pending and not should_stop():
            newest = max(self._pending.values(), key=lambda found: found.stamp.mtime_ns)
            self._pending.pop(newest.file.path, None)
            self._read_fully([newest])
            yield

    def refresh(self, paths: Iterable[str]) -> bool:
        """Take in files that changed, appeared or went away. True if a session changed."""
        with self._lock:
            before = self.version
            unknown: set[str] = set()
            for path in paths:
                if path in self._found:
                    self._follow(path)
                else:
                    unknown.add(path)
            if unknown:
                self._find_new()
                self._read_side_files()
                self._rebuild_restless()
            return self.version != before

    def resync(self) -> bool:
        """Compare every log with the file system, for what no event told. True if one changed."""
        with self._lock:
            current = {found.file.path: found for found in find_logs(self.homes)}
            changed = {
                path
                for path, found in current.items()
                if path not in self._found or self._found[path].stamp != found.stamp
            }
            return self.refresh(changed | (self._found.keys() - current.keys()))

    def tick(self) -> bool:
        """Re-evaluate what depends on time. True if a session changed."""
        with self._lock:
            before = self.version
            self._read_side_files()
            self._rebuild_restless()
            return self.version != before

    def save(self) -> None:
        """Write to the index what was read since the last save."""
        with self._lock:
            logs = []
            for path in self._unsaved:
                live = self._live_logs.get(path)
                if live is not None and path in self._found:
                    logs.append(record_of(live, self._found[path]))
            self._unsaved.clear()
            if logs:
                self._take(self.index.store(logs, self._scan_version))

    def open(self, key: str) -> Trace:
        """The turns of a session, live. Raises SessionError if there is no such session."""
        with self._lock:
            paths = self._paths_of.get(key)
            if not paths:
                raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
            path = main_record([self._records[path] for path in paths]).file.path
            return Trace(key, self._live_log(path), self.children_by_call)

    def children_by_call(self, key: str) -> dict[str, str]:
        """Tool call id → key of the sub-agent's session that it spawned, for a session."""
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return {}
            children = [self._sessions[child] for child in session.children]
            return {child.parent_tool_call_id: child.key for child in children}

    # Inside

    def _live_log(self, path: str) -> LiveLog:
        if path not in self._live_logs:
            self._live_logs[path] = LiveLog(self._found[path].file, self._pricer)
        return self._live_logs[path]

    def _read_shallow(self, found: FoundLog) -> None:
        try:
            self._set_record(read_shallow(found))
        except OSError as error:
            self._unreadable[found.file.path] = error.strerror or str(error)

    def _read_fully(self, logs: Sequence[FoundLog]) -> None:
        read = []
        for found in logs:
            try:
                read.append(read_fully(found, self._pricer))
                self._unreadable.pop(found.file.path, None)
            except OSError as error:
                self._unreadable[found.file.path] = error.strerror or str(error)
        with self._lock:
            self._take(self.index.store(read, self._scan_version))

    def _follow(self, path: str) -> None:
        found = self._found[path]
        live = self._live_log(path)
        try:
            if not live.refresh():
                return
            self._unreadable.pop(path, None)
        except FileNotFoundError:
            self._drop(path)
            return
        except OSError as error:
            self._unreadable[path] = error.strerror or str(error)
            return
        record, _ = record_of(live, found)
        old = self._records.get(path)
        if old is not None:
            record = record.with_shared(old.shared_usage, old.shared_cost)
        self._found[path] = FoundLog(found.file, record.stamp)
        self._pending.pop(path, None)
        self._unsaved.add(path)
        self._take({path: record.without_requests()})

    def _find_new(self) -> None:
        for found in find_logs(self.homes):
            if found.file.path not in self._found:
                self._found[found.file.path] = found
                self._follow(found.file.path)

    def _drop(self, path: str) -> None:
        self._found.pop(path, None)
        self._pending.pop(path, None)
        self._live_logs.pop(path, None)
        record = self._records.pop(path, None)
        if record is not None:
            self.index.forget([path])
            self._paths_of[record.summary.key].discard(path)
            self._rebuild(record.summary.key)

    def _take(self, records: Mapping[str, LogRecord]) -> None:
        for record in records.values():
            self._set_record(record)
        for key in {record.summary.key for record in records.values()}:
            self._rebuild(key)

    def _set_record(self, record: LogRecord) -> None:
        path, summary = record.file.path, record.summary
        old = self._records.get(path)
        if old is not None and old.summary.key != summary.key:
            self._paths_of[old.summary.key].discard(path)
            self._rebuild(old.summary.key)
        self._records[path] = record
        self._paths_of[summary.key].add(path)
        if summary.titles_for_others:
            self._foreign_titles.update(summary.titles_for_others)

    def _read_side_files(self) -> None:
        states: dict[str, LiveState] = {}
        for home in self.homes:
            provider = load_provider(home.provider)
            self._side_titles.update(provider.titles(home.path))
            for session_id, state in provider.live_states(home.path).items():
                if state.pid is None or _is_running(state.pid):
                    states[f"{home.provider}:{session_id}"] = state
        self._live_states = states

    def _rebuild_all(self) -> None:
        for path, record in self._records.items():
            self._paths_of[record.summary.key].add(path)
        self._sessions.clear()
        children: dict[str, list[str]] = defaultdict(list)
        for key, paths in self._paths_of.items():
            if paths:
                summary = main_record([self._records[path] for path in paths]).summary
                if summary.parent_key in self._paths_of:
                    children[summary.parent_key].append(key)
        self._children_of = defaultdict(set, {key: set(keys) for key, keys in children.items()})
        done: set[str] = set()
        for key in list(self._paths_of):
            self._build_below(key, done)
        self.version += 1

    def _build_below(self, key: str, done: set[str]) -> None:
        """Build a session after its children; a log that names itself its parent is cut loose."""
        if key in done:
            return
        done.add(key)
        for child in sorted(self._children_of.get(key, ())):
            self._build_below(child, done)
        self._build(key)

    def _rebuild(self, key: str) -> None:
        """Build a session anew, and everything above it."""
        now_gone = not self._paths_of.get(key)
        session = self._sessions.get(key)
        old_parent = session.parent_key if session else ""
        if now_gone:
            self._sessions.pop(key, None)
            self._children_of[old_parent].discard(key)
        else:
            self._build(key)
            parent = self._sessions[key].parent_key
            if parent != old_parent:
                self._children_of[old_parent].discard(key)
            if parent:
                self._children_of[parent].add(key)
        self.version += 1
        above = old_parent if now_gone else self._sessions[key].parent_key
        seen = {key}
        while above and above not in seen and self._paths_of.get(above):
            seen.add(above)
            self._build(above)
            above = self._sessions[above].parent_key

    def _rebuild_restless(self) -> None:
        now = datetime.now(UTC)
        for key, session in list(self._sessions.items()):
            is_recent = session.updated is not None and now - session.updated < _RESTLESS
            if is_recent or key in self._live_states:
                self._build(key)
                if self._sessions[key] != session:
                    self.version += 1

    def _build(self, key: str) -> None:
        paths = self._paths_of.get(key)
        if not paths:
            return
        records = [self._records[path] for path in paths]
        summary = main_record(records).summary
        parent_paths = self._paths_of.get(summary.parent_key)
        parent = (
            main_record([self._records[path] for path in parent_paths]).summary
            if parent_paths
            else None
        )
        children = [
            child for name in self._children_of.get(key, ()) if (child := self._sessions.get(name))
        ]
        children.sort(key=lambda child: (child.started or _OLDEST, child.key))
        self._sessions[key] = build_session(
            records,
            children,
            parent,
            title=title_of(summary, self._side_titles, self._foreign_titles),
            live=self._live_states.get(key),
            pricer=self._pricer,
            now=datetime.now(UTC),
        )


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
