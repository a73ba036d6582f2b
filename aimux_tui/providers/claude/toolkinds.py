"""What Claude Code's tools do, and one line that says what a call is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aimux_tui.model.tools import ToolKind
from aimux_tui.providers.claude.bodies import json_text
from aimux_tui.providers.claude.prompts import one_line

_BY_KIND = {
    ToolKind.READ: "Read NotebookRead ReadMcpResourceTool",
    ToolKind.EDIT: "Edit MultiEdit NotebookEdit Update",
    ToolKind.WRITE: "Write",
    ToolKind.EXECUTE: "Bash BashOutput KillBash KillShell Monitor PowerShell REPL",
    ToolKind.SEARCH: "Glob Grep LS LSP ToolSearch",
    ToolKind.WEB: "WebFetch WebSearch web_fetch web_search",
    ToolKind.AGENT: (
        "Agent AgentOutputTool SendMessage Task TaskOutput TaskStop TeamCreate TeamDelete Workflow"
    ),
    ToolKind.MCP: "ListMcpResourcesTool",
    ToolKind.TASK: (
        "AskUserQuestion EnterPlanMode ExitPlanMode TaskCreate TaskGet TaskList TaskUpdate"
        " TodoRead TodoWrite"
    ),
}
_KINDS = {name.lower(): kind for kind, names in _BY_KIND.items() for name in names.split()}

_TELLING = {
    "agent": ("description", "prompt"),
    "agentoutputtool": ("agentId",),
    "bash": ("command",),
    "bashoutput": ("bash_id",),
    "croncreate": ("cron", "prompt"),
    "glob": ("pattern", "path"),
    "grep": ("pattern", "path", "glob"),
    "killshell": ("shell_id",),
    "monitor": ("description", "command"),
    "schedulewakeup": ("reason", "prompt"),
    "sendmessage": ("recipient", "to", "content", "message"),
    "skill": ("skill", "command", "args"),
    "task": ("description", "prompt"),
    "taskcreate": ("subject", "description"),
    "taskoutput": ("task_id",),
    "taskstop": ("task_id", "shell_id"),
    "toolsearch": ("query",),
    "webfetch": ("url",),
    "websearch": ("query",),
}
"""Arguments that say what a call is about; the first that is there, and its neighbours."""

_PATHS = ("file_path", "notebook_path", "path", "filePath")
_MCP = "mcp__"
_JOINED = frozenset({"glob", "grep", "skill"})
"""Tools of which more than one argument is telling."""


def kind_of(name: str) -> ToolKind:
    """What a tool does, by its name."""
    if name.startswith(_MCP):
        return ToolKind.MCP
    return _KINDS.get(name.lower(), ToolKind.OTHER)


def snippet_of(name: str, arguments: Mapping[str, Any], cwd: str) -> str:
    """One line for a reader; paths below `cwd` are shown relative to it."""
    key = name.lower()
    if key == "todowrite":
        return _todo_snippet(arguments.get("todos"))
    if key == "taskupdate":
        return task_snippet(arguments, {})
    found = [
        _shown(argument, value, cwd)
        for argument in (*_TELLING.get(key, ()), *_PATHS)
        if (value := arguments.get(argument))
    ]
    if not found:
        found = [_shown(argument, value, cwd) for argument, value in arguments.items() if value]
    if name.startswith(_MCP):
        server, _, tool = name.removeprefix(_MCP).partition("__")
        return one_line(f"{server}: {tool} {found[0] if found else ''}")
    if key == "read" and found:
        return one_line(found[0] + _lines_read(arguments))
    if key in {"task", "agent"} and (agent := arguments.get("subagent_type")):
        return one_line(f"{agent}: {found[0]}" if found else str(agent))
    if key in _JOINED:
        return one_line(" in ".join(found[:2]) if key != "skill" else " ".join(found[:2]))
    return one_line(found[0]) if found else ""


def task_snippet(arguments: Mapping[str, Any], subjects: Mapping[str, str]) -> str:
    """What a TaskUpdate changes; `subjects` names the tasks by their ids."""
    task = str(arguments.get("taskId") or arguments.get("task_id") or "?")
    changes = [
        f"{name} {value}"
        for name in ("status", "owner", "subject")
        if isinstance(value := arguments.get(name), str)
    ]
    text = f"#{task} {', '.join(changes).removeprefix('status ')}".strip()
    return one_line(f"{text} · {subjects[task]}" if task in subjects else text)


def plan_snippet(arguments: Mapping[str, Any], twin: Mapping[str, Any]) -> str:
    """The first line of a plan, which newer versions keep in the result only."""
    plan = arguments.get("plan") or twin.get("plan")
    return one_line(plan.lstrip("#* \n").partition("\n")[0]) if isinstance(plan, str) else ""


def question_snippet(arguments: Mapping[str, Any], twin: Mapping[str, Any]) -> str:
    """What the user was asked, and what they answered."""
    asked = arguments.get("questions")
    given = twin.get("answers")
    answers = given if isinstance(given, dict) else {}
    parts = []
    for item in asked if isinstance(asked, list) else [arguments]:
        question = item.get("question") if isinstance(item, Mapping) else None
        if isinstance(question, str):
            answer = answers.get(question)
            parts.append(f"{question} → {answer}" if isinstance(answer, str) else question)
    return one_line(" / ".join(parts))


def _lines_read(arguments: Mapping[str, Any]) -> str:
    """Which lines of a file, if not all."""
    first, count = arguments.get("offset"), arguments.get("limit")
    if not isinstance(first, int) and not isinstance(count, int):
        return ""
    start = first if isinstance(first, int) else 1
    return f":{start}-{start + count - 1}" if isinstance(count, int) else f":{start}-"


def _todo_snippet(todos: Any) -> str:
    items = [item for item in todos if isinstance(item, dict)] if isinstance(todos, list) else []
    if not items:
        return ""
    done = sum(item.get("status") == "completed" for item in items)
    now = next((item for item in items if item.get("status") == "in_progress"), None)
    doing = (now.get("activeForm") or now.get("content") or "") if now else ""
    return one_line(f"{done}/{len(items)} done" + (f" · {doing}" if doing else ""))


def _shown(name: str, value: Any, cwd: str) -> str:
    if not isinstance(value, str):
        return json_text(value)
    if name in _PATHS and cwd and value.startswith(f"{cwd.rstrip('/')}/"):
        return value[len(cwd.rstrip("/")) + 1 :]
    return value.strip()
