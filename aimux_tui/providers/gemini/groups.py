"""The messages of one turn of a Gemini log, and where they leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.log import LogState
from aimux_tui.model.tools import ToolStatus
from aimux_tui.providers.gemini.entries import Entry, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimux_tui.model.body import Span
    from aimux_tui.model.usage import Request
    from aimux_tui.providers.gemini.toolcalls import CallFacts

_GIVEN_UP = frozenset({ToolStatus.CANCELLED, ToolStatus.REJECTED})
# Once for each message: to look a member up in its enum costs more than to make an object.
_ANSWER, _RESULT = Role.ANSWER, Role.RESULT
_SNAPSHOT, _COMPRESSED = Role.SNAPSHOT, Role.COMPRESSED
_RUNNING, _OK = ToolStatus.RUNNING, ToolStatus.OK
_RESPONDING, _FINISHED = LogState.RESPONDING, LogState.FINISHED
_INTERRUPTED = LogState.INTERRUPTED


class Group(Struct):
    """The messages of one turn."""

    opener: Entry
    is_discarded: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def requests(self) -> list[Request]:
        """The requests of its messages."""
        return [entry.request for entry in self.entries if entry.request is not None]

    @property
    def calls(self) -> list[CallFacts]:
        """The tool calls of its messages."""
        answers = self._answers()
        calls: list[CallFacts] = []
        for entry in self.entries:
            if entry.calls:
                calls += _settled(entry, answers)
        return calls

    @property
    def state(self) -> tuple[LogState, str]:
        """Where the turn stands, and what that is about."""
        return _state_of(self.entries, self._answers())

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where its messages lie, without results that the calls hold themselves."""
        answered: set[int | str] = set()
        if not any(entry.calls_from_content for entry in self.entries):
            for entry in self.entries:
                answered.update([call.id or call.name for call in entry.calls if call.has_result])
        spans: list[Span] = []
        for entry in self.entries:
            if entry.role is not _RESULT or not answered.issuperset(entry.pieces):
                spans += entry.spans
        return tuple(dict.fromkeys(spans))

    @property
    def compactions(self) -> int:
        """A compression leaves a summary in the history, a line on the screen, or both."""
        roles = [entry.role for entry in self.entries]
        return max(roles.count(_SNAPSHOT), roles.count(_COMPRESSED))

    def _answers(self) -> dict[str, bool]:
        """Calls whose results stand in messages of their own → whether they failed."""
        answers: dict[str, bool] = {}
        if any(entry.calls_from_content for entry in self.entries):
            for entry in self.entries:
                answers = {**entry.answers, **answers}
        return answers


def _settled(entry: Entry, answers: Mapping[str, bool]) -> Sequence[CallFacts]:
    """An entry's calls; those that only its content tells of end with their results."""
    if not entry.calls_from_content:
        return entry.calls
    return [
        call._replace(status=ToolStatus.FAILED if answers[name] else ToolStatus.OK)
        if (name := call.id or call.name) in answers
        else call
        for call in entry.calls
    ]


def _state_of(entries: Sequence[Entry], answers: Mapping[str, bool]) -> tuple[LogState, str]:
    """Follow the log's state machine through the messages of a turn."""
    state, detail = LogState.EMPTY, ""
    was_rolled_back = False
    for entry in entries:
        role = entry.role
        if role is _ANSWER:
            state, detail = _state_after_answer(entry, _settled(entry, answers))
            continue
        if role is _RESULT:
            if state is not _INTERRUPTED:
                state, detail = _RESPONDING, ""
            continue
        match role:
            case Role.PROMPT:
                state, detail = _RESPONDING, ""
                was_rolled_back |= entry.was_rolled_back
            case Role.COMMAND | Role.SHELL:
                state, detail = LogState.FINISHED, ""
            case Role.CANCELLED:
                state, detail = LogState.INTERRUPTED, entry.title
            case Role.ERROR if state in {LogState.RESPONDING, LogState.TOOL, LogState.EMPTY}:
                # An error beside a finished answer (a failed update, say) is not the turn's.
                state, detail = LogState.ERROR, entry.title
    if was_rolled_back and state in {LogState.RESPONDING, LogState.TOOL}:
        return LogState.INTERRUPTED, "given up"
    return state, detail


def _state_after_answer(entry: Entry, calls: Sequence[CallFacts]) -> tuple[LogState, str]:
    if not calls:
        return (_FINISHED if entry.is_final else _RESPONDING), ""
    running = [call.name for call in calls if call.status is _RUNNING]
    if running:
        return LogState.TOOL, ", ".join(dict.fromkeys(running))
    if any(call.name == "complete_task" and call.status is _OK for call in calls):
        return _FINISHED, ""
    if all(call.status in _GIVEN_UP for call in calls):
        return _INTERRUPTED, calls[0].name
    return (_FINISHED if entry.is_final else _RESPONDING), ""
