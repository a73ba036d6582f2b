"""Results that stand before their calls, as concurrent writers and resumed sessions leave them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimux_tui.model.log import LogState
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Notice
from aimux_tui.providers.claude import PROVIDER
from tests.providers.claude.build import Log, patch_twin, scanned, text, use

if TYPE_CHECKING:
    from aimux_tui.model.body import Span
    from aimux_tui.model.turn import Step
    from aimux_tui.providers.base import LogFile


class Source:
    """A log's bytes."""

    def __init__(self, log: Log) -> None:
        self.file: LogFile = log.file
        self._data = log.data

    def read(self, span: Span) -> bytes:
        return self._data[span.offset : span.offset + span.length]


def opened(log: Log) -> list[list[Step]]:
    """The steps of each turn."""
    source = Source(log)
    return [list(PROVIDER.read_turn(source, turn).steps) for turn in log.rows()]


def calls(steps: list[Step]) -> dict[str, tuple[str, ToolStatus]]:
    """Call → (output, status)."""
    return {s.id: (s.output.text, s.status) for s in steps if isinstance(s, ToolCall)}


def two_results(*calls: str, failed: str = "", twin: Any = None) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for call in calls:
        block = {"tool_use_id": call, "type": "tool_result", "content": f"output of {call}"}
        blocks.append(block | ({"is_error": True} if call == failed else {}))
    return {"message": {"role": "user", "content": blocks}} | (
        {"toolUseResult": twin} if twin else {}
    )


def server_result(call: str, **fields: Any) -> dict[str, Any]:
    return {"type": "code_execution_tool_result", "tool_use_id": call, **fields}


@pytest.mark.parametrize("is_error", [False, True])
def test_a_result_in_the_models_own_message_may_stand_before_its_call(is_error: bool) -> None:
    log = Log()
    log.prompt("one")
    call = {"type": "server_tool_use", "id": "s1", "name": "code_execution", "input": {}}
    log.say(server_result("s1", content="3", is_error=is_error), call, text("three"))
    (row,) = log.rows()
    assert (row.tool_calls, row.failures) == (1, int(is_error))
    assert log.summary().state is LogState.FINISHED
    (steps,) = opened(log)
    status = ToolStatus.FAILED if is_error else ToolStatus.OK
    assert calls(steps) == {"s1": ("3", status)}


def test_a_result_in_an_earlier_turn_is_shown_with_its_call() -> None:
    log = Log()
    log.prompt("one")
    log.result("t1", "output of t1", twin=patch_twin("/a", "-x", "+y"))
    log.say(text("done"))
    log.prompt("two")
    log.say(use("Edit", "t1", file_path="/a"), stop="tool_use")
    first, second = opened(log)
    assert [type(step).__name__ for step in first] == ["Text"]
    assert calls(second) == {"t1": ("output of t1", ToolStatus.OK)}
    assert [(turn.edits, turn.additions) for turn in log.rows()] == [(0, 0), (1, 1)]
    assert log.summary().edits == 1


def test_a_record_with_results_of_two_turns_is_shown_in_both() -> None:
    log = Log()
    log.prompt("one")
    log.record("user", two_results("t1", "t2", failed="t2"))
    log.say(use("Bash", "t1", command="ls"), stop="tool_use")
    log.prompt("two")
    log.say(use("Bash", "t2", command="false"), stop="tool_use")
    log.say(text("done"))
    first, second = opened(log)
    assert calls(first) == {"t1": ("output of t1", ToolStatus.OK)}
    assert calls(second) == {"t2": ("output of t2", ToolStatus.FAILED)}
    assert [turn.failures for turn in log.rows()] == [0, 1]
    assert log.summary().failed_tool_calls == 1
    assert log.summary().state == "finished"


def test_a_record_whose_results_all_belong_elsewhere_leaves_its_turn() -> None:
    log = Log()
    log.prompt("one")
    log.record("user", two_results("t1", "t2"))
    log.prompt("two")
    log.say(use("Bash", "t1", command="ls"), use("Bash", "t2", command="ls"), stop="tool_use")
    first, second = opened(log)
    assert first == []
    assert set(calls(second)) == {"t1", "t2"}


def test_of_two_results_the_later_call_may_be_the_one_in_the_records_own_past() -> None:
    log = Log()
    log.prompt("one")
    log.say(use("Bash", "t1", command="ls"), stop="tool_use")
    log.prompt("two")
    log.record("user", two_results("t1", "t2"))
    log.say(use("Bash", "t2", command="ls"), stop="tool_use")
    first, second = opened(log)
    assert calls(first)["t1"] == ("output of t1", ToolStatus.OK)
    assert calls(second) == {"t2": ("output of t2", ToolStatus.OK)}


def odd_log(random_: random.Random) -> Log:
    """Three turns, some of their results moved forward."""
    log, number = Log(), 0
    for turn in range(3):
        log.prompt(f"prompt {turn}")
        for _ in range(2):
            number += 1
            one, other = f"t{number}", f"t{number}b"
            log.say(use("Bash", one, command="ls"), use("Edit", other, file_path="/a"))
            if random_.random() < 0.5:
                log.record("user", two_results(one, other, failed=random_.choice([one, other, ""])))
            else:
                log.result(one, f"output of {one}", error=random_.random() < 0.3)
                log.result(other, f"output of {other}", twin=patch_twin("/a", "+y"))
            if random_.random() < 0.3:
                log.attach("queued_command", prompt="steer", commandMode="prompt")
    for _ in range(3):
        results = [i for i, line in enumerate(log.lines) if b'"tool_result"' in line]
        moved = log.lines.pop(at := random_.choice(results))
        log.lines.insert(random_.randint(1, at), moved)
    return log


@settings(max_examples=60, deadline=None)
@given(st.integers())
def test_wherever_results_stand_they_are_shown_once_with_their_calls(seed: int) -> None:
    log = odd_log(random.Random(seed))
    turns = log.rows()
    assert turns == list(scanned(log.file, *log.lines).turns)
    shown = [step for steps in opened(log) for step in steps]
    outputs = {step.id: step.output.text for step in shown if isinstance(step, ToolCall)}
    assert outputs == {call: f"output of {call}" for call in outputs}
    assert len(outputs) == 12 == sum(isinstance(step, ToolCall) for step in shown)
    assert not any(isinstance(step, Notice) and "not in this turn" in step.title for step in shown)
    for turn, steps in zip(turns, opened(log), strict=True):
        failed = sum(status is ToolStatus.FAILED for _, status in calls(steps).values())
        assert turn.failures == failed


@pytest.mark.parametrize("version", ["2.0.60", "2.1.200"])
def test_a_result_whose_call_never_comes_stays_where_it_is(version: str) -> None:
    log = Log(version)
    log.prompt("one")
    log.result("lost", "output")
    log.prompt("two")
    log.say(text("done"))
    first, second = opened(log)
    assert "not in this turn" in str(first)
    assert [type(step).__name__ for step in second] == ["Text"]
