"""What a tool call is about: its name, its kind, its arguments, and a line that tells a reader."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, to_builtins
from msgspec.json import decode, encode

from aimux_tui.model.tools import ToolKind
from aimux_tui.providers.codex.patches import edits_from_patch, patch_in_command
from aimux_tui.providers.codex.records import list_of, mapping_of, text_of
from aimux_tui.providers.codex.scripts import read_script

if TYPE_CHECKING:
    from aimux_tui.model.tools import FileEdit

SPAWN_TOOL = "spawn_agent"
CELL_TOOLS = frozenset({"exec", "wait"})
"""The tools of code mode: what a script does is logged between its call and its result."""

_SNIPPET = 300
_PATCH_TOOLS = frozenset({"apply_patch", "applypatch"})
UNNAMED = {
    "local_shell_call": "local_shell",
    "tool_search_call": "tool_search",
    "web_search_call": "web_search",
    "image_generation_call": "image_generation",
}
"""Payload type → tool name, for calls that name no tool."""

_KINDS = {
    **dict.fromkeys(
        (
            "exec_command",
            "write_stdin",
            "shell",
            "shell_command",
            "local_shell",
            "container.exec",
            "exec",
            "wait",
            "unified_exec",
            "js_repl",
            "js_repl_reset",
        ),
        ToolKind.EXECUTE,
    ),
    **dict.fromkeys(_PATCH_TOOLS, ToolKind.EDIT),
    **dict.fromkeys(("read_file", "view_image", "list_dir", "read_mcp_resource"), ToolKind.READ),
    **dict.fromkeys(("grep_files", "tool_search"), ToolKind.SEARCH),
    **dict.fromkeys(("web_search", "web_fetch"), ToolKind.WEB),
    **dict.fromkeys(
        (
            SPAWN_TOOL,
            "send_input",
            "wait_agent",
            "close_agent",
            "resume_agent",
            "list_agents",
            "send_message",
            "followup_task",
            "interrupt_agent",
            "assign_task",
        ),
        ToolKind.AGENT,
    ),
    **dict.fromkeys(
        (
            "update_plan",
            "request_user_input",
            "get_goal",
            "create_goal",
            "update_goal",
            "request_permissions",
        ),
        ToolKind.TASK,
    ),
}
_WHITE = re.compile(r"\s+")
_TELLING = ("path", "file_path", "query", "url", "message", "prompt", "task_name", "name", "id")


def tool_name(payload_type: str, name: str | None, namespace: str | None) -> str:
    """The tool's name as logged, with the server's name if it is an MCP tool."""
    if payload_type in UNNAMED:
        return UNNAMED[payload_type]
    if not name:
        return payload_type
    if namespace and namespace.startswith("mcp"):
        return f"{namespace.removesuffix('__')}__{name}"
    return name


def tool_name_of(payload: dict[str, Any]) -> str:
    """As `tool_name`, from a decoded payload."""
    return tool_name(
        text_of(payload, "type"), text_of(payload, "name"), text_of(payload, "namespace")
    )


def arguments_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, in whatever form its version wrote them."""
    match text_of(payload, "type"):
        case "local_shell_call" | "web_search_call":
            return mapping_of(payload, "action")
        case "custom_tool_call":
            given = payload.get("input")
            return given if isinstance(given, dict) else {"input": given}
    given = payload.get("arguments")
    if isinstance(given, str):
        try:
            given = decode(given) if given.strip() else {}
        except (DecodeError, RecursionError, UnicodeEncodeError):
            return {"arguments": given}
    if given is None:
        return {}
    return given if isinstance(given, dict) else {"arguments": given}


def kind_of(name: str, arguments: dict[str, Any]) -> ToolKind:
    """What the tool does."""
    if name.startswith("mcp__"):
        return ToolKind.MCP
    if name == "exec" and isinstance(arguments.get("input"), str):
        return read_script(arguments["input"]).kind
    if name == "wait" and "cell_id" not in arguments:
        return ToolKind.AGENT
    return _KINDS.get(name, ToolKind.OTHER)


def patch_of(payload: dict[str, Any]) -> str:
    """The patch that a call wants applied; "" if it is no such call."""
    name = text_of(payload, "name")
    arguments = arguments_of(payload)
    if name in _PATCH_TOOLS:
        return text_of(arguments, "input") or text_of(arguments, "patch")
    command = arguments.get("command", arguments.get("cmd"))
    return patch_in_command(command)


def patch_edits(payload: dict[str, Any]) -> tuple[FileEdit, ...]:
    """The edits that a call proposes."""
    patch = patch_of(payload)
    return edits_from_patch(patch) if patch else ()


def children_in_output(output: Any) -> list[str] | None:
    """The threads that a spawn's result names; None if nothing was spawned."""
    if isinstance(output, str):
        try:
            output = decode(output)
        except (DecodeError, RecursionError, UnicodeEncodeError):
            return None
    if not isinstance(output, dict):
        return None
    child = text_of(output, "agent_id") or text_of(output, "agent_thread_id")
    if child:
        return [child]
    return [] if output.get("task_name") else None


def snippet_of(name: str, arguments: dict[str, Any]) -> str:
    """One line that tells a reader what a call is about."""
    return one_line(_snippet(name, arguments))


def one_line(text: str) -> str:
    """`text` folded into one line of bounded length."""
    folded = _WHITE.sub(" ", text[: _SNIPPET * 4]).strip()
    return folded if len(folded) <= _SNIPPET else folded[: _SNIPPET - 1] + "…"


def command_line(command: Any) -> str:
    """A command as a person would type it."""
    if isinstance(command, str):
        return command
    if not isinstance(command, list):
        return ""
    words = [word for word in command if isinstance(word, str)]
    if len(words) >= 3 and words[1] in {"-c", "-lc", "-Command"}:
        return words[-1]
    return shlex.join(words)


def _snippet(name: str, arguments: dict[str, Any]) -> str:
    if command := command_line(arguments.get("cmd", arguments.get("command"))):
        return command
    given = text_of(arguments, "input")
    match name:
        case "exec" if given:
            return read_script(given).snippet
        case "apply_patch" | "applypatch":
            return ", ".join(edit.path for edit in edits_from_patch(given)) or given
        case "write_stdin":
            return _stdin(arguments)
        case "wait" if "cell_id" in arguments:
            return f"cell {arguments['cell_id']}"
        case "update_plan":
            return _plan(arguments)
        case "web_search":
            return _search(arguments)
        case "spawn_agent":
            task = text_of(arguments, "task_name")
            message = text_of(arguments, "message")
            # Late versions encrypt the message: one long word.
            return task if task and " " not in message.strip() else message or task
        case "wait_agent" | "wait" | "close_agent" | "send_input":
            targets = list_of(arguments, "targets") or list_of(arguments, "ids")
            named = text_of(arguments, "target") or text_of(arguments, "id")
            return text_of(arguments, "message") or named or ", ".join(map(str, targets))
    return _telling(arguments)


def _stdin(arguments: dict[str, Any]) -> str:
    characters = text_of(arguments, "chars")
    session = arguments.get("session_id", "")
    return f"session {session}: {characters!r}" if characters else f"session {session}"


def _plan(arguments: dict[str, Any]) -> str:
    steps = [step for step in list_of(arguments, "plan") if isinstance(step, dict)]
    done = sum(text_of(step, "status") == "completed" for step in steps)
    active = next((s for s in steps if text_of(s, "status") == "in_progress"), None)
    now = f": {text_of(active, 'step')}" if active else ""
    return f"{done}/{len(steps)}{now}" if steps else ""


def _search(arguments: dict[str, Any]) -> str:
    queries = [query for query in list_of(arguments, "queries") if isinstance(query, str)]
    pattern, url = text_of(arguments, "pattern"), text_of(arguments, "url")
    found = text_of(arguments, "query") or "; ".join(queries)
    return found or " in ".join(part for part in (pattern, url) if part)


def _telling(arguments: dict[str, Any]) -> str:
    for name in _TELLING:
        if found := text_of(arguments, name):
            return found
    for value in arguments.values():
        if isinstance(value, str) and value.strip():
            return value
    if not arguments:
        return ""
    return encode(to_builtins(arguments, str_keys=True)).decode("utf-8", "replace")
