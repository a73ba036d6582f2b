"""Tool calls of Gemini CLI: what they are, how they ended, what they changed."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from aimux_tui.model.tools import FileEdit, ToolKind, ToolStatus
from aimux_tui.providers.diffs import (
    edit_for_new_file,
    edit_from_hunks,
    edit_from_replacement,
    hunks_from_unified,
)
from aimux_tui.providers.gemini.records import decode_raw, is_present, parse_time
from aimux_tui.providers.gemini.texts import as_json, one_line, result_text

if TYPE_CHECKING:
    from datetime import datetime

    from msgspec import Raw

    from aimux_tui.providers.gemini.records import LoggedCall

_KINDS = {
    "read_file": ToolKind.READ,
    "read_many_files": ToolKind.READ,
    "list_directory": ToolKind.READ,
    "get_internal_docs": ToolKind.READ,
    "glob": ToolKind.SEARCH,
    "grep_search": ToolKind.SEARCH,
    "search_file_content": ToolKind.SEARCH,
    "replace": ToolKind.EDIT,
    "edit": ToolKind.EDIT,
    "save_memory": ToolKind.EDIT,
    "write_file": ToolKind.WRITE,
    "run_shell_command": ToolKind.EXECUTE,
    "web_fetch": ToolKind.WEB,
    "google_web_search": ToolKind.WEB,
    "invoke_agent": ToolKind.AGENT,
    "delegate_to_agent": ToolKind.AGENT,
    "codebase_investigator": ToolKind.AGENT,
    "write_todos": ToolKind.TASK,
    "ask_user": ToolKind.TASK,
    "enter_plan_mode": ToolKind.TASK,
    "exit_plan_mode": ToolKind.TASK,
    "complete_task": ToolKind.TASK,
}
_STATUSES = {
    "success": ToolStatus.OK,
    "error": ToolStatus.FAILED,
    "cancelled": ToolStatus.CANCELLED,
    "validating": ToolStatus.RUNNING,
    "scheduled": ToolStatus.RUNNING,
    "executing": ToolStatus.RUNNING,
    "awaiting_approval": ToolStatus.RUNNING,
}
# Once for each call: to look a member up in its enum costs more than to make an object.
_OK, _FAILED, _CANCELLED = ToolStatus.OK, ToolStatus.FAILED, ToolStatus.CANCELLED
_UNKNOWN = ToolStatus.UNKNOWN
_AGENT = ToolKind.AGENT
_REFUSALS = (b"User denied", b"User did not allow")
_SNIPPET_ARGUMENTS = (
    "command",
    "file_path",
    "absolute_path",
    "dir_path",
    "path",
    "pattern",
    "query",
    "url",
    "prompt",
    "objective",
    "description",
    "name",
)
_AGENT_TOOLS = frozenset({"invoke_agent", "delegate_to_agent"})
"""Tools that start whichever sub-agent they are told."""
_TASK_ARGUMENTS = ("prompt", "objective", "query", "task")


class CallFacts(NamedTuple):
    """What the summaries need of a tool call."""

    id: str
    name: str
    kind: ToolKind
    status: ToolStatus
    ended: datetime | None
    has_result: bool
    edits: int = 0
    additions: int = 0
    deletions: int = 0
    agent_id: str = ""
    task: str = ""
    """What a sub-agent was told to do."""
    agent_name: str = ""
    """Which sub-agent it was."""


class _FileDiff(msgspec.Struct, rename="camel"):
    """The display of a tool that changed a file."""

    file_diff: str
    file_path: str | None = None
    file_name: str | None = None
    is_new_file: bool | None = None


_diff_decoder = msgspec.json.Decoder(_FileDiff)


def kind_of(name: str, agent_id: str | None = None) -> ToolKind:
    """What the tool called `name` does."""
    if agent_id:
        return _AGENT
    known = _KINDS.get(name)
    if known is not None:
        return known
    if name.startswith("mcp_") or "__" in name:
        return ToolKind.MCP
    return ToolKind.TASK if name.startswith("tracker_") else ToolKind.OTHER


def status_of(call: LoggedCall) -> ToolStatus:
    """How the call ended. A command that exits with an error is a success here: it did run."""
    if call.status is None:
        return _OK if is_present(call.result) else _UNKNOWN
    status = _STATUSES.get(call.status, _UNKNOWN)
    if status is _CANCELLED and any(word in bytes(call.result) for word in _REFUSALS):
        return ToolStatus.REJECTED
    return status


def facts_of(call: LoggedCall) -> CallFacts:
    """The facts of a call. Only a call that succeeded changed anything."""
    # One text for all calls of a tool, not one for each.
    name, status = intern(call.name or ""), status_of(call)
    kind = kind_of(name, call.agent_id)
    edit = edit_of(call, status) if status is _OK else None
    return CallFacts(
        call.id or "",
        name,
        kind,
        status,
        parse_time(call.timestamp),
        is_present(call.result),
        0 if edit is None else 1,
        0 if edit is None else edit.additions,
        0 if edit is None else edit.deletions,
        call.agent_id or "",
        task_of(call.args) if kind is _AGENT else "",
        agent_name_of(name, call.args) if kind is _AGENT else "",
    )


def edit_of(call: LoggedCall, status: ToolStatus) -> FileEdit | None:
    """What the call did to a file, or would have done; None if nothing, or if it failed.

    The recorder keeps the diff (since 2026); before, the edit is rebuilt from the arguments.
    """
    if status is _FAILED:
        return None
    happened = status is _OK
    diff = _logged_diff(call.result_display)
    if diff is not None:
        hunks = hunks_from_unified(diff.file_diff)
        if not hunks and not diff.is_new_file:
            return None
        path = diff.file_path or _arguments(call.args).get("file_path") or diff.file_name
        operation = "create" if diff.is_new_file else "update"
        return edit_from_hunks(
            str(path or ""), hunks, operation=operation, is_proposed=not happened
        )
    if call.name in {"replace", "edit", "write_file"}:
        return _rebuilt_edit(call)
    return None


def task_of(args: Raw) -> str:
    """What a sub-agent was told, from the arguments of the call that started it."""
    arguments = _arguments(args)
    return next(
        (arguments[name] for name in _TASK_ARGUMENTS if isinstance(arguments.get(name), str)), ""
    )


def agent_name_of(tool: str, args: Raw) -> str:
    """Which sub-agent a call started: an argument says so, or it is a tool of its own."""
    named = _arguments(args).get("agent_name")
    if isinstance(named, str) and named:
        return one_line(named, 40)
    return "" if tool in _AGENT_TOOLS else tool


def snippet_of(name: str, arguments: Any) -> str:
    """One line that tells what a call is about."""
    if not isinstance(arguments, dict):
        return one_line(str(arguments or ""))
    if name == "write_todos" and isinstance(arguments.get("todos"), list):
        return f"{len(arguments['todos'])} to-dos"
    if name == "complete_task" and isinstance(arguments.get("result"), dict):
        return one_line(str(arguments["result"].get("response", "")))
    if "agent_name" in arguments:
        return one_line(f"{arguments['agent_name']}: {arguments.get('prompt', '')}")
    for argument in _SNIPPET_ARGUMENTS:
        value = arguments.get(argument)
        if isinstance(value, str) and value:
            return one_line(value)
    return one_line(as_json(arguments)) if arguments else ""


def _arguments(args: Raw) -> dict[str, Any]:
    found = decode_raw(args)
    return found if isinstance(found, dict) else {}


def _logged_diff(display: Raw) -> _FileDiff | None:
    if not is_present(display) or b'"fileDiff"' not in bytes(display):
        return None
    try:
        return _diff_decoder.decode(display)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        try:
            return msgspec.convert(decode_raw(display), _FileDiff)
        except msgspec.ValidationError:
            return None


def _rebuilt_edit(call: LoggedCall) -> FileEdit | None:
    arguments = _arguments(call.args)
    path = arguments.get("file_path") or arguments.get("path") or ""
    old, new = arguments.get("old_string"), arguments.get("new_string")
    content = arguments.get("content")
    if isinstance(old, str) and isinstance(new, str):
        if not old:
            return edit_for_new_file(str(path), new, is_proposed=True)
        return edit_from_replacement(str(path), old, new)
    if not isinstance(content, str):
        return None
    edit = edit_for_new_file(str(path), content, is_proposed=True)
    if "overwrote" in result_text(decode_raw(call.result))[:200]:
        # What was there before is not known, so that only the new lines can be shown.
        return edit_from_hunks(edit.path, edit.hunks, is_proposed=True)
    return edit
