"""Which session is open, and the feed that follows it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aimux_tui.tui.entry import newest_in
from aimux_tui.tui.selection import Selection, Visit
from aimux_tui.tui.trace_feed import TraceFeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.model.session import Session
    from aimux_tui.tui.feeds import Snapshot
    from aimux_tui.tui.ports import LibraryPort


class Reader:
    """Opens one session at a time and keeps the way back."""

    def __init__(
        self, library: LibraryPort, on_change: Callable[[str], None], *, follows: bool
    ) -> None:
        self.selection = Selection()
        self.feed: TraceFeed | None = None
        self.followed_folder = ""
        """The newest session of this folder is opened as soon as there is one; "" for none."""
        self._followed = ""
        """Key of the session that was opened because it is that folder's newest."""
        self._library = library
        self._on_change = on_change
        self._follows = follows
        self._opening: set[asyncio.Task[None]] = set()

    @property
    def key(self) -> str:
        """Key of the open session; "" when none is open."""
        return self.selection.key

    def open(self, session: Session, *, is_following: bool | None = None) -> Visit:
        """Open a session at its newest turn, and stay there as it grows."""
        if is_following is None:
            is_following = self._follows
        visit = self.selection.open(session.key)
        visit.is_following = is_following
        self._start(session.key)
        return visit

    def follow(self, session: Session) -> Visit:
        """Open the newest session of the followed folder."""
        self._followed = session.key
        return self.open(session, is_following=True)

    def enter(self, session: Session) -> Visit:
        """Open the sub-agent of the open session."""
        visit = self.selection.enter(session.key)
        self._start(session.key)
        return visit

    def back(self) -> Visit | None:
        """Go back to the session above; None if there is none."""
        visit = self.selection.back()
        if visit is not None:
            self._start(visit.key)
        return visit

    def close(self) -> None:
        """Stop following."""
        if self.feed is not None:
            self.feed.close()
            self.feed = None

    def paths_changed(self, paths: frozenset[str]) -> None:
        """Files changed; an empty set says that any may have."""
        if self.feed is not None and (not paths or self.feed.is_about(paths)):
            self.feed.refresh()

    def trail(self, snapshot: Snapshot) -> list[Session]:
        """The sessions from the outermost to the open one, as far as they are known."""
        return [
            session
            for visit in self.selection.trail
            if (session := snapshot.by_key.get(visit.key)) is not None
        ]

    def wanted(self, snapshot: Snapshot) -> Session | None:
        """The session that should be open instead, since it is the followed folder's newest."""
        if not self.followed_folder:
            return None
        newest = newest_in(snapshot.sessions, self.followed_folder)
        current = snapshot.by_key.get(self._followed)
        if newest is None or current is None:
            return newest
        if current.started is None or newest.started is None:
            return None
        # Of two agents at work in one folder, the one that was begun last stays on the screen.
        return newest if newest.started > current.started else None

    def _start(self, key: str) -> None:
        self.close()
        self.feed = TraceFeed(self._library, key, self._on_change)
        task = asyncio.create_task(self.feed.open())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
