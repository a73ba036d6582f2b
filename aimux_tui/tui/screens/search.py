"""Searching every session: results as one types, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from aimux_tui.query.terms import QueryError
from aimux_tui.text.units import plural
from aimux_tui.tui.filter_words import FilterSuggester, continuation, known_of_sessions
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.search.items import HitItems, key_of
from aimux_tui.tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.tui.filter_words import Known
    from aimux_tui.tui.search.feed import Found, SearchFeed
    from aimux_tui.tui.setup import Setup

_REST = 0.06
"""Seconds for which no key must come before a search begins."""


class SearchScreen(ModalScreen["TurnHit | None"]):
    """Ends with the turn that is to be opened, if any."""

    TAKES_TYPED_AHEAD = True
    """Keys that were on their way to the screen below are meant for this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
        Binding("tab", "complete", show=False, priority=True),
        Binding("down,ctrl+n", "move('cursor_down')", show=False, priority=True),
        Binding("up,ctrl+p", "move('cursor_up')", show=False, priority=True),
        Binding("pagedown", "move('page_down')", show=False, priority=True),
        Binding("pageup", "move('page_up')", show=False, priority=True),
    ]

    def __init__(self, setup: Setup, feed: SearchFeed) -> None:
        super().__init__(classes="-ascii" if setup.glyphs is ASCII else None)
        self._setup = setup
        self._feed = feed
        self.list = VirtualList(id="search-list")
        self._known: Known = known_of_sessions(setup.feed.snapshot.sessions)
        suggester = FilterSuggester(lambda: self._known)
        self.field = Input(
            feed.found.query,
            placeholder='words, "a phrase", provider:codex, file:auth.py, label:bad, since:3d …',
            suggester=suggester,
            select_on_focus=True,
            compact=True,
            id="search-field",
        )
        self._problem = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is searched for, what was found, how much was looked at."""
        with Vertical(id="search-box"):
            with Horizontal(id="search-line"):
                yield Static("S", id="search-sign")
                yield self.field
            yield self.list
            yield Static(id="search-state")

    def on_mount(self) -> None:
        """Begin with what was searched for last."""
        box = self.query_one("#search-box")
        box.border_title = "Search every session"
        box.border_subtitle = "esc close, enter open, tab complete"
        if self._setup.glyphs is ASCII:
            self.list.draw_with(glyphs=ASCII)
        self.list.can_focus = False
        self._feed.on_found = self._show
        self._feed.on_index = self._say
        self.set_focus(self.field)
        self._show()
        self._feed.build_index()

    def on_unmount(self) -> None:
        """The feed goes on, unseen."""
        self._feed.on_found = self._feed.on_index = lambda: None

    @property
    def found(self) -> Found:
        """What is shown."""
        return self._feed.found

    def on_input_changed(self) -> None:
        """Search when the typing rests."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_REST, self._search)

    def _search(self) -> None:
        if self.field.value == self.found.query:
            return
        try:
            self._feed.search(self.field.value)
        except QueryError as error:
            self._problem = f"{error.message}: {error.hint}" if error.hint else error.message
        else:
            self._problem = ""
        self._say()

    def _show(self) -> None:
        """Show what was found, the cursor staying on its turn."""
        found, cursor = self.found, self.list.cursor
        self.list.show(HitItems(found.hits, self._setup.clock))
        if cursor is not None:
            self.list.move_to(cursor.key)
        self._say()

    def _say(self) -> None:
        if self.is_mounted:
            self.query_one("#search-state", Static).update(self._state())

    def _state(self) -> Content:
        palette, found, index = palette_of(self.app), self.found, self._feed.index
        if self._problem:
            return Content.styled(self._problem, palette.failed)
        parts: list[Content] = []
        if found.query:
            count = plural(len(found.hits), "turn")
            more = " or more" if found.has_more else ""
            going = "" if found.is_complete else ", still searching …"
            parts.append(Content.styled(f"{count}{more}{going}", palette.text))
        if index.is_building:
            parts.append(Content.styled(f"indexing: {index.share:.0%}", palette.running))
            parts.append(Content.styled("what is not indexed yet is read through", palette.muted))
        troubles = (found.trouble, index.trouble)
        parts += [Content.styled(text, palette.waiting) for text in troubles if text]
        return Content("   ").join(parts)

    # Keys.

    async def action_dismiss(self, result: TurnHit | None = None) -> None:
        """Close it."""
        self.dismiss(result)

    def action_complete(self) -> None:
        """Complete the word that is being typed."""
        if way := continuation(self.field.value, self._known):
            self.field.value = way
            self.field.cursor_position = len(way)

    def action_move(self, where: str) -> None:
        """Move through what was found."""
        getattr(self.list, f"action_{where}")()

    def on_virtual_list_opened(self) -> None:
        """A turn was clicked on twice."""
        self.action_open()

    def action_open(self) -> None:
        """Open the turn under the cursor."""
        place = self.list.cursor
        hit = next((hit for hit in self.found.hits if place and key_of(hit) == place.key), None)
        if hit is not None:
            self.dismiss(hit)
        elif self.field.value != self.found.query:
            self._search()
