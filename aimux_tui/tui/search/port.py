"""What the screen needs of the search, so that it can be shown without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aimux_tui.query.terms import Query
    from aimux_tui.store.search.building import BuildProgress
    from aimux_tui.store.search.coverage import Coverage
    from aimux_tui.store.search.results import TurnHit


class SearchPort(Protocol):
    """Searches every session (see `LocalSearch`, which fulfils it). Every method blocks."""

    @property
    def trouble(self) -> str:
        """What is wrong with the index, in words; "" if all is well."""
        ...

    def search(self, query: Query, should_stop: Callable[[], bool]) -> Iterator[TurnHit]:
        """Turns as they are found, the newest session first. Raises QueryError at once."""
        ...

    def coverage(self) -> Coverage:
        """How much of the logs the index covers."""
        ...

    def build(self, should_stop: Callable[[], bool]) -> Iterator[BuildProgress]:
        """Cover the rest, by other processes."""
        ...
