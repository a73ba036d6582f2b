"""Real agents at work on a scripted model, followed live: everything the script did is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from aimux_tui.model.session import Session, Status
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Text, Turn
from tests.e2e.conftest import Stage
from tests.e2e.scripts import (
    AGENT_SAID,
    AGENT_TASK,
    FAILING_COMMAND,
    PROMPT,
    SAID,
    SECOND_PROMPT,
    SECOND_SAID,
)
from tests.e2e.tail import new_library

pytestmark = pytest.mark.e2e


def turns_of(stage: Stage, session: Session) -> list[Turn]:
    trace = stage.tail.library.open(session.key)
    trace.refresh()
    return [trace.read_turn(turn.key) for turn in trace.turns]


def calls_of(turns: list[Turn]) -> list[ToolCall]:
    return [call for turn in turns for call in turn.tool_calls]


def words_of(turn: Turn) -> list[str]:
    return [step.body.text for step in turn.steps if isinstance(step, Text)]


def tool_counts(stage: Stage, session: Session) -> Counter[str]:
    counts: Counter[str] = Counter()
    for turn in stage.tail.library.open(session.key).turns:
        counts.update(dict(turn.tools))
    return counts


def test_it_was_followed_while_it_happened(finished: Stage) -> None:
    seen = finished.tail.seen
    last = seen[-1]
    assert any(0 < state.tool_calls < last.tool_calls for state in seen)
    assert any(state.turns == 1 for state in seen)
    assert Status.ACTIVE in {state.status for state in seen}
    assert finished.tail.main.status is Status.IDLE


def test_following_ends_where_reading_at_once_does(finished: Stage) -> None:
    at_once = new_library(finished.scenario.agent, finished.sandbox.home)
    at_once.load_fully()
    live = {session.key: session for session in finished.tail.library.sessions()}
    for session in at_once.sessions():
        assert live.pop(session.key) == session
    assert not live


def test_prompts_and_answers(finished: Stage) -> None:
    first, second = turns_of(finished, finished.tail.main)
    assert [first.summary.title, second.summary.title] == [PROMPT, SECOND_PROMPT]
    assert words_of(first)[-1] == SAID
    assert words_of(second) == [SECOND_SAID]
    assert finished.tail.main.turns == 2


def test_tools(finished: Stage) -> None:
    expected = finished.scenario.expected
    assert tool_counts(finished, finished.tail.main) == expected.tools
    assert tool_counts(finished, finished.tail.agent) == expected.agent_tools
    assert finished.tail.main.tool_calls == sum(expected.tools.values())


def test_failures(finished: Stage) -> None:
    calls = calls_of(turns_of(finished, finished.tail.main))
    failed = [call for call in calls if call.status is ToolStatus.FAILED]
    assert len(failed) == finished.scenario.expected.failed
    assert finished.tail.main.failed_tool_calls == finished.scenario.expected.failed
    (command,) = (call for call in calls if FAILING_COMMAND in str(call.input))
    assert "No such file" in command.output.text + command.error
    assert command.exit_code == finished.scenario.expected.exit_code


def test_edits(finished: Stage) -> None:
    calls = calls_of(turns_of(finished, finished.tail.main))
    edits = {
        Path(edit.path).name: (edit.additions, edit.deletions)
        for call in calls
        for edit in call.edits
    }
    assert edits == finished.scenario.expected.edits
    changed = next(edit for call in calls for edit in call.edits if edit.path.endswith("hello.py"))
    lines = [line for hunk in changed.hunks for line in hunk.lines if line[0] in "+-"]
    assert lines == ['-print("Hello, world")', '+print("Hello, aimux")']
    assert (finished.sandbox.work / "hello.py").read_text().endswith('print("Hello, aimux")\n')


def test_the_sub_agent_hangs_under_the_call_that_spawned_it(finished: Stage) -> None:
    agent = finished.tail.agent
    calls = calls_of(turns_of(finished, finished.tail.main))
    (spawning,) = (call for call in calls if call.child_key)
    assert spawning.child_key == agent.key
    assert agent.parent_tool_call_id == spawning.id
    assert AGENT_TASK in str(spawning.input)
    turn = turns_of(finished, agent)[-1]
    assert AGENT_TASK in turn.summary.title
    assert AGENT_SAID in str(turn.steps)


def test_tokens_are_those_that_were_served(finished: Stage) -> None:
    found, served = finished.tail.main.total_usage, finished.model.usage
    assert found == served
    assert finished.tail.main.total_cost.usd > 0
    assert not finished.tail.main.total_cost.is_partial


def test_nothing_was_misunderstood(finished: Stage) -> None:
    for record in finished.tail.library.records():
        assert record.summary.bad_lines == 0
        assert not record.summary.unknown
