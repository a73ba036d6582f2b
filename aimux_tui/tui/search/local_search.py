"""The search of this machine: the index is opened when somebody searches for the first time."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.query.terms import Query
    from aimux_tui.store.library import Library
    from aimux_tui.store.search.building import BuildProgress
    from aimux_tui.store.search.coverage import Coverage
    from aimux_tui.store.search.index import SearchIndex
    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.store.search.text_search import TextSearch


class LocalSearch:
    """Fulfils `SearchPort` over a library."""

    def __init__(
        self,
        library: Library,
        book: AnnotationBook,
        open_index: Callable[[], SearchIndex] | None = None,
    ) -> None:
        """Without an index every search reads the logs."""
        self._library = library
        self._book = book
        self._open_index = open_index

    @cached_property
    def _search(self) -> TextSearch:
        from aimux_tui.store.search.index import SearchIndex
        from aimux_tui.store.search.text_search import TextSearch

        index = SearchIndex(None) if self._open_index is None else self._open_index()
        return TextSearch(self._library, index, self._book)

    @property
    def trouble(self) -> str:
        """What is wrong with the index, in words; "" if all is well."""
        return self._search.index.trouble

    def search(self, query: Query, should_stop: Callable[[], bool]) -> Iterator[TurnHit]:
        """Turns as they are found, the newest session first. Raises QueryError at once."""
        return self._search.search(query, should_stop)

    def coverage(self) -> Coverage:
        """How much of the logs the index covers."""
        return self._search.coverage()

    def build(self, should_stop: Callable[[], bool]) -> Iterator[BuildProgress]:
        """Cover the rest, by other processes."""
        return self._search.index.build(self._search.logs(), should_stop)
