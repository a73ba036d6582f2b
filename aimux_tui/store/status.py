"""What a session is doing, from its log's state machine, its age and its agent's live state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.session import Status

if TYPE_CHECKING:
    from datetime import datetime

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.session import LiveState

TOOL_GRACE = timedelta(seconds=30)
"""A tool call with no write for longer than this may be a permission prompt."""
RESPONSE_GRACE = timedelta(minutes=5)
"""Models that think hard write nothing for minutes."""
MAY_WAIT = "it may wait for permission"
GIVEN_UP = timedelta(hours=4)
"""An unanswered tool call older than this belongs to an agent that was ended."""


def status_of(
    summary: LogSummary, *, live: LiveState | None, written: datetime, now: datetime
) -> tuple[Status, str]:
    """(status, its reason in words).

    `live` is what a *running* agent's state file says; `written` is when the log was last written.
    """
    if live is not None and (found := _from_live(live, summary)):
        return found
    # A log that was copied or restored is written now, and tells of what was long ago.
    age = now - min(written, summary.updated or written)
    detail = summary.state_detail
    match summary.state:
        case LogState.ERROR:
            return Status.ERROR, detail or "the last request failed"
        case LogState.INTERRUPTED:
            return Status.IDLE, "interrupted"
        case LogState.FINISHED:
            return Status.IDLE, "finished"
        case LogState.EMPTY:
            return Status.IDLE, "empty"
        case LogState.TOOL:
            tool = detail or "a tool"
            if age <= TOOL_GRACE:
                return Status.ACTIVE, f"{tool} is running"
            if age <= GIVEN_UP and not summary.parent_key:
                return Status.WAITING, f"{tool} has no result yet: {MAY_WAIT}"
            return Status.IDLE, f"stopped in the middle of {tool}"
        case LogState.RESPONDING:
            if age <= RESPONSE_GRACE:
                return Status.ACTIVE, "the model is responding"
            return Status.IDLE, "stopped before the model finished"


def _from_live(live: LiveState, summary: LogSummary) -> tuple[Status, str] | None:
    match live.status:
        case "waiting":
            return Status.WAITING, f"waits for {live.waiting_for or 'its user'}"
        case "busy" | "running" | "working":
            if summary.state is LogState.TOOL:
                return Status.ACTIVE, f"{summary.state_detail or 'a tool'} is running"
            return Status.ACTIVE, "the model is responding"
        case "idle":
            if summary.state is LogState.ERROR:
                return None
            return Status.IDLE, "waits for a prompt"
    return None
