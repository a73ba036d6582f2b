"""What a `/` filter lets by: the filter language, asked of what a list has in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.query.facts import SessionFacts
from aimux_tui.query.match import session_test, turn_test
from aimux_tui.query.parse import parse
from aimux_tui.tui.review import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from aimux_tui.model.session import Session
    from aimux_tui.query.match import TurnTest
    from aimux_tui.tui.review import Review

    SessionFilter = Callable[[Session], bool]


def session_filter(query: str, reviews: Mapping[str, Review], now: datetime) -> SessionFilter:
    """Tells which sessions a query lets by. Raises QueryError."""
    test = session_test(parse(query), now)

    def lets_by(session: Session) -> bool:
        review = reviews.get(session.key, UNSEEN)
        return test(SessionFacts(session, review.annotations))

    return lets_by


def turn_filter(query: str, now: datetime) -> TurnTest:
    """Tells which turns of a session a query lets by. Raises QueryError."""
    return turn_test(parse(query), now)
