"""Whether a session or a turn fulfils a query."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, cast

from aimux_tui.query.fields import EVERYTHING, FIELDS, FLAGS, Field, Kind, to_number
from aimux_tui.query.terms import Operator, QueryError
from aimux_tui.text.times import parse_when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from aimux_tui.query.facts import SessionFacts, TurnFacts
    from aimux_tui.query.terms import Query, Term

    SessionTest = Callable[[SessionFacts], bool]
    TurnTest = Callable[[TurnFacts], bool]

_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.HAS: operator.eq,
    Operator.EQUAL: operator.eq,
    Operator.MORE: operator.gt,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
}


def session_test(query: Query, now: datetime) -> SessionTest:
    """Tells whether a session fulfils a query. Raises QueryError for what only turns have."""
    return _joined(query, [_session_term(term, now) for term in query if term.field], session_text)


def turn_test(query: Query, now: datetime, *, within_session: bool = True) -> TurnTest:
    """Tells whether a turn fulfils a query.

    Within one session only what turns have can be asked (else QueryError); over many, a field that
    turns have not is asked of their session.
    """
    tests = [_turn_term(term, now, within_session=within_session) for term in query if term.field]
    return _joined(query, tests, turn_text)


def session_text(facts: SessionFacts) -> str:
    """Where words are looked for in a session."""
    session = facts.session
    return "\n".join(
        (
            session.title,
            session.project,
            session.provider,
            session.cwd,
            session.git_branch,
            session.agent_name,
            session.status,
            *session.models,
        )
    ).casefold()


def turn_text(facts: TurnFacts) -> str:
    """Where words are looked for in a turn."""
    turn = facts.turn
    tools = " ".join(name for name, _ in turn.tools)
    note = facts.annotation.note if facts.annotation else ""
    return f"{turn.title}\n{tools}\n{turn.kind}\n{turn.state}\n{note}".casefold()


def _session_term(term: Term, now: datetime) -> SessionTest:
    if term.field in FLAGS:
        test: SessionTest = FLAGS[term.field].of_session
    else:
        field = FIELDS[term.field]
        if field.of_session is None:
            raise _misplaced(term, "turns", "sessions")
        test = _compared(field, term, now, field.of_session)
    return _negated(test) if term.is_negated else test


def _turn_term(term: Term, now: datetime, *, within_session: bool) -> TurnTest:
    if term.field in FLAGS:
        test: TurnTest = FLAGS[term.field].of_turn
    else:
        field = FIELDS[term.field]
        if within_session and field.is_searched:
            raise QueryError(
                f"{term.field}: is asked by a search, not of a list",
                "a search of all sessions finds them: S, or `aimux search`",
                start=term.start,
                end=term.end,
            )
        if field.of_turn is not None:
            test = _compared(field, term, now, field.of_turn)
        elif within_session or field.of_session is None:
            raise _misplaced(term, "sessions", "turns")
        else:
            of_session = _compared(field, term, now, field.of_session)
            test = lambda facts: facts.session is not None and of_session(facts.session)  # noqa: E731
    return _negated(test) if term.is_negated else test


def _joined(
    query: Query, tests: list[Callable[[Any], bool]], text_of: Callable[[Any], str]
) -> Callable[[Any], bool]:
    """All tests, and all words of the query, which are looked for in one text."""
    words = [(term.values[0].casefold(), not term.is_negated) for term in query if not term.field]

    def has_words(facts: object) -> bool:
        text = text_of(facts)
        return all((word in text) is is_wanted for word, is_wanted in words)

    every = [has_words, *tests] if words else tests
    return every[0] if len(every) == 1 else lambda facts: all(test(facts) for test in every)


def _negated(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda facts: not test(facts)


def _compared(
    field: Field, term: Term, now: datetime, value_of: Callable[[Any], object]
) -> Callable[[Any], bool]:
    """Whether the field's value is as the term wants it; what is unknown never is."""
    if field.kind in {Kind.NUMBER, Kind.DURATION}:
        wanted, compare = to_number(field.kind, term.values[0]), _COMPARE[term.operator]

        def test_number(facts: object) -> bool:
            value = value_of(facts)
            return value is not None and compare(cast("float", value), wanted)

        return test_number
    if field.kind is Kind.TIME:
        at, is_since = parse_when(term.values[0], now), field.name == "since"

        def test_time(facts: object) -> bool:
            value = cast("datetime | None", value_of(facts))
            return value is not None and (value >= at if is_since else value < at)

        return test_time
    words = tuple(value.casefold() for value in term.values)
    is_whole = field.kind is Kind.CHOICE or term.operator is Operator.EQUAL

    def test_text(facts: object) -> bool:
        texts = cast("Iterable[str] | None", value_of(facts))
        return texts is not None and any(_has(text.casefold(), words, is_whole) for text in texts)

    return test_text


def _has(text: str, words: tuple[str, ...], is_whole: bool) -> bool:  # noqa: FBT001 - a hot path
    if is_whole:
        return text in words
    return any(word in text for word in words) or (EVERYTHING in words and bool(text))


def _misplaced(term: Term, owners: str, here: str) -> QueryError:
    hint = "a search asks the turns of all sessions: S, or `aimux search`"
    return QueryError(
        f"{term.field}: is asked of {owners}, here are {here}",
        hint if owners == "turns" else "",
        start=term.start,
        end=term.end,
    )
