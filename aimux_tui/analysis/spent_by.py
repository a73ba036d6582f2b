"""Which part of what was spent a query asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.analysis.costs import Spent
from aimux_tui.query.facts import SessionFacts
from aimux_tui.query.match import session_test
from aimux_tui.query.terms import Operator
from aimux_tui.text.times import parse_when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.query.terms import Query, Term
    from aimux_tui.store.spending import Bucket

_OF_SPENDING = frozenset({"since", "before", "model"})
"""Fields that are asked of each slot of time and model, not of the session as a whole."""


def spent_by(
    spending: Iterable[tuple[Session, tuple[Bucket, ...]]],
    query: Query,
    annotations_of: Callable[[str], Annotations],
    now: datetime,
) -> list[Spent]:
    """What the sessions that fulfil a query spent, within its times and on its models.

    What has no date is in no limited time. Raises QueryError for what only turns have.
    """
    fits = session_test(tuple(term for term in query if term.field not in _OF_SPENDING), now)
    tests = [_test(term, now) for term in query if term.field in _OF_SPENDING]
    return [
        spent
        for session, buckets in spending
        if buckets and fits(SessionFacts(session, annotations_of(session.key)))
        for spent in (Spent(session, bucket) for bucket in buckets)
        if all(test(spent) for test in tests)
    ]


def _test(term: Term, now: datetime) -> Callable[[Spent], bool]:
    if term.field == "model":
        words = [value.casefold() for value in term.values]
        is_whole = term.operator is Operator.EQUAL

        def test_model(spent: Spent) -> bool:
            model = spent.bucket.model.casefold()
            fits = model in words if is_whole else any(word in model for word in words)
            return fits is not term.is_negated

        return test_model
    limit, is_since = parse_when(term.values[0], now), term.field == "since"

    def test_time(spent: Spent) -> bool:
        at = spent.at
        return at is not None and ((at >= limit) is is_since) is not term.is_negated

    return test_time
