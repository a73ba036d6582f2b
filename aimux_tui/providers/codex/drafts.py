"""Tool calls of a turn while its records are read: call, result and all that tells of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aimux_tui.model.body import Body
from aimux_tui.model.tools import FileEdit, ToolCall, ToolStatus
from aimux_tui.model.turn import TurnState
from aimux_tui.providers.codex.identity import key_of
from aimux_tui.providers.codex.outputs import ToolOutput, Verdict, read_output
from aimux_tui.providers.codex.patches import edits_from_changes, edits_from_patch
from aimux_tui.providers.codex.reading import as_json, image_in_output
from aimux_tui.providers.codex.records import list_of, number_of, text_of
from aimux_tui.providers.codex.scripts import patch_in_script
from aimux_tui.providers.codex.toolcalls import (
    CELL_TOOLS,
    arguments_of,
    children_in_output,
    kind_of,
    patch_edits,
    snippet_of,
    tool_name_of,
)
from aimux_tui.providers.cut_arguments import cut_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from aimux_tui.model.body import Span
    from aimux_tui.model.turn import Image, Notice, Step
    from aimux_tui.providers.codex.reading import Line

_STATUS = {
    Verdict.FINE: ToolStatus.OK,
    Verdict.FAILED: ToolStatus.FAILED,
    Verdict.REJECTED: ToolStatus.REJECTED,
    Verdict.CANCELLED: ToolStatus.CANCELLED,
    Verdict.REFUSED: ToolStatus.UNKNOWN,
}
_NESTED = "exec-"


class CallDraft:
    """A call that may still learn of its result."""

    def __init__(self, line: Line) -> None:
        payload = line.payload
        self.line = line
        self.id = text_of(payload, "call_id")
        self.name = tool_name_of(payload)
        self.arguments = arguments_of(payload)
        self.snippet = snippet_of(self.name, self.arguments)
        self.output: ToolOutput | None = None
        self.output_body = Body()
        self.images: list[Image] = []
        self.exit_code: int | None = None
        self.duration: timedelta | None = None
        self.ended: datetime | None = None
        self.result_record: Span | None = None
        self.edits: tuple[FileEdit, ...] = ()
        self.has_changes = False
        self.error = ""
        self.child_key = ""
        self.nested: list[Notice] = []
        """What a script of code mode did."""
        self._nested_commands: list[dict[str, Any]] = []
        self._made: tuple[object, ToolCall] | None = None
        """What was known when the call was made of it, and the call."""

    def nest(self, notice: Notice, command: dict[str, Any] | None = None) -> None:
        """Take something that the script did; `command` if it was one."""
        self.nested.append(notice)
        if command is not None:
            self._nested_commands.append(command)

    def answer(self, line: Line) -> None:
        """Take the result."""
        if self.result_record is not None:
            return
        payload = line.payload
        if "tools" in payload and "output" not in payload:
            names = [
                text_of(tool, "name")
                for tool in list_of(payload, "tools")
                if isinstance(tool, dict)
            ]
            self.output = ToolOutput(", ".join(name for name in names if name))
            self.output_body = line.body(self.output.text, "/tools")
        else:
            self.output = read_output(payload.get("output"))
            self.output_body = line.body(self.output.text, "/output")
            self.images = [image_in_output(line, index) for index in self.output.images]
        self.result_record, self.ended = line.span, line.at
        for child in children_in_output(payload.get("output")) or ():
            self.child_key = self.child_key or key_of(child)

    def finish(self, turn: TurnState, request: int) -> Iterator[Step]:
        """The call as the whole turn tells it, made by `request`, and what its script did."""
        code, nested = self.exit_code, self.nested
        if len(self._nested_commands) == 1 and len(nested) == 1:
            # A script that is one command: the call tells all of it.
            code, nested = number_of(self._nested_commands[0], "exit_code"), []
        state = turn if self.output is None else None
        told = (self.snippet, self.duration, self.edits, self.has_changes, self.error)
        known = (state, request, code, self.output_body, self.result_record, self.child_key, *told)
        if self._made is None or self._made[0] != known:
            self._made = (known, self._make(turn, request, code))
        yield self._made[1]
        yield from nested

    def _make(self, turn: TurnState, request: int, code: int | None) -> ToolCall:
        output = self.output
        status = self._status(turn)
        wall_time = output.wall_time if output is not None else None
        exit_code = output.exit_code if output is not None else None
        pointer = f"/{_input_name(self.line.payload)}"
        return ToolCall(
            id=self.id,
            name=self.name,
            kind=kind_of(self.name, self.arguments),
            input=cut_arguments(self.arguments),
            snippet=self.snippet,
            status=status,
            exit_code=code if exit_code is None else exit_code,
            input_body=self.line.body(as_json(self.arguments), pointer),
            output=self.output_body,
            error=(output.error if output is not None else "") or self.error,
            started=self.line.at,
            ended=self.ended,
            logged_duration=self.duration or wall_time,
            edits=self._edits(status),
            child_key=self.child_key,
            record=self.line.span,
            result_record=self.result_record,
            request=request,
        )

    def _status(self, turn: TurnState) -> ToolStatus:
        if self.output is not None:
            return _STATUS[self.output.verdict]
        if self.name == "web_search" and not self.id:
            return ToolStatus.OK
        if turn is TurnState.RUNNING:
            return ToolStatus.RUNNING
        return ToolStatus.CANCELLED if turn is TurnState.INTERRUPTED else ToolStatus.UNKNOWN

    def _edits(self, status: ToolStatus) -> tuple[FileEdit, ...]:
        if self.edits or self.has_changes:
            return self.edits
        if status is ToolStatus.OK:
            return patch_edits(self.line.payload)
        if status is ToolStatus.RUNNING:
            # What the user may be asked to allow.
            script = text_of(self.arguments, "input") if self.name in CELL_TOOLS else ""
            patch = patch_in_script(script) if script else ""
            return edits_from_patch(patch) if patch else patch_edits(self.line.payload)
        return ()


class CallDrafts:
    """The calls of a turn by id, and the cell of code mode that is open."""

    def __init__(self) -> None:
        self._drafts: dict[str, CallDraft] = {}
        self._cell: CallDraft | None = None
        self._changed: set[str] = set()
        self._running: dict[str, str] = {}
        """Session or cell → what runs there."""

    def begin(self, line: Line) -> CallDraft | None:
        """A call; None if its id is known already."""
        draft = CallDraft(line)
        if draft.id and draft.id in self._drafts:
            return None
        if draft.id:
            self._drafts[draft.id] = draft
        if draft.name in CELL_TOOLS:
            self._cell = draft
        place = draft.arguments.get("session_id", draft.arguments.get("cell_id"))
        if place is not None and (running := self._running.get(str(place))):
            typed = text_of(draft.arguments, "chars")
            draft.snippet = f"{typed!r} → {running}" if typed else f"… {running}"
        return draft

    def answer(self, line: Line) -> CallDraft | None:
        """A result; None if its call is not in the turn."""
        draft = self._drafts.get(text_of(line.payload, "call_id"))
        if draft is not None:
            draft.answer(line)
            if draft.output is not None and draft.output.running_as:
                self._running.setdefault(draft.output.running_as, draft.snippet)
        return draft

    def of_event(self, call_id: str) -> CallDraft | None:
        """The call with this id."""
        return self._drafts.get(call_id)

    def take_command(self, fields: dict[str, Any], line: Line, pointer: str) -> bool:
        """A command that ended, as the agent saw it. False if it was no call of its own."""
        draft = self._drafts.get(text_of(fields, "call_id") or text_of(fields, "id"))
        if draft is None:
            return False
        draft.exit_code = number_of(fields, "exit_code")
        draft.duration = duration_of(fields.get("duration"))
        if draft.output is None:
            text = text_of(fields, "aggregated_output")
            draft.output_body = line.body(text, f"{pointer}/aggregated_output")
        return True

    def cell_of(self, nested_id: str) -> CallDraft | None:
        """The call of code mode in which something with this id happened."""
        if nested_id.startswith(_NESTED) or self._is_open():
            return self._cell
        return None

    def take_changes(self, call_id: str, changes: Any, *, applied: bool, error: str) -> None:
        """What a patch changed, or why it did not."""
        draft = self._drafts.get(call_id)
        is_own = draft is not None
        if draft is None:
            draft = self.cell_of(call_id)
        if draft is None or call_id in self._changed:
            return
        if call_id:
            self._changed.add(call_id)
        draft.has_changes = draft.has_changes or is_own
        if applied:
            draft.edits += edits_from_changes(changes)
        else:
            draft.error = draft.error or error

    def take_child(self, call_id: str, child_id: str) -> None:
        """Which thread a call spawned."""
        draft = self._drafts.get(call_id) or self._cell
        if draft is not None and child_id:
            draft.child_key = draft.child_key or key_of(child_id)

    def take_duration(self, call_id: str, duration: Any) -> None:
        """How long a call took."""
        draft = self._drafts.get(call_id)
        if draft is not None:
            draft.duration = duration_of(duration)

    def _is_open(self) -> bool:
        return self._cell is not None and self._cell.result_record is None


def duration_of(value: Any) -> timedelta | None:
    """A duration as Rust writes it, `{secs, nanos}`; None if it is none."""
    if not isinstance(value, dict):
        return None
    seconds, nanoseconds = number_of(value, "secs"), number_of(value, "nanos")
    if seconds is None or not 0 <= seconds < 10**9:
        return None
    return timedelta(seconds=seconds, microseconds=(nanoseconds or 0) / 1000)


def _input_name(payload: dict[str, Any]) -> str:
    return next((name for name in ("arguments", "input", "action") if name in payload), "arguments")
