"""Where a log's own state machine stands, told from what came last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import TurnState

if TYPE_CHECKING:
    from aimux_tui.providers.claude.records import Line

_GOING_ON = frozenset({"tool_use", "pause_turn"})


class StateMachine:
    """The state is worked out when asked for: nobody needs it after every line.

    `last` is the newest line of the model or of a tool's result, and tells the state while it is
    there; `base` tells it otherwise.
    """

    __slots__ = ("base", "error", "is_answered", "is_stopped", "last", "pending")

    def __init__(self, pending: dict[str, str]) -> None:
        self.pending = pending
        """Calls without a result → tool name."""
        self.base = LogState.EMPTY
        self.last: Line | None = None
        self.error = ""
        self.is_stopped = False
        """The turn was interrupted or failed: late results change nothing."""
        self.is_answered = False
        """The current turn asked the terminal, not the model, and is done."""

    def set(self, state: LogState) -> None:
        """Something other than the model's next line decides the state."""
        self.base = state
        self.last = None
        self.is_stopped = state is LogState.INTERRUPTED or state is LogState.ERROR
        self.is_answered = False

    def stay(self) -> None:
        """A turn begins that no model answers: the log is where it was, no longer at work."""
        state = self.now()
        if state is LogState.RESPONDING or state is LogState.TOOL:
            state = LogState.FINISHED
        self.set(state)
        self.is_answered = True

    def now(self) -> LogState:
        """The log's state."""
        line = self.last
        if line is None:
            return self.base
        if self.pending:
            return LogState.TOOL
        message = line.message
        if line.type != "assistant" or message is None:
            return LogState.RESPONDING
        content = message.content
        has_text = (
            bool(content) and content[-1].type == "text"
            if isinstance(content, list)
            else content is not None
        )
        if has_text and message.stop_reason not in _GOING_ON:
            return LogState.FINISHED
        return LogState.RESPONDING

    def detail(self) -> str:
        """The tool that runs, or the error."""
        match self.now():
            case LogState.ERROR:
                return self.error
            case LogState.TOOL:
                return next(iter(self.pending.values()), "")
        return ""

    def turn_state(self) -> TurnState:
        """The state of the current turn."""
        if self.is_answered and self.last is None:
            return TurnState.DONE
        match self.now():
            case LogState.FINISHED:
                return TurnState.DONE
            case LogState.INTERRUPTED:
                return TurnState.INTERRUPTED
            case LogState.ERROR:
                return TurnState.ERROR
        return TurnState.RUNNING
