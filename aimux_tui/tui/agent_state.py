"""What is known of an agent apart from its log, and what that says of the calls in its log."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.model.session import Status
from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.store.status import MAY_WAIT

if TYPE_CHECKING:
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import Turn

_INSTANT = frozenset({ToolKind.EDIT, ToolKind.WRITE})
"""Calls that take no time of their own."""


class AgentState(StrEnum):
    """What an agent is doing about the calls that have no result."""

    WORKING = "working"
    WAITING = "waiting"
    """For its user: it says so itself."""
    SILENT = "silent"
    """It has written nothing for long enough that it may be waiting."""
    GONE = "gone"
    """It is not at work any more: nothing runs."""


def state_of(session: Session) -> AgentState:
    """What the agent of a session is doing."""
    if session.status is Status.ACTIVE:
        return AgentState.WORKING
    if session.status is not Status.WAITING:
        return AgentState.GONE
    is_guess = session.status_reason.endswith(MAY_WAIT)
    return AgentState.SILENT if is_guess else AgentState.WAITING


def as_told(turn: Turn, state: AgentState) -> Turn:
    """The turn, its calls without a result as they are seen from outside."""
    running = [
        step
        for step in turn.steps
        if isinstance(step, ToolCall) and step.status is ToolStatus.RUNNING
    ]
    changed, status = running, ToolStatus.UNKNOWN
    if state is not AgentState.GONE:
        changed, status = _waiting(running, state), ToolStatus.WAITING
    if not changed:
        return turn
    ids = {id(call) for call in changed}
    steps = (
        replace(step, status=status) if isinstance(step, ToolCall) and id(step) in ids else step
        for step in turn.steps
    )
    return replace(turn, steps=tuple(steps))


def _waiting(running: list[ToolCall], state: AgentState) -> list[ToolCall]:
    """Those of the calls that are known to wait for the user.

    No agent tells which call it asks about. One that takes no time does not run for long; of others
    it is certain where there is only one. A sub-agent's calls are in a log of their own.
    """
    if state is AgentState.WORKING:
        return []
    calls = [call for call in running if call.kind is not ToolKind.AGENT]
    if state is AgentState.WAITING and len(calls) == 1:
        return calls
    return [call for call in calls if call.kind in _INSTANT]
