"""The sessions that a set of log records makes, each built after its sub-agents."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aimux_tui.store.assembly import build_session, main_record, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.session import LiveState, Session
    from aimux_tui.model.usage import Pricer
    from aimux_tui.store.record import LogRecord

_RESTLESS = timedelta(hours=5)
"""Sessions written within this time may change their status by the mere passing of time."""
OLDEST = datetime.min.replace(tzinfo=UTC)


class SessionTree:
    """Log records in, sessions out. Not safe between threads: the library locks around it."""

    def __init__(self, pricer: Pricer) -> None:
        self.version = 0
        """Grows with every change of a session."""
        self.sessions: dict[str, Session] = {}
        self.records: dict[str, LogRecord] = {}
        """By path of the log file."""
        self._pricer = pricer
        self._main: dict[str, LogRecord] = {}
        """By session: the record that tells its story."""
        self._paths_of: dict[str, set[str]] = defaultdict(set)
        self._children_of: dict[str, set[str]] = defaultdict(set)
        self._side_titles: dict[str, str] = {}
        self._foreign_titles: dict[str, str] = {}
        self._live_states: dict[str, LiveState] = {}

    def put(self, records: Iterable[LogRecord]) -> None:
        """Take in new or newer records, and build the sessions that they touch."""
        touched: dict[str, None] = {}
        for record in records:
            path, summary = record.file.path, record.summary
            old = self.records.get(path)
            if old is not None and old.summary.key != summary.key:
                self._paths_of[old.summary.key].discard(path)
                self._choose_main(old.summary.key)
                touched[old.summary.key] = None
            self.records[path] = record
            self._paths_of[summary.key].add(path)
            self._choose_main(summary.key)
            touched[summary.key] = None
            if summary.titles_for_others:
                self._foreign_titles.update(summary.titles_for_others)
        self._rebuild(touched)

    def drop(self, path: str) -> None:
        """Forget the record of a file that is gone."""
        record = self.records.pop(path, None)
        if record is not None:
            key = record.summary.key
            self._paths_of[key].discard(path)
            self._choose_main(key)
            self._rebuild([key])

    def set_surroundings(
        self, titles: Mapping[str, str], live_states: Mapping[str, LiveState]
    ) -> None:
        """Take in side titles (session id → title) and live states (session key → state)."""
        self._side_titles = dict(titles)
        self._live_states = dict(live_states)

    def refresh_restless(self) -> None:
        """Build again the sessions whose status may have changed by the passing of time."""
        now = datetime.now(UTC)
        for key, session in list(self.sessions.items()):
            is_recent = session.updated is not None and now - session.updated < _RESTLESS
            if is_recent or key in self._live_states:
                self._build(key, now)

    def main_path(self, key: str) -> str | None:
        """The log file that tells the story of a session."""
        record = self._main.get(key)
        return record.file.path if record else None

    def _choose_main(self, key: str) -> None:
        if paths := self._paths_of[key]:
            self._main[key] = main_record([self.records[path] for path in paths])
        else:
            self._main.pop(key, None)

    def _summary_of(self, key: str) -> LogSummary | None:
        record = self._main.get(key)
        return record.summary if record else None

    def _relate(self, key: str) -> None:
        """Set whose child a session is."""
        session = self.sessions.get(key)
        summary = self._summary_of(key)
        parent = summary.parent_key if summary else ""
        if session is not None and session.parent_key != parent:
            self._children_of[session.parent_key].discard(key)
        if summary is None:
            self._children_of[session.parent_key if session else ""].discard(key)
            self.sessions.pop(key, None)
            self.version += 1
        elif parent and not self._is_above(key, parent):
            self._children_of[parent].add(key)

    def _is_above(self, key: str, start: str) -> bool:
        """Whether `key` is `start` or one of its ancestors: broken logs can name each other."""
        seen: set[str] = set()
        while start and start not in seen:
            if start == key:
                return True
            seen.add(start)
            summary = self._summary_of(start)
            start = summary.parent_key if summary else ""
        return False

    def _rebuild(self, keys: Iterable[str]) -> None:
        """Build sessions again and everything above them, each once, children first."""
        keys = list(keys)
        starts = dict.fromkeys(keys)
        for key in keys:
            session = self.sessions.get(key)
            if session is not None:
                starts[session.parent_key] = None
            self._relate(key)
        stale: dict[str, None] = {}
        for start in starts:
            key = start
            while key and key not in stale:
                stale[key] = None
                summary = self._summary_of(key)
                key = summary.parent_key if summary else ""
        now = datetime.now(UTC)
        for key in list(stale):
            if key in stale:
                self._build_stale(key, stale, now)

    def _build_stale(self, key: str, stale: dict[str, None], now: datetime) -> None:
        del stale[key]
        for child in list(self._children_of.get(key, ())):
            if child in stale:
                self._build_stale(child, stale, now)
        self._build(key, now)
        # A child is linked to a call of its parent, which may have been read only now.
        for child in self._children_of.get(key, ()):
            session = self.sessions.get(child)
            if session is not None and not session.parent_tool_call_id:
                self._build(child, now)

    def _build(self, key: str, now: datetime) -> None:
        record = self._main.get(key)
        if record is None:
            return
        summary, path = record.summary, record.file.path
        children = [
            child for name in self._children_of.get(key, ()) if (child := self.sessions.get(name))
        ]
        children.sort(key=lambda child: (child.started or OLDEST, child.key))
        session = build_session(
            record,
            sorted(other for other in self._paths_of[key] if other != path),
            children,
            self._summary_of(summary.parent_key) if summary.parent_key else None,
            title=title_of(summary, self._side_titles, self._foreign_titles),
            live=self._live_states.get(key),
            pricer=self._pricer,
            now=now,
        )
        if self.sessions.get(key) != session:
            self.sessions[key] = session
            self.version += 1
