"""A call that has no result runs, waits for its user or was given up, as its session tells."""

from __future__ import annotations

import pytest

from aimux_tui.model.session import Status
from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.store.status import MAY_WAIT
from aimux_tui.tui.agent_state import AgentState, as_told, state_of
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import make_turn, tool

RUNNING, WAITING, UNKNOWN = ToolStatus.RUNNING, ToolStatus.WAITING, ToolStatus.UNKNOWN


def running(*kinds: ToolKind) -> list[ToolCall]:
    return [tool(kind.value, kind, "x", status=RUNNING, ended=None) for kind in kinds]


def told(state: AgentState, *calls: ToolCall) -> list[ToolStatus]:
    turn = make_turn(1, "do it", calls)
    return [call.status for call in as_told(turn, state).tool_calls]


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (Status.ACTIVE, "Edit is running", AgentState.WORKING),
        (Status.WAITING, "waits for permission", AgentState.WAITING),
        (Status.WAITING, f"Edit has no result yet: {MAY_WAIT}", AgentState.SILENT),
        (Status.IDLE, "interrupted", AgentState.GONE),
    ],
)
def test_a_session_tells_what_its_agent_does(status: Status, reason: str, state: AgentState):
    assert state_of(make_session("claude:1", "a", status=status, status_reason=reason)) is state


def test_while_the_agent_works_every_call_runs():
    assert told(AgentState.WORKING, *running(ToolKind.EDIT, ToolKind.EXECUTE)) == [RUNNING, RUNNING]


def test_an_edit_does_not_last_unless_it_waits():
    calls = running(ToolKind.EXECUTE, ToolKind.EDIT)
    assert told(AgentState.SILENT, *calls) == [RUNNING, WAITING]
    assert told(AgentState.WAITING, *calls) == [RUNNING, WAITING]


def test_a_command_may_last_so_it_waits_only_if_the_agent_says_so():
    assert told(AgentState.SILENT, *running(ToolKind.EXECUTE)) == [RUNNING]
    assert told(AgentState.WAITING, *running(ToolKind.EXECUTE)) == [WAITING]


def test_a_sub_agent_runs_while_its_own_call_waits():
    assert told(AgentState.WAITING, *running(ToolKind.AGENT)) == [RUNNING]


def test_nothing_runs_when_the_agent_is_gone():
    done = tool("Read", ToolKind.READ, "a.py")
    assert told(AgentState.GONE, done, *running(ToolKind.EDIT)) == [ToolStatus.OK, UNKNOWN]
