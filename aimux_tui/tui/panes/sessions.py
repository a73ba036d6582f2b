"""The pane with the list of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from aimux_tui.commands.base import Pane
from aimux_tui.config.schema import SessionSort
from aimux_tui.tui.feeds import Snapshot
from aimux_tui.tui.filter_words import known_of_sessions
from aimux_tui.tui.panes.blank import Column
from aimux_tui.tui.panes.cursor_commands import CursorCommands
from aimux_tui.tui.panes.empty_states import looking, no_match, no_sessions
from aimux_tui.tui.panes.filter_line import FilterLine, filter_by
from aimux_tui.tui.panes.pane_title import PaneTitle
from aimux_tui.tui.session_items import SessionItems
from aimux_tui.tui.session_rows import SessionRows
from aimux_tui.tui.widgets.pick_list import PickList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from textual.app import ComposeResult

    from aimux_tui.config.schema import Settings
    from aimux_tui.model.session import Session
    from aimux_tui.tui.filter_words import Known
    from aimux_tui.tui.format.glyphs import Glyphs
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.widgets.virtual_list import VirtualList


class SessionsPane(CursorCommands, Column):
    """Lists the sessions of a snapshot; the cursor stays on its session."""

    PANE = Pane.SESSIONS

    class Highlighted(Message):
        """The cursor came to a session."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """A session is to be opened."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        glyphs: Glyphs,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._clock = clock
        self.rows = SessionRows(settings.sessions.sort, show_hidden=settings.sessions.show_hidden)
        self.items = SessionItems(clock)
        self.list = PickList(self.items, id="session-list")
        self._title = PaneTitle(glyphs, "Sessions")
        self._filter = FilterLine(self.list, self._set_query, self._known_values)
        self._snapshot = Snapshot()

    def compose(self) -> ComposeResult:
        """Title, list, filter."""
        yield self._title
        yield self.list
        yield self._filter

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.list.draw_with(glyphs=self._glyphs)
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
    def current(self) -> Session | None:
        """The session under the cursor."""
        index = self.list.cursor_index
        return None if index is None else self.items.row(index).session

    def _known_values(self) -> Known:
        return known_of_sessions(self._snapshot.sessions)

    def show(self, snapshot: Snapshot) -> None:
        """Show the sessions of another moment."""
        self._snapshot = snapshot
        self._arrange()

    def show_cost(self, *, is_shown: bool) -> None:
        """Show or hide money."""
        self.items.shows_cost = is_shown
        self.list.refresh()

    def show_reviews(self, reviews: Mapping[str, Review], changed: Iterable[str]) -> None:
        """Show what is said of sessions; it `changed` for these."""
        self.items.reviews = self.rows.reviews = reviews
        if self.rows.query:
            self._arrange()
        self.list.changed(changed)

    def colours_changed(self) -> None:
        """Write what was written in other colours."""
        self._show_title()
        self._explain()

    def select(self, key: str) -> None:
        """Put the cursor on a session, unfolding what it is in."""
        self.rows.reveal(key, self._snapshot.by_key)
        self._arrange()
        self.list.move_to(key)

    def _arrange(self) -> None:
        self.rows.arrange(self._snapshot.sessions, self._snapshot.by_key, self._clock())
        changed = self.items.put(self.rows.rows)
        if changed is None:
            self.list.rebuild()
        else:
            self.list.changed(changed)
        self._show_title()
        if not self.rows.rows:
            self._explain()

    def _show_title(self) -> None:
        rows, palette = self.rows, self.list.look.palette
        tally = f"{rows.shown:,} of {rows.listed:,}" if rows.query else f"{rows.listed:,}"
        hidden = f" +{rows.hidden:,} hidden" if rows.hidden else ""
        marked = self.list.picked_count
        left = Content.assemble(
            ("Sessions ", palette.heading),
            (tally, palette.text),
            (f"  {marked:,} marked" if marked else "", palette.picked),
            (hidden, palette.faint),
        )
        self._title.show(left, Content.styled(f"by {rows.sort.value}", palette.muted))
        self._filter.show_tally(tally if rows.query else "")

    def _explain(self) -> None:
        """Say why the list is empty."""
        palette = self.list.look.palette
        if not self._snapshot.is_loaded:
            lines = looking(palette)
        elif self.rows.query:
            lines = no_match(self.rows.query, palette)
        else:
            lines = no_sessions(self._snapshot.places, self.rows.hidden, palette)
        self.list.say_when_empty(lines)

    # Messages of the list and of the filter.

    def on_virtual_list_highlighted(self, event: VirtualList.Highlighted) -> None:
        """Pass it on."""
        event.stop()
        self.post_message(self.Highlighted(event.key))

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        """Open the session, and show its sub-agents."""
        event.stop()
        self._unfold(event.key)
        self.post_message(self.Chosen(event.key))

    def on_pick_list_picks_changed(self, event: PickList.PicksChanged) -> None:
        """Say how many are marked."""
        event.stop()
        self._show_title()

    def _set_query(self, query: str) -> None:
        """Let by only the sessions that fulfil a query. Raises QueryError."""
        if query != self.rows.query:
            self.rows.set_query(query, self._clock())
            self._arrange()

    def _unfold(self, key: str) -> None:
        session = self._snapshot.by_key.get(key)
        if session is not None and session.children and key not in self.rows.unfolded:
            self.rows.unfolded.add(key)
            self._arrange()

    # Commands.

    def cmd_item_open(self) -> None:
        """Open the session under the cursor."""
        self.list.action_open()

    def why_not_item_open(self) -> str:
        """There must be one."""
        return "" if self.current is not None else "there is no session to open"

    def cmd_item_back(self) -> None:
        """Take the marks away, or end the filter, or fold, or go to the session above."""
        index = self.list.cursor_index
        if self.list.clear_picks():
            return
        if self.rows.query:
            self.cmd_list_filter("")
        elif index is not None:
            self._fold(index)

    def why_not_item_back(self) -> str:
        """There must be something to close."""
        index = self.list.cursor_index
        row = None if index is None else self.items.row(index)
        if self.list.picks or self.rows.query or (row is not None and (row.is_open or row.depth)):
            return ""
        return "there is nothing to close"

    def _fold(self, index: int) -> None:
        row = self.items.row(index)
        key = row.session.key if row.is_open else row.session.parent_key
        self.rows.unfolded.discard(key)
        self._arrange()
        self.list.move_to(key)

    def cmd_list_filter(self, words: str | None = None) -> None:
        """Open the filter line; with words, filter by them."""
        if words is None:
            self._filter.open()
        else:
            filter_by(words, self._filter, self._set_query)

    def cmd_list_mark(self) -> None:
        """Mark the session."""
        self.list.toggle_pick()

    def cmd_list_mark_range(self) -> None:
        """Begin to mark, or end."""
        self.list.toggle_range()

    def cmd_session_sort(self, by: str | None = None) -> None:
        """Sort by something else."""
        if by is None:
            self.rows.next_sort()
        else:
            self.rows.sort = SessionSort(by)
        self._arrange()
        self._tell_unseen(f"sessions are sorted by {self.rows.sort.value}")

    def cmd_session_hidden(self) -> None:
        """Show hidden sessions, or hide them."""
        self.rows.show_hidden = not self.rows.show_hidden
        self._arrange()
        done = "shown" if self.rows.show_hidden else "hidden"
        self._tell_unseen(f"sessions of machines are {done} in the list")

    def _tell_unseen(self, words: str) -> None:
        """Say what was done to a list that is not on the screen."""
        if not self.display:
            self.notify(words, markup=False, timeout=3)

    def why_not_session_hidden(self) -> str:
        """There must be some."""
        if self.rows.hidden or self.rows.show_hidden:
            return ""
        return "there are no hidden sessions"
