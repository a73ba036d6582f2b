"""Which sessions and turns fulfil a query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aimux_tui.model.annotation import Annotations, Label, TurnAnnotation
from aimux_tui.model.turn import TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.query.facts import SessionFacts, TurnFacts
from aimux_tui.query.match import session_test, turn_test
from aimux_tui.query.parse import parse
from aimux_tui.query.terms import QueryError
from tests.tui.fake_sessions import make_session

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def turn_facts(**fields: object) -> TurnFacts:
    summary = TurnSummary(
        key="t1",
        number=1,
        kind=TurnKind.PROMPT,
        title="Fix the login redirect",
        started=NOW - timedelta(hours=2),
        ended=NOW - timedelta(hours=2) + timedelta(minutes=6),
        state=TurnState.DONE,
        usage=Usage(input=1000, output=200, requests=2),
        first_request=0,
        request_count=2,
        models=("claude-opus-4-8",),
        tools=(("Bash", 2), ("Edit", 1)),
        failures=1,
        edits=1,
    )
    return replace(TurnFacts(summary, Cost(usd=1.5)), **fields)


def session_facts(**fields: object) -> SessionFacts:
    session = make_session(
        "claude:s1",
        "Make the redirect safe",
        project="api",
        cwd="/home/ann/api",
        git_branch="main",
        models=("claude-opus-4-8",),
        started=NOW - timedelta(days=2),
        updated=NOW - timedelta(hours=1),
        turns=12,
        tool_calls=30,
        failed_tool_calls=2,
        total_cost=Cost(usd=3.2),
        total_usage=Usage(input=250_000, output=10_000),
    )
    return replace(SessionFacts(session, Annotations("claude:s1")), **fields)


def fits_session(query: str, **fields: object) -> bool:
    return session_test(parse(query), NOW)(session_facts(**fields))


def fits_turn(query: str, **fields: object) -> bool:
    return turn_test(parse(query), NOW)(turn_facts(**fields))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "redirect",
        "REDIRECT safe",
        '"redirect safe"',
        "provider:claude",
        "provider:codex,claude",
        "project:ap",
        "project:/home/ann",
        "project=api",
        "branch:main",
        "model:opus",
        "cost>3",
        "cost<=3.2",
        "tokens>200k",
        "tokens>=0.26M",
        "turns:12",
        "calls>29",
        "failed",
        "since:3d",
        "before:today",
        "label:none",
        "-label:any",
        "-note:*",
        "-provider:codex",
        "duration>1h",
    ],
)
def test_a_session_fits(query: str) -> None:
    assert fits_session(query)


@pytest.mark.parametrize(
    "query",
    [
        "redirects",
        '"safe redirect"',
        "provider:codex",
        "project=ap",
        "cost>3.2",
        "tokens>1M",
        "-failed",
        "since:30m",
        "before:3d",
        "label:any",
        "note:*",
        "redirect provider:codex",
        "-redirect",
    ],
)
def test_a_session_does_not_fit(query: str) -> None:
    assert not fits_session(query)


@pytest.mark.parametrize(
    "query",
    [
        "login",
        "tool:bash",
        "tool:Bash failed",
        "model:opus",
        "cost>1",
        "duration>5m",
        "since:3h",
        "before:1h",
        "kind:prompt",
        "edits>0",
        "label:none",
        "-note:flaky",
    ],
)
def test_a_turn_fits(query: str) -> None:
    assert fits_turn(query)


@pytest.mark.parametrize(
    "query", ["logout", "tool:Read", "-failed", "cost>2", "duration>10m", "label:bad", "since:1h"]
)
def test_a_turn_does_not_fit(query: str) -> None:
    assert not fits_turn(query)


def test_labels_and_notes_are_asked_of_turns_and_of_their_session() -> None:
    annotation = TurnAnnotation("t1", 1, Label.BAD, "flaky test again")
    labelled = Annotations("claude:s1", turns={"t1": annotation})
    for query in ("label:bad", "label:good,bad", "label:any", "note:FLAKY", "-label:none"):
        assert fits_turn(query, annotation=annotation)
        assert fits_session(query, annotations=labelled)
    assert not fits_session("label:waste", annotations=labelled)


def test_what_is_unknown_is_neither_more_nor_less() -> None:
    unknown = Cost(unpriced_models=("mystery-1",))
    assert not fits_turn("cost>0", cost=unknown)
    assert not fits_turn("cost<1000", cost=unknown)
    assert fits_turn("-cost>0", cost=unknown)


def test_files_are_found_where_somebody_looked() -> None:
    searched = turn_test(parse("file:auth.py"), NOW, within_session=False)
    assert searched(turn_facts(files=["/home/ann/api/auth.py"]))
    assert not searched(turn_facts(files=["/home/ann/api/login.py"]))
    with pytest.raises(QueryError, match="file: is asked by a search, not of a list"):
        fits_turn("file:auth.py")
    with pytest.raises(QueryError, match="tool: is asked of turns, here are sessions"):
        fits_session("tool:bash")  # no list of sessions knows it: never say that none fits


def test_within_a_session_the_session_is_not_asked() -> None:
    with pytest.raises(QueryError, match="project: is asked of sessions, here are turns"):
        turn_test(parse("project:api"), NOW)
    with pytest.raises(QueryError, match="kind: is asked of turns, here are sessions") as caught:
        session_test(parse("kind:prompt"), NOW)
    assert caught.value.excerpt == ""  # no marks below a query that is not known here


def test_over_many_sessions_a_turn_answers_for_its_session() -> None:
    test = turn_test(parse("project:api tool:Bash"), NOW, within_session=False)
    assert test(turn_facts(session=session_facts()))
    assert not test(turn_facts())
