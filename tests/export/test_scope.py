"""Which sessions and turns an export is about."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aimux_tui.errors import SessionError
from aimux_tui.export.progress import ExportTracker
from aimux_tui.model.annotation import Label
from aimux_tui.store.live_log import LiveLog
from tests.export.stage import AGENT, CLAUDE, CODEX, GEMINI, Stage


def turns_of(stage: Stage, **scope: Any) -> set[str]:
    """Sessions of the turns that are exported."""
    return {line["session"] for line in stage.lines(**scope) if line["type"] == "turn"}


@pytest.mark.parametrize(
    ("scope", "sessions"),
    [
        ({}, {CLAUDE, AGENT, CODEX, GEMINI}),
        ({"provider": "codex"}, {CODEX}),
        ({"project": "SHOP"}, {CLAUDE, AGENT}),
        ({"sessions": (CODEX, GEMINI)}, {CODEX, GEMINI}),
        ({"sessions": (AGENT,)}, {AGENT}),
        ({"sessions": (CODEX,), "provider": "codex"}, {CODEX}),
        ({"since": datetime(2000, 1, 1, tzinfo=UTC)}, {CLAUDE, AGENT, CODEX, GEMINI}),
    ],
)
def test_filters(stage: Stage, scope: dict[str, Any], sessions: set[str]) -> None:
    assert turns_of(stage, **scope) == sessions
    assert {"sessions", "since"} >= set(stage.select(**scope).scope.fields()) - set(scope)


def test_what_was_not_written_since_is_left_out(stage: Stage) -> None:
    assert not stage.select(since=datetime.now(UTC) + timedelta(days=1)).sessions


def test_a_session_that_is_not_there(stage: Stage) -> None:
    with pytest.raises(SessionError):
        stage.select(sessions=("claude:none",))


def test_only_labelled_turns_and_their_sub_agents(stage: Stage) -> None:
    stage.label(CLAUDE, 1, Label.BAD)
    stage.label(CODEX, 1, Label.GOOD)
    assert turns_of(stage, labels=frozenset({Label.BAD})) == {CLAUDE, AGENT}
    assert turns_of(stage, labels=frozenset({Label.GOOD, Label.BAD})) == {CLAUDE, AGENT, CODEX}
    assert stage.select(labels=frozenset({Label.WASTE})).sessions == ()


def test_a_labelled_turn_of_a_sub_agent_comes_without_its_parent(stage: Stage) -> None:
    stage.label(AGENT, 1, Label.WASTE)
    assert turns_of(stage, labels=frozenset({Label.WASTE})) == {AGENT}


def test_certain_turns_of_a_session(stage: Stage) -> None:
    (key,) = stage.turn_keys(CODEX)
    lines = stage.lines(sessions=(CODEX,), turns=frozenset({key}))
    assert [line["type"] for line in lines] == ["header", "session", "turn", "end"]
    assert lines[0]["scope"] == {"sessions": [CODEX], "turns": [key]}
    assert stage.select(sessions=(CODEX,), turns=frozenset({key})).turns == 1


def test_turns_that_are_left_out_are_counted(stage: Stage) -> None:
    stage.label(CLAUDE, 1, Label.GOOD)
    stage.add_lines(
        "codex",
        {
            "timestamp": "2026-11-20T10:00:00Z",
            "type": "event_msg",
            "payload": {"type": "user_message", "message": "And now?"},
        },
    )
    stage.label(CODEX, 1, Label.GOOD)
    lines = stage.lines(labels=frozenset({Label.GOOD}))
    left_out = {line["key"]: line["turns_left_out"] for line in lines if line["type"] == "session"}
    assert left_out == {CLAUDE: 0, AGENT: 0, CODEX: 1}


def test_logs_are_let_go_one_after_the_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[weakref.ref[LiveLog]] = []
    begin = LiveLog.__init__

    def watched(self: LiveLog, *arguments: Any) -> None:
        alive.append(weakref.ref(self))
        begin(self, *arguments)

    monkeypatch.setattr(LiveLog, "__init__", watched)
    most = 0
    for material in stage.select().materials(ExportTracker()):
        for _ in material.turns():
            gc.collect()
            most = max(most, sum(reference() is not None for reference in alive))
        del material
    assert len(alive) == 3
    assert most == 1
