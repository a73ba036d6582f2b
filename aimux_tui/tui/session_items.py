"""The items of the session list: the rows that `SessionRows` arranged, as the list draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.text.units import format_age
from aimux_tui.tui.format.rows import RowOptions
from aimux_tui.tui.format.session_row import session_height, session_rows
from aimux_tui.tui.review import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.session_rows import SessionRow


class SessionItems:
    """An `ItemSource` of session rows."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.shows_cost = True
        self.reviews: Mapping[str, Review] = {}
        """What is said of the sessions, by their keys."""
        self._clock = clock
        self._rows: Sequence[SessionRow] = ()
        self._indexes: dict[str, int] = {}

    def put(self, rows: Sequence[SessionRow]) -> list[str] | None:
        """Show these rows. Returns the keys of those that changed in their places, or None if
        other sessions are shown than before, or in another order.
        """
        indexes = {row.session.key: index for index, row in enumerate(rows)}
        before, is_other = self._rows, list(indexes) != list(self._indexes)
        self._rows, self._indexes = tuple(rows), indexes
        if is_other:
            return None
        return [row.session.key for row, old in zip(rows, before, strict=True) if row is not old]

    def row(self, index: int) -> SessionRow:
        """The row at an index."""
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def key(self, index: int) -> str:
        """The session's key."""
        return self._rows[index].session.key

    def index(self, key: str) -> int | None:
        """Where a session is."""
        return self._indexes.get(key)

    def version(self, index: int) -> Hashable:
        """Changes with the session, its labels, its place in the tree and its age as shown."""
        row = self._rows[index]
        age = format_age(row.session.updated, self._clock())
        return (row, age, self.shows_cost, self.reviews.get(row.session.key))

    def usual_height(self, width: int) -> int:
        """One row or two, all alike."""
        return session_height(width)

    def unusual_heights(self, width: int) -> Iterable[tuple[int, int]]:
        """None."""
        del width
        return ()

    def render(self, index: int, width: int, look: Look) -> Sequence[Row]:
        """The rows of a session."""
        row = self._rows[index]
        options = RowOptions(self._clock(), show_cost=self.shows_cost)
        return session_rows(
            row.session,
            width,
            look,
            options,
            review=self.reviews.get(row.session.key, UNSEEN),
            depth=row.depth,
            is_open=row.is_open,
        )
