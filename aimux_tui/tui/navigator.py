"""Brings together what is open, what is selected and what the panes show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from aimux_tui.errors import CommandError, SessionError
from aimux_tui.tui.entry import find_session
from aimux_tui.tui.reader import Reader
from aimux_tui.tui.views.subject import Subject, subject_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.model.session import Session
    from aimux_tui.tui.feeds import Snapshot
    from aimux_tui.tui.format.lines import Line
    from aimux_tui.tui.panes.detail import DetailPane
    from aimux_tui.tui.panes.sessions import SessionsPane
    from aimux_tui.tui.panes.trace import TracePane
    from aimux_tui.tui.selection import Visit
    from aimux_tui.tui.setup import Setup

PREVIEW_LIMIT = 256 << 20
"""Bytes of a log up to which resting the cursor on its session is enough to open it."""


class Navigator:
    """Opens sessions and shows what is selected. `go_to` gives the focus to a pane."""

    def __init__(
        self,
        setup: Setup,
        panes: tuple[SessionsPane, TracePane, DetailPane],
        *,
        on_trace_change: Callable[[str], None],
        go_to: Callable[[Pane], None],
        tell: Callable[[str], None],
    ) -> None:
        self.reader = Reader(setup.feed.library, on_trace_change, follows=setup.settings.ui.follow)
        self.snapshot: Snapshot = setup.feed.snapshot
        self._sessions, self._trace, self._detail = panes
        self._settings = setup.settings
        self._go_to = go_to
        self._tell = tell
        self._target = setup.open_target
        self._is_waiting = False
        """There is no session in the followed folder yet, and the trace says so."""
        self.reader.followed_folder = self._trace.awaited = setup.follow_folder

    def library_changed(self, snapshot: Snapshot) -> None:
        """Take over another snapshot."""
        self.snapshot = snapshot
        self._sessions.show(snapshot)
        self._open_what_was_asked_for()
        self._trace.show_trail(self.reader.trail(snapshot))
        self._session_changed()

    def trace_changed(self) -> None:
        """Take over what the open session's feed has."""
        self._trace.update()
        self.show_selected()

    @property
    def open_session(self) -> Session | None:
        """The open session."""
        return self.snapshot.by_key.get(self.reader.key)

    def selected(self, pane: Pane) -> Subject | None:
        """What is selected, seen from a pane."""
        if pane is Pane.DETAIL and self._detail.subject is not None:
            return self._detail.subject
        if pane is Pane.SESSIONS:
            session = self._sessions.current
            return None if session is None else Subject(session)
        return self._under_cursor()

    def show_selected(self) -> None:
        """Let the detail pane show what is under the cursor of the trace."""
        subject = self._under_cursor()
        feed = self.reader.feed
        if subject is not None and feed is not None:
            self._detail.show(subject, feed)

    # Opening.

    def preview(self, key: str) -> None:
        """Open a session beside the list, without leaving the list."""
        session = self.snapshot.by_key.get(key)
        if session is None or key == self.reader.key or session.size > PREVIEW_LIMIT:
            return
        self._show(self.reader.open(session))

    def choose(self, key: str) -> None:
        """Open a session and go there."""
        session = self.snapshot.by_key.get(key)
        if session is None:
            return
        self.reader.followed_folder = ""
        if key != self.reader.key:
            self._show(self.reader.open(session))
        self._go_to(Pane.TRACE)

    def choose_turn(self, key: str, turn_key: str) -> None:
        """Open a session at one of its turns, which stands open, and go there."""
        session = self.snapshot.by_key.get(key)
        if session is None:
            self._tell("the session is not in the list any more")
            return
        self._sessions.select(key)
        self.reader.followed_folder = ""
        self._trace.leave()
        visit = self.reader.open(session, is_following=not turn_key)
        visit.cursor = turn_key
        visit.expanded.add(turn_key)
        self._show(visit)
        self._go_to(Pane.TRACE)

    def enter_selected(self) -> None:
        """Go into the sub-agent under the cursor of the trace, else look at the part itself."""
        subject = self._under_cursor()
        if subject is None or not (subject.child_key and self.enter_child(subject.child_key)):
            self.show_selected()
            self._go_to(Pane.DETAIL)

    def enter_child(self, key: str) -> bool:
        """Open a sub-agent of the open session; False if it is not known."""
        session = self.snapshot.by_key.get(key)
        if session is None:
            self._tell("the sub-agent's log was not found")
            return False
        self._trace.leave()
        self._show(self.reader.enter(session))
        self._go_to(Pane.TRACE)
        return True

    def back(self) -> None:
        """From a sub-agent to the session that spawned it, from there to the list."""
        self._trace.leave()
        visit = self.reader.back()
        if visit is None:
            self._go_to(Pane.SESSIONS)
        else:
            self._show(visit)

    def _show(self, visit: Visit) -> None:
        assert self.reader.feed is not None
        self._trace.show(self.reader.feed, visit)
        self._trace.show_trail(self.reader.trail(self.snapshot))
        session = self.open_session
        if session is not None:
            self._detail.show(Subject(session), self.reader.feed)

    def _session_changed(self) -> None:
        """Let the detail show the session as it is now, if that is what it shows."""
        subject, session, feed = self._detail.subject, self.open_session, self.reader.feed
        if subject is None or session is None or feed is None:
            return
        if subject.session.key == session.key and subject.session is not session:
            self._detail.show(replace(subject, session=session), feed)

    def _open_what_was_asked_for(self) -> None:
        if not self.snapshot.is_loaded:
            return
        if self._target:
            try:
                self._open(find_session(self.snapshot.sessions, self._target))
            except SessionError as error:
                if not self.snapshot.is_listed:
                    return
                self._tell(error.message)
            self._target = ""
        elif (wanted := self.reader.wanted(self.snapshot)) is not None:
            self._show(self.reader.follow(wanted))
            self._sessions.select(wanted.key)
            self._go_to(Pane.TRACE)
        elif self.reader.followed_folder and not self._is_waiting:
            self._is_waiting = True
            self._go_to(Pane.TRACE)

    def _open(self, session: Session) -> None:
        self._sessions.select(session.key)
        self.choose(session.key)

    def _under_cursor(self) -> Subject | None:
        session, place = self.open_session, self._trace.list.cursor
        if session is None:
            return None
        if place is None:
            return Subject(session)
        turn = self._trace.items.turn_of(place.key)
        details = self._trace.items.opened.details(place.key)
        return subject_at(session, turn, details.turn, place.part)

    # Commands.

    def cmd_session_open(self, target: str) -> None:
        """Open a session by its id or its log's path."""
        try:
            self._open(find_session(self.snapshot.sessions, target))
        except SessionError as error:
            raise CommandError(error.message, error.hint) from error

    def cmd_session_diffs(self) -> None:
        """Show every edit of the open session."""
        session, feed = self.open_session, self.reader.feed
        if session is None or feed is None:
            raise CommandError("no session is open")
        self._detail.show(Subject(session, is_about_edits=True), feed)
        self._go_to(Pane.DETAIL)

    def why_not_session_diffs(self) -> str:
        """There must be edits."""
        session = self.open_session
        if session is None:
            return "no session is open"
        return "" if session.edits or session.is_partial else "this session edited nothing"

    def cmd_app_doctor(self) -> None:
        """Show where sessions were looked for and what was found."""
        from aimux_tui.tui.views.overview import doctor_lines

        self._show_page("doctor", list(doctor_lines(self.snapshot, self._trace.list.look)))

    def cmd_app_config(self) -> None:
        """Show the settings in force."""
        from aimux_tui.tui.views.overview import settings_lines

        lines = list(settings_lines(self._settings, self._trace.list.look))
        self._show_page("settings", lines)

    def _show_page(self, title: str, lines: Sequence[Line]) -> None:
        self._detail.show_lines(title, lines)
        self._go_to(Pane.DETAIL)

    def cmd_view_session(self) -> None:
        """Show everything that is known of the open session."""
        session, feed = self.open_session, self.reader.feed
        if session is None or feed is None:
            raise CommandError("no session is open")
        self._detail.show(Subject(session), feed)
        self._go_to(Pane.DETAIL)
