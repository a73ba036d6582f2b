"""What keys and the `:` line do about searches, and what is marked of one in the open session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.errors import CommandError
from aimux_tui.query.parse import parse
from aimux_tui.query.terms import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.tui.screens.main import MainScreen
    from aimux_tui.tui.search.feed import SearchFeed

FOUND = "found"
"""The kind of the marks beside the scrollbar of the trace."""


class SearchCommands:
    """Opens the search; goes from hit to hit of the session that was opened from it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._feed: SearchFeed | None = None
        self._session = ""
        """Key of the session in which hits are marked."""
        self._turns: frozenset[str] = frozenset()
        self._words = ""

    def close(self) -> None:
        """End what is at work."""
        if self._feed is not None:
            self._feed.close()

    def why_not_search_open(self) -> str:
        """There must be something that searches."""
        return "" if self._screen.setup.search is not None else "nothing can be searched here"

    def cmd_search_open(self, words: str | None = None) -> None:
        """Open the search, for some words or for those of the last time."""
        from aimux_tui.tui.screens.search import SearchScreen

        feed = self._open_feed()
        if words:
            try:
                feed.search(words)
            except QueryError as error:
                raise CommandError(error.message, error.hint) from error
        screen = SearchScreen(self._screen.setup, feed)
        if words:
            screen.field.value = words
        self._screen.app.push_screen(screen, self._chosen)

    def _open_feed(self) -> SearchFeed:
        port = self._screen.setup.search
        if port is None:
            raise CommandError(self.why_not_search_open())
        if self._feed is None:
            from aimux_tui.tui.search.feed import SearchFeed

            self._feed = SearchFeed(port)
        return self._feed

    def _chosen(self, hit: TurnHit | None) -> None:
        if hit is None or self._feed is None:
            return
        found = self._feed.found
        self._session = hit.session.key
        self._turns = frozenset(
            other.turn.key
            for other in found.hits
            if other.turn is not None and other.session.key == hit.session.key
        )
        self._words = _marked_words(found.query)
        self._screen.navigator.choose_turn(
            hit.session.key, hit.turn.key if hit.turn is not None else ""
        )
        self.show_marks()

    def show_marks(self) -> None:
        """Mark the hits of the last search, if the session that is open was opened from it."""
        trace = self._screen.trace
        is_here = bool(self._session) and self._screen.navigator.reader.key == self._session
        indexes: Sequence[int] = ()
        if is_here:
            found = (trace.items.index(key) for key in self._turns)
            indexes = sorted(index for index in found if index is not None)
        trace.list.mark(FOUND, indexes, "accent")
        trace.list.highlight(self._words if is_here else "")

    def why_not_search_next(self) -> str:
        """There must be hits in the open session."""
        is_here = bool(self._session) and self._screen.navigator.reader.key == self._session
        return "" if is_here and self._turns else "no search has found anything here"

    def cmd_search_next(self) -> None:
        """Go to the next turn in which something was found."""
        self._go(forward=True)

    why_not_search_previous = why_not_search_next

    def cmd_search_previous(self) -> None:
        """Go to the turn before in which something was found."""
        self._go(forward=False)

    def _go(self, *, forward: bool) -> None:
        if not self._screen.trace.list.move_to_mark(FOUND, forward=forward):
            raise CommandError("no other turn in which something was found")


def _marked_words(query: str) -> str:
    """What is marked in the turns: the first words that are looked for."""
    terms = parse(query)
    words = [term.values[0] for term in terms if not term.field and not term.is_negated]
    return words[0] if words else ""
