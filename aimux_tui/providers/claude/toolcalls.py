"""Tool calls of a turn in full, from the block that made each and from its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, TurnState
from aimux_tui.providers.claude.edits import edits_of
from aimux_tui.providers.claude.links import agent_key
from aimux_tui.providers.claude.results import Result
from aimux_tui.providers.claude.snippets import kind_of, snippet_of
from aimux_tui.providers.claude.texts import text_in
from aimux_tui.providers.claude.vocabulary import SPAWNING_TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.providers.base import LogSource
    from aimux_tui.providers.claude.entries import Entry

_LONGEST_ARGUMENT = 2000
"""Characters of an argument kept in a call; the whole input can be read by its body."""
_PLAN_TOOLS = frozenset({"ExitPlanMode", "exit_plan_mode"})
_UNANSWERED = {
    TurnState.RUNNING: ToolStatus.RUNNING,
    TurnState.INTERRUPTED: ToolStatus.CANCELLED,
}
"""What became of a call without a result, by the state of its turn."""


@dataclass(slots=True)
class CallDraft:
    """A call, while the rest of its turn is being read."""

    entry: Entry
    pointer: str
    """Of the block."""
    block: dict[str, Any]
    result: Result | None = None
    has_failed: bool = False
    agent_id: str = ""
    live_output: Body | None = None
    """What a command without a result has printed so far."""

    @property
    def name(self) -> str:
        """The tool's name as logged."""
        return text_in(self.block, "name")

    def take(self, result: Result) -> None:
        """The result has come; a failure stays one, whatever is said later."""
        if self.has_failed and not result.is_error:
            return
        self.has_failed = result.is_error
        self.result = result
        self.agent_id = result.agent_id or self.agent_id

    def steps(
        self, source: LogSource, root_session: str, state: TurnState
    ) -> Iterator[ToolCall | Notice | Image]:
        """The call, then the plan that it proposes and the pictures that it brought."""
        yield self._call(source, root_session, state)
        if self.name in _PLAN_TOOLS:
            yield from self._plan()
        if self.result is not None:
            yield from self.result.images()

    def _call(self, source: LogSource, root_session: str, state: TurnState) -> ToolCall:
        entry, result, name = self.entry, self.result, self.name
        arguments = self.block.get("input")
        if not isinstance(arguments, dict):
            arguments = {} if arguments is None else {"input": arguments}
        twin = result.twin if result is not None else None
        is_agent = name in SPAWNING_TOOLS and self.agent_id and root_session
        output = result.output(source) if result is not None else self.live_output
        return ToolCall(
            id=text_in(self.block, "id"),
            name=name,
            kind=kind_of(name),
            input={key: _cut(value) for key, value in arguments.items()},
            snippet=snippet_of(name, arguments, twin),
            status=self._status(state),
            exit_code=result.exit_code if result is not None else None,
            input_body=entry.body(f"{self.pointer}/input"),
            output=output or Body(),
            error=result.error if result is not None else "",
            started=entry.at,
            ended=result.entry.at if result is not None else None,
            logged_duration=result.duration if result is not None else None,
            edits=edits_of(name, arguments, twin),
            child_key=agent_key(root_session, self.agent_id) if is_agent else "",
            record=entry.span,
            result_record=result.entry.span if result is not None else None,
        )

    def _status(self, state: TurnState) -> ToolStatus:
        if self.result is not None:
            return self.result.status
        return _UNANSWERED.get(state, ToolStatus.UNKNOWN)

    def _plan(self) -> Iterator[Notice]:
        entry = self.entry
        body = entry.body(f"{self.pointer}/input/plan")
        if not body and self.result is not None and isinstance(self.result.twin, dict):
            entry = self.result.entry
            body = entry.body("/toolUseResult/plan")
        if body:
            yield Notice(NoticeKind.MODE, "Proposed plan", body, entry.at, entry.span)


def _cut(value: Any) -> Any:
    match value:
        case str() if len(value) > _LONGEST_ARGUMENT:
            return value[:_LONGEST_ARGUMENT] + "…"
        case list():
            return [_cut(item) for item in value[:_LONGEST_ARGUMENT]]
        case dict():
            return {key: _cut(item) for key, item in value.items()}
    return value
