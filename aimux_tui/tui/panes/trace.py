"""The pane with the turns of the open session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from aimux_tui.commands.base import Pane
from aimux_tui.tui.format.labels import NOTE, WRITE
from aimux_tui.tui.panes.blank import Column
from aimux_tui.tui.panes.cursor_commands import CursorCommands
from aimux_tui.tui.panes.empty_states import no_rows
from aimux_tui.tui.panes.filter_line import FilterLine
from aimux_tui.tui.panes.pane_title import PaneTitle
from aimux_tui.tui.panes.trace_commands import FAILURES, TraceCommands
from aimux_tui.tui.panes.trace_title import ListState, format_place, format_session_line
from aimux_tui.tui.panes.turn_reading import TurnReading
from aimux_tui.tui.selection import Visit
from aimux_tui.tui.trace_feed import TraceFeed, TraceNews, TraceView
from aimux_tui.tui.trace_items import TraceItems
from aimux_tui.tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from aimux_tui.config.schema import Settings
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.tui.format.glyphs import Glyphs
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.widgets.virtual_list import VirtualList


class TracePane(CursorCommands, Column):
    """Shows what a `TraceFeed` brings; the cursor and what is open stay with their turns."""

    PANE = Pane.TRACE

    class Highlighted(Message):
        """The cursor came to a turn or to a part of it."""

        def __init__(self, key: str, part: str) -> None:
            super().__init__()
            self.key = key
            self.part = part

    class Chosen(Highlighted):
        """A part of a turn is to be looked at."""

    class Read(Message):
        """The steps of an open turn have been read."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class BackAsked(Message):
        """There is nothing more to close here."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        glyphs: Glyphs,
        review_of: Callable[[str], Review],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._review_of = review_of
        self.source_of: Callable[[Session], str] = lambda _: ""
        self.items = TraceItems(clock)
        self.items.time_mode = settings.ui.time
        self.list = PickList(self.items, can_follow=True, id="turn-list")
        self.feed: TraceFeed | None = None
        self.visit = Visit("")
        self.awaited = ""  # a folder whose next session is going to be opened
        self._sessions: Sequence[Session] = ()
        self._place, self._line = PaneTitle(glyphs, "Trace"), PaneTitle(glyphs)
        self.filter = FilterLine(self.list, self.set_query, self.items.known_values)
        self._unseen = 0
        self.reading = TurnReading(self)
        self.helpers = (TraceCommands(self),)

    def compose(self) -> ComposeResult:
        """Where we are, what it is, the turns, the filter."""
        yield self._place
        yield self._line
        yield self.list
        yield self.filter

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.list.draw_with(glyphs=self._glyphs)
        self._line.display = False
        self._explain()

    @property
    def mover(self) -> PickList:
        """The list."""
        return self.list

    @property
    def target(self) -> PickList:
        """What takes the focus."""
        return self.list

    @property
    def current(self) -> TurnSummary | None:
        """The turn under the cursor."""
        index = self.list.cursor_index
        return None if index is None else self.items.turn(index)

    # What is shown.

    def show(self, feed: TraceFeed, visit: Visit) -> None:
        """Show another session, as it was left."""
        self.feed, self.visit = feed, visit
        self.items.set_query("")
        self.filter.set_query("")
        self.items.put(TraceView(), TraceNews(0, is_reset=True))
        self.items.opened.restore(visit.expanded)
        self._unseen = 0
        self.reading.forget()
        self.items.set_review(self._review_of(feed.key))
        self._line.display = True
        self.list.show(self.items)
        self.list.follow(is_following=visit.is_following)
        self.update()

    def show_trail(self, sessions: Sequence[Session]) -> None:
        """Show what is known of the open session, the last of the trail of `sessions`."""
        self._sessions = sessions
        if self.items.take_status(sessions):
            self._watch_newest()
            self.colours_changed()
        self.show_titles()

    def update(self) -> None:
        """Take over what the feed has."""
        feed = self.feed
        if feed is None:
            return
        news, before = feed.take_news(), len(self.items.view.turns)
        self.items.put(feed.view, news)
        if news.is_reset or self.items.query or news.first_changed < before - 50:
            self.list.rebuild()
        else:
            turns, opened = feed.view.turns[news.first_changed : before], self.items.opened
            # One that is open is drawn when its steps have been read: one frame for both.
            changed = [turn.key for turn in turns if not opened.is_read(turn.key)]
            if len(feed.view.turns) > before:
                self.list.items_appended()
            if changed:
                self.list.changed(changed)
        if not before and len(self.items) and not self.list.is_following:
            self.list.move_to(self.visit.cursor)  # as it was left
        if before and not news.is_reset and not self.list.is_following:
            self._unseen += max(0, len(feed.view.turns) - before)
        self.list.mark(FAILURES, self.items.failures(), "failed")
        self._watch_newest()
        self.reading.ask(turn.key for turn in feed.view.turns[news.first_changed :])
        if not len(self.items):
            self._explain()
        self.show_titles()

    def show_review(self) -> None:
        """Show what is said of the turns now."""
        if self.feed is None:
            return
        if self.items.set_review(self._review_of(self.feed.key)):
            self._filtered()
        else:
            self.list.changed([*self.items.opened.keys])
            self.list.refresh()
            self.show_titles()

    def show_cost(self, *, is_shown: bool) -> None:
        """Show or hide money."""
        self.items.shows_cost = is_shown
        self.list.refresh()
        self.show_titles()

    def leave(self) -> None:
        """Remember how the session was left."""
        place = self.list.cursor
        self.visit.cursor = place.key if place is not None else ""
        self.visit.expanded = set(self.items.opened.keys)
        self.visit.is_following = self.list.is_following

    def _explain(self) -> None:
        palette, trail = self.list.look.palette, self._sessions
        said = no_rows(self.feed, trail, self.items.query, self.awaited, palette)
        self.list.say_when_empty(said)

    def show_titles(self) -> None:
        """Write the two lines above the turns."""
        look, feed = self.list.look, self.feed
        if feed is None:
            return
        tally = f"{len(self.items):,} of {len(feed.view.turns):,}" if self.items.query else ""
        self.filter.show_tally(tally)
        state = ListState(
            tally=tally,
            labelled=self.items.labelled(),
            marked=self.list.picked_count,
            is_following=self.list.is_following,
            unseen=self._unseen,
            is_complete=feed.view.is_complete or not feed.view.is_open,
            error=feed.error,
        )
        self._place.show(*format_place(self._sessions, look, state))
        for session in self._sessions[-1:]:
            cost, source = self.items.shows_cost, self.source_of(session)
            self._line.show(*format_session_line(session, look, shows_cost=cost, source=source))

    # Open turns.

    def open_turn(self, key: str) -> None:
        """Show the steps of a turn."""
        self.items.opened.open(key)
        self.list.changed([key])
        self.reading.ask([key])

    def close_turn(self, key: str) -> None:
        """Show a turn as one row."""
        self.items.opened.close(key)
        self.list.changed([key])
        self.list.move_to(key)

    def _watch_newest(self) -> None:
        """Let those who follow see what the agent does."""
        turns = self.feed.view.turns if self.feed is not None else ()
        is_watching = turns and self.list.is_following and not self.items.query
        if is_watching and (changed := self.items.opened.watch(turns[-1])):
            self.list.changed(changed)
            self.reading.ask(changed)

    def colours_changed(self) -> None:
        """Make anew what was made in other colours."""
        self.reading.ask(list(self.items.opened.keys))
        self._explain()
        self.show_titles()

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Pass it on."""
        event.stop()
        self.post_message(self.Highlighted(event.key, event.part))

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        """Open a closed turn; look at what is open, but go on writing a note."""
        event.stop()
        if event.key not in self.items.opened:
            self.open_turn(event.key)
        elif event.part == NOTE:
            self.post_message(PickList.Annotated(self.list, event.key, WRITE))
        else:
            self.post_message(self.Chosen(event.key, event.part))

    def on_pick_list_picks_changed(self, event: PickList.PicksChanged) -> None:
        """Say how many are marked."""
        event.stop()
        self.show_titles()

    def on_virtual_list_follow_changed(self, event: VirtualList.FollowChanged) -> None:
        """Say so."""
        event.stop()
        self._unseen = 0
        self._watch_newest()
        self.show_titles()

    def set_query(self, query: str) -> None:
        """Let by only the turns that fulfil a query. Raises QueryError."""
        if query != self.items.query:
            self.items.set_query(query)
            self._filtered()

    def _filtered(self) -> None:
        self.list.rebuild()
        self.list.mark(FAILURES, self.items.failures(), "failed")
        self._explain()
        self.show_titles()
