"""A tool call put together from the record that made it and those that answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from aimux_tui.model.body import Body, Span
from aimux_tui.model.tools import FileEdit, Hunk, ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import Notice, NoticeKind
from aimux_tui.providers.claude.bodies import (
    json_text,
    picture,
    result_body,
    text_body,
    text_of_value,
)
from aimux_tui.providers.claude.links import agent_key
from aimux_tui.providers.claude.outcomes import error_text, exit_code, failed_status
from aimux_tui.providers.claude.toolkinds import (
    kind_of,
    plan_snippet,
    question_snippet,
    snippet_of,
    task_snippet,
)
from aimux_tui.providers.cut_arguments import cut_arguments
from aimux_tui.providers.diffs import (
    edit_for_new_file,
    edit_from_hunks,
    edit_from_replacement,
    hunks_from_structured_patch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.turn import Image
    from aimux_tui.providers.base import LogSource

_PLAN_TOOLS = frozenset({"ExitPlanMode", "exit_plan_mode"})
_TOLD_BY_OTHERS = _PLAN_TOOLS | {"Task", "Agent", "TaskCreate", "TaskUpdate"}
"""Calls of which records far behind their results may tell more, or that tell of other calls."""
_SAID = "the user said:"
_AGENT_NAME = re.compile(r"[A-Za-z0-9_@.-]+")
_AGENT_ID = re.compile(r"\bagentId: ([A-Za-z0-9_-]+)")
_TASK_CREATED = re.compile(r"Task #(?P<id>\w+) created successfully: (?P<subject>.*)")


class Result(Struct, frozen=True):
    """A `tool_result` block and its structured twin."""

    block: Mapping[str, Any]
    pointer: str
    record: Span
    at: datetime | None
    twin: Any = None
    """`toolUseResult` of the record, given to the first of its results."""

    @property
    def call_id(self) -> str:
        """The id of the call that it answers."""
        value = self.block.get("tool_use_id")
        return value if isinstance(value, str) else ""

    @property
    def text(self) -> str:
        """What the model was told."""
        return text_of_value(self.block.get("content"))

    @property
    def status(self) -> ToolStatus:
        """How the call ended."""
        if self.is_error:
            return failed_status(self.text)
        is_cut = isinstance(self.twin, dict) and self.twin.get("interrupted") is True
        return ToolStatus.CANCELLED if is_cut else ToolStatus.OK

    @property
    def error(self) -> str:
        """Why the call failed, one short paragraph; "" if it did not."""
        match self.status:
            case ToolStatus.OK:
                return ""
            case ToolStatus.REJECTED:
                words = self.text.partition(_SAID)[2].strip()
                return error_text(f"The user said no: {words}") if words else "The user said no."
            case ToolStatus.CANCELLED if not self.is_error:
                return "Interrupted"
        return error_text(self.text)

    def output(self, source: LogSource) -> Body:
        """What the model was told, else what a command printed."""
        if text := self.text:
            return result_body(source, text, self.record, f"{self.pointer}/content")
        match self.twin:
            case {"stdout": _} | {"stderr": _}:
                return text_body(text_of_value(self.twin), self.record, "/toolUseResult")
        return Body()

    @property
    def is_error(self) -> bool:
        """Whether it is marked as an error."""
        return self.block.get("is_error") is True

    def images(self) -> Iterator[Image]:
        """The pictures in it."""
        content = self.block.get("content")
        for index, block in enumerate(content if isinstance(content, list) else ()):
            pointer = f"{self.pointer}/content/{index}"
            if found := picture(block, self.record, pointer, self.at):
                yield found

    def edits(self) -> tuple[FileEdit, ...]:
        """What it says that was done to files."""
        twin = self.twin
        if not isinstance(twin, dict):
            return ()
        path = twin.get("filePath")
        path = path if isinstance(path, str) else ""
        if twin.get("structuredPatch"):
            hunks = hunks_from_structured_patch(twin["structuredPatch"])
            is_new = twin.get("type") == "create"
            return (edit_from_hunks(path, hunks, operation="create" if is_new else "update"),)
        if twin.get("type") == "create" and path:
            content = twin.get("content")
            return (edit_for_new_file(path, content if isinstance(content, str) else ""),)
        return ()


class CallDraft(Struct):
    """A call of which more may be read."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    record: Span | None
    pointer: str
    at: datetime | None
    cwd: str
    root_session: str
    results: list[Result] = field(default_factory=list)
    progress: Body | None = None
    """The newest output of a command that still runs."""
    agent_id: str = ""
    request: int = 0
    """Key of the model request that made the call."""

    def finished(
        self, source: LogSource, unanswered: ToolStatus, subjects: dict[str, str]
    ) -> ToolCall:
        """The call as it stands, `unanswered` if it has no result.

        `subjects` (task id → subject) is read and added to.
        """
        failed = next((result for result in self.results if result.is_error), None)
        result = failed or (self.results[-1] if self.results else None)
        text = result.text if result else ""
        status = result.status if result else unanswered
        twin = self._twin()
        kind = kind_of(self.name)
        return ToolCall(
            id=self.id,
            name=self.name,
            kind=kind,
            input=cut_arguments(self.arguments),
            snippet=self._snippet(text, twin, subjects),
            status=status,
            exit_code=_exit_code(kind, twin, text if failed else ""),
            input_body=self._input_body(),
            output=result.output(source) if result else self.progress or Body(),
            error=result.error if result else "",
            started=self.at,
            ended=result.at if result else None,
            logged_duration=_duration(twin),
            edits=self._edits(text),
            child_key=self._child_key(kind, twin, text),
            record=self.record,
            result_record=result.record if result else None,
            request=self.request,
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing but a second result could tell more of it."""
        return bool(self.results) and self.name not in _TOLD_BY_OTHERS

    def forget(self) -> None:
        """Let go of what it was made of."""
        self.arguments = {}
        self.results.clear()

    def _twin(self) -> Mapping[str, Any]:
        return next((r.twin for r in self.results if isinstance(r.twin, dict)), {})

    def plan(self) -> Iterator[Notice]:
        """The plan that the call proposes, if it does, to be read as a text."""
        if self.name not in _PLAN_TOOLS or self.record is None:
            return
        places = [(self.arguments, self.record, f"{self.pointer}/input/plan")]
        places += [
            (result.twin, result.record, "/toolUseResult/plan")
            for result in self.results
            if isinstance(result.twin, dict)
        ]
        for fields, record, pointer in places:
            plan = fields.get("plan")
            if isinstance(plan, str) and plan:
                body = text_body(plan, record, pointer)
                yield Notice(NoticeKind.MODE, "Proposed plan", body, self.at, record)
                return

    def _input_body(self) -> Body:
        if self.record is None:
            return Body()
        return text_body(json_text(self.arguments), self.record, f"{self.pointer}/input")

    def _snippet(self, text: str, twin: Mapping[str, Any], subjects: dict[str, str]) -> str:
        if self.name == "TaskUpdate":
            return task_snippet(self.arguments, subjects)
        if self.name == "AskUserQuestion":
            return question_snippet(self.arguments, twin)
        if self.name in _PLAN_TOOLS:
            return plan_snippet(self.arguments, twin)
        snippet = snippet_of(self.name, self.arguments, self.cwd)
        if self.name == "TaskCreate" and (found := _TASK_CREATED.match(text)):
            subjects[found["id"]] = found["subject"]
            return f"#{found['id']} {snippet}"
        return snippet

    def _edits(self, text: str) -> tuple[FileEdit, ...]:
        logged = tuple(edit for result in self.results for edit in result.edits())
        if logged or "structuredPatch" in self._twin():
            return logged
        return proposed_edits(self.name, self.arguments, text)

    def _child_key(self, kind: ToolKind, twin: Mapping[str, Any], text: str) -> str:
        if kind is not ToolKind.AGENT or self.name not in {"Task", "Agent"}:
            return ""
        named = twin.get("agentId") or twin.get("agent_id") or self.agent_id
        if not named and (found := _AGENT_ID.search(text)):
            named = found[1]
        is_name = isinstance(named, str) and _AGENT_NAME.fullmatch(named)
        return agent_key(self.root_session, named) if is_name and self.root_session else ""


def proposed_edits(name: str, arguments: Mapping[str, Any], text: str) -> tuple[FileEdit, ...]:
    """What a call asks to be done to a file, where no result tells what was done."""

    def argument(*names: str) -> str:
        return next((v for n in names if isinstance(v := arguments.get(n), str)), "")

    path = argument("file_path", "notebook_path", "path")
    match name:
        case "Edit":
            old, new = argument("old_string"), argument("new_string")
            if not old:
                return (edit_for_new_file(path, new, is_proposed=True),)
            return (edit_from_replacement(path, old, new),)
        case "MultiEdit":
            return _proposed_parts(path, arguments.get("edits"))
        case "Write":
            edit = edit_for_new_file(path, argument("content"), is_proposed=True)
            if "has been updated" in text[:500]:
                edit = edit_from_hunks(path, edit.hunks, is_proposed=True)
            return (edit,)
        case "NotebookEdit":
            return (edit_from_replacement(path, "", argument("new_source")),)
    return ()


def _proposed_parts(path: str, parts: Any) -> tuple[FileEdit, ...]:
    hunks: list[Hunk] = []
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            old, new = part.get("old_string"), part.get("new_string")
            if isinstance(old, str) and isinstance(new, str):
                hunks += edit_from_replacement(path, old, new).hunks
    return (edit_from_hunks(path, tuple(hunks), is_proposed=True),)


def _exit_code(kind: ToolKind, twin: Mapping[str, Any], error: str) -> int | None:
    """Of a command: as its structured result states it, else from the head of its error."""
    if kind is not ToolKind.EXECUTE:
        return None
    code = twin.get("exitCode")
    if isinstance(code, int) and not isinstance(code, bool):
        return code
    return exit_code(error)


def _duration(twin: Mapping[str, Any]) -> timedelta | None:
    for name, unit in (("totalDurationMs", 1e-3), ("durationMs", 1e-3), ("durationSeconds", 1.0)):
        value = twin.get(name)
        if isinstance(value, int | float) and 0 < value * unit < 1e8:
            return timedelta(seconds=value * unit)
    return None
