"""Which sessions the list shows, and in which order: filter, sort, hidden ones, the tree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.config.schema import SessionSort
from aimux_tui.model.session import Session, Status
from aimux_tui.tui.filtering import session_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aimux_tui.tui.filtering import SessionFilter
    from aimux_tui.tui.review import Review

_BUSY = timedelta(minutes=1)
"""A session that wrote something within this time is at work."""
_OLDEST = datetime.min.replace(tzinfo=UTC)

_SORT_KEYS: Mapping[SessionSort, Callable[[Session], Any]] = {
    SessionSort.STARTED: lambda session: session.started or _OLDEST,
    SessionSort.COST: lambda session: session.total_cost.usd,
    SessionSort.TURNS: lambda session: session.turns,
}


class SessionRow(Struct, frozen=True, eq=False):
    """A visible row of the list. Known by its identity, since one is made for every change."""

    session: Session
    depth: int = 0
    """0 for a session, 1 for its sub-agent, and so on."""
    is_open: bool = False
    """Its sub-agents stand below it."""

    @property
    def can_fold(self) -> bool:
        """Whether it has sub-agents to show or hide."""
        return bool(self.session.children)


class SessionRows:
    """The rows of the list; `arrange` again whenever something changed."""

    def __init__(
        self, sort: SessionSort = SessionSort.UPDATED, *, show_hidden: bool = False
    ) -> None:
        self.sort = sort
        self.show_hidden = show_hidden
        self.query = ""
        """In the filter language; empty: everything is shown."""
        self.reviews: Mapping[str, Review] = {}
        """What is said of the sessions, by their keys."""
        self.unfolded: set[str] = set()
        """Keys of the sessions whose sub-agents are shown."""
        self.rows: list[SessionRow] = []
        self.listed = 0
        """Sessions that would be shown without a filter (sub-agents not counted)."""
        self.shown = 0
        """Sessions that are shown (sub-agents not counted)."""
        self.hidden = 0
        """Hidden sessions that are not shown (sub-agents not counted)."""
        self._known: dict[str, SessionRow] = {}
        """The rows of before, so that those of unchanged sessions need not be made again."""

    def arrange(
        self, sessions: Sequence[Session], by_key: Mapping[str, Session], now: datetime
    ) -> None:
        """Make the rows of `sessions` (newest first; `by_key` has the same by their keys)."""
        wanted = session_filter(self.query, self.reviews, now) if self.query.strip() else None
        show_hidden = self.show_hidden
        # Most have no parent, which is quicker to see than that theirs is not known.
        every = [one for one in sessions if not one.parent_key or one.parent_key not in by_key]
        top = every if show_hidden else [one for one in every if not one.hidden_reason]
        self.listed = len(top)
        self.hidden = len(every) - len(top)
        self._known = {row.session.key: row for row in self.rows}
        self.rows = []
        self.shown = 0
        for session in self._sorted(top, now):
            if wanted is None and not session.children:
                self.rows.append(self._row(session, 0, is_open=False))
                self.shown += 1
                continue
            before = len(self.rows)
            self._add(session, 0, by_key, wanted)
            self.shown += len(self.rows) > before
        self._known = {}

    def set_query(self, query: str, now: datetime) -> None:
        """Filter by something else from the next `arrange` on. Raises QueryError."""
        session_filter(query, self.reviews, now)
        self.query = query

    def next_sort(self) -> SessionSort:
        """Sort by the next thing that one can sort by."""
        every = list(SessionSort)
        self.sort = every[(every.index(self.sort) + 1) % len(every)]
        return self.sort

    def reveal(self, key: str, by_key: Mapping[str, Session]) -> None:
        """Unfold what is above a session."""
        session = by_key.get(key)
        while session is not None and (session := by_key.get(session.parent_key)) is not None:
            self.unfolded.add(session.key)

    def _sorted(self, sessions: list[Session], now: datetime) -> list[Session]:
        if self.sort is SessionSort.UPDATED:
            # Sessions at work would change places with every line that they write.
            since = now - _BUSY
            at_work = [
                session
                for session in sessions
                if session.status is Status.ACTIVE or (session.updated or _OLDEST) >= since
            ]
            at_work.sort(
                key=lambda session: (session.started or _OLDEST, session.key), reverse=True
            )
            keys = {session.key for session in at_work}
            return at_work + [session for session in sessions if session.key not in keys]
        if self.sort is SessionSort.PROJECT:
            return sorted(sessions, key=lambda session: session.project.casefold())
        # Stable: equals stay in the order of the library, newest first.
        return sorted(sessions, key=_SORT_KEYS[self.sort], reverse=True)

    def _add(
        self,
        session: Session,
        depth: int,
        by_key: Mapping[str, Session],
        wanted: SessionFilter | None,
    ) -> None:
        """Append the row of a session and those of its sub-agents that are to be seen."""
        children = [by_key[key] for key in session.children if key in by_key]
        if not self.show_hidden:
            children = [child for child in children if not child.hidden_reason]
        index = len(self.rows)
        is_match = wanted is None or wanted(session)
        is_open = bool(children) and session.key in self.unfolded
        self.rows.append(self._row(session, depth, is_open=is_open))
        if is_open and is_match:
            # Those who look below a match want to see all of it.
            wanted = None
        if is_open or not is_match:
            for child in children:
                self._add(child, depth + 1, by_key, wanted)
        if len(self.rows) > index + 1:
            self.rows[index] = self._row(session, depth, is_open=True)
        elif not is_match:
            del self.rows[index]

    def _row(self, session: Session, depth: int, *, is_open: bool) -> SessionRow:
        row = self._known.get(session.key)
        if (
            row is None
            or row.session is not session
            or (row.depth, row.is_open) != (depth, is_open)
        ):
            return SessionRow(session, depth, is_open)
        return row
