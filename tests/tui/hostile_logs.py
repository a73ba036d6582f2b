"""Logs of each agent in which every text tries to get at the terminal or at the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.homes import CLAUDE_ID, CODEX_ID, GEMINI_ID, at, write_lines

CONTROLS = "".join(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)))
TRICKS = (
    "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x1b\\ \x1bPq#0\x1b\\ \x9b5n"
    " [bold red]no markup[/] [@click=app.quit]x[/] \u202egnp.exe\u202c \u2066iso\u2069"
    " zero\u200bwidth\ufeff \ud800 lone \udfff a\u0301\u0302\u0303\u0304\u0305\u0306"
)
LAST_LINE = "this is the last line of the output"


def nasty(name: str) -> str:
    """A text that begins with a name and goes on with everything bad."""
    return f"{name} {TRICKS} {CONTROLS} /{name}"


def claude_log(home: Path, output: str = "") -> Path:
    """A prompt, an edit, a failing call of an unknown tool, a command with an output, an answer."""
    shared = {
        "sessionId": CLAUDE_ID,
        "cwd": nasty("/cwd"),
        "gitBranch": nasty("branch"),
        "version": nasty("1"),
        "isSidechain": False,
    }
    numbers = iter(range(1000))

    def record(kind: str, message: dict[str, Any], **more: Any) -> dict[str, Any]:
        number = next(numbers)
        return {"type": kind, "uuid": f"u{number}", "timestamp": at(number), "message": message,
                **shared, **more}  # fmt: skip

    def said(*blocks: dict[str, Any]) -> dict[str, Any]:
        number = next(numbers)
        usage = {"input_tokens": 5, "output_tokens": 7}
        message = {"id": f"m{number}", "role": "assistant", "model": nasty("model"),
                   "content": list(blocks), "usage": usage}  # fmt: skip
        return record("assistant", message, requestId=f"r{number}")

    def result(call: str, text: str, *, is_error: bool = False, **more: Any) -> dict[str, Any]:
        block = {"type": "tool_result", "tool_use_id": call, "content": text, "is_error": is_error}
        return record("user", {"role": "user", "content": [block]}, **more)

    def use(call: str, name: str, **given: Any) -> dict[str, Any]:
        return {"type": "tool_use", "id": call, "name": name, "input": given}

    patch = [{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1,
              "lines": ["-" + nasty("old"), "+" + nasty("new")]}]  # fmt: skip
    edited = {"filePath": nasty("/file"), "structuredPatch": patch, "oldString": "a"}
    records = [
        {"type": "custom-title", "customTitle": nasty("title"), "sessionId": CLAUDE_ID},
        record("user", {"role": "user", "content": nasty("prompt")}),
        said({"type": "thinking", "thinking": nasty("thought")}),
        said(use("t1", "Edit", file_path=nasty("/file"), old_string="a", new_string="b")),
        result("t1", nasty("done"), toolUseResult=edited),
        said(use("t2", nasty("Tool"), **{nasty("key"): {"deep": [nasty("value")]}})),
        result("t2", nasty("Error"), is_error=True, toolUseResult=nasty("Error")),
        said(use("t3", "Bash", command=nasty("command"), description=nasty("about"))),
        result("t3", output or nasty("output")),
        {"type": nasty("type"), "timestamp": at(30), "text": nasty("unknown")},
        {"type": "system", "subtype": "informational", "content": nasty("notice"),
         "timestamp": at(31), **shared},
        said({"type": "text", "text": f"# {nasty('answer')}\n```{nasty('py')}\n{TRICKS}\n```"}),
    ]  # fmt: skip
    return write_lines(home / ".claude" / "projects" / "-x" / f"{CLAUDE_ID}.jsonl", records)


def codex_log(home: Path, output: str = "") -> Path:
    """The same for Codex."""

    def line(seconds: int, kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": at(seconds), "type": kind, "payload": payload}

    patch = f"*** Begin Patch\n*** Update File: {TRICKS}\n@@\n-{TRICKS}\n+b\n*** End Patch"
    records = [
        line(0, "session_meta", id=CODEX_ID, timestamp=at(0), cwd=nasty("/cwd"),
             cli_version=nasty("1"), git={"branch": nasty("branch")}),
        line(1, "event_msg", type="task_started", turn_id="t1"),
        line(1, "turn_context", turn_id="t1", cwd=nasty("/cwd"), model=nasty("model")),
        line(1, "event_msg", type="user_message", message=nasty("prompt")),
        line(2, "response_item", type="function_call", name=nasty("tool"), call_id="c1",
             arguments=json.dumps({nasty("key"): nasty("value")})),
        line(3, "response_item", type="function_call_output", call_id="c1",
             output=nasty("Exit code: 2")),
        line(4, "response_item", type="custom_tool_call", name="apply_patch", input=patch,
             call_id="c2"),
        line(5, "response_item", type="custom_tool_call_output", call_id="c2", output=TRICKS),
        line(6, "response_item", type="function_call", name="exec_command", call_id="c3",
             arguments=json.dumps({"cmd": nasty("command")})),
        line(7, "response_item", type="function_call_output", call_id="c3",
             output="Exit code: 0\nWall time: 1 seconds\nOutput:\n" + (output or nasty("output"))),
        line(8, "event_msg", type=nasty("event"), text=nasty("unknown")),
        line(9, "event_msg", type="error", message=nasty("error")),
        line(9, "event_msg", type="agent_message", message=f"# {nasty('answer')}"),
        line(9, "event_msg", type="task_complete", turn_id="t1"),
    ]  # fmt: skip
    name = f"rollout-2026-01-01T00-00-00-{CODEX_ID}.jsonl"
    return write_lines(home / ".codex" / "sessions" / "2026" / "01" / "01" / name, records)


def gemini_log(home: Path, output: str = "") -> Path:
    """The same for Gemini CLI."""
    diff = {"fileDiff": f"--- a\n+++ b\n@@ -1 +1 @@\n-{TRICKS}\n+b", "fileName": nasty("file"),
            "filePath": nasty("/file"), "originalContent": "a", "newContent": TRICKS}  # fmt: skip
    calls = [
        {"id": "c1", "name": nasty("tool"), "args": {nasty("key"): nasty("value")},
         "status": "error", "timestamp": at(3), "resultDisplay": nasty("error"),
         "displayName": nasty("Tool"), "description": nasty("about")},
        {"id": "c2", "name": "replace", "args": {"file_path": nasty("/file")}, "status": "success",
         "timestamp": at(3), "resultDisplay": diff},
        {"id": "c3", "name": "run_shell_command", "args": {"command": nasty("command")},
         "status": "success", "timestamp": at(3), "result": [{"functionResponse": {
             "id": "c3", "name": "run_shell_command",
             "response": {"output": output or nasty("output")}}}]},
    ]  # fmt: skip
    records = [
        {"sessionId": GEMINI_ID, "projectHash": nasty("web"), "startTime": at(0),
         "lastUpdated": at(0), "kind": "main"},
        {"id": "g1", "timestamp": at(0), "type": "user", "content": [{"text": nasty("prompt")}]},
        {"id": "g2", "timestamp": at(4), "type": "gemini", "content": f"# {nasty('answer')}",
         "model": nasty("model"), "toolCalls": calls,
         "thoughts": [{"subject": nasty("subject"), "description": nasty("thought")}]},
        {"id": "g3", "timestamp": at(5), "type": nasty("type"), "content": nasty("unknown")},
    ]  # fmt: skip
    name = f"session-2026-01-01T00-00-{GEMINI_ID[:8]}.jsonl"
    return write_lines(home / ".gemini" / "tmp" / "web" / "chats" / name, records)
