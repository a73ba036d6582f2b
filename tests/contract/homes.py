"""A small home of each agent, so that every provider is held to the contract.

A provider's own tests may have a better one: `write_home(home)` in `tests/providers/NAME/build.py`,
or files as they lie in a home, in `tests/providers/NAME/home/`.
"""

from __future__ import annotations

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parents[1] / "providers"


def write_home(name: str, home: Path) -> bool:
    """Write a home of the agent called `name`; False if nobody knows what one looks like."""
    fixture = _TESTS / name / "home"
    if fixture.is_dir():
        shutil.copytree(fixture, home, dirs_exist_ok=True)
        return True
    try:
        writer = import_module(f"tests.providers.{name}.build").write_home
    except (ImportError, AttributeError):
        writer = {"claude": _write_claude, "codex": _write_codex}.get(name)
    if writer is None:
        return False
    writer(home)
    return True


def _write_claude(home: Path) -> None:
    """One session with an edit, a failing command and a second prompt."""
    session = "c1a0de00-0000-4000-8000-000000000001"
    records: list[dict[str, Any]] = []

    def add(kind: str, message: dict[str, Any], **fields: Any) -> None:
        number = len(records) + 1
        record = {
            "type": kind,
            "uuid": f"{number:08x}-0000-4000-8000-000000000000",
            "parentUuid": records[-1]["uuid"] if records else None,
            "sessionId": session,
            "timestamp": f"2026-05-01T09:00:{number:02}.000Z",
            "cwd": "/work/zoo",
            "gitBranch": "main",
            "version": "2.1.200",
            "userType": "external",
            "isSidechain": False,
            "message": {"role": kind} | message,
        }
        records.append(record | fields)

    def answer(*blocks: dict[str, Any], output: int = 10) -> None:
        number = len(records)
        usage = {
            "input_tokens": 100,
            "output_tokens": output,
            "cache_read_input_tokens": 1000,
            "cache_creation_input_tokens": 50,
        }
        for block in blocks:
            message = {"id": f"msg_{number}", "model": "claude-sonnet-4-5", "content": [block]}
            add("assistant", message | {"usage": usage}, requestId=f"req_{number}")

    def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": arguments}

    def result(name: str, text: str, *, failed: bool = False, **fields: Any) -> None:
        block = {"type": "tool_result", "tool_use_id": f"toolu_{name}", "content": text}
        add("user", {"content": [block | {"is_error": failed}]}, **fields)

    add("user", {"content": "Change the greeting"})
    edit = {"file_path": "/work/zoo/a.py", "old_string": "hi", "new_string": "ho"}
    answer({"type": "text", "text": "I will."}, call("Edit", edit), call("Bash", {"command": "x"}))
    patch = [
        {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-hi", "+ho"]},
    ]
    outcome = {"filePath": "/work/zoo/a.py", "structuredPatch": patch}
    result("Edit", "The file was updated.", toolUseResult=outcome)
    result("Bash", "Exit code 3", failed=True, toolUseResult="Error: Exit code 3")
    answer({"type": "text", "text": "Done."})
    add("user", {"content": "And now?"})
    answer({"type": "text", "text": "Nothing."}, output=5)
    _write_lines(home / ".claude" / "projects" / "-work-zoo" / f"{session}.jsonl", records)


def _write_codex(home: Path) -> None:
    """One thread with a patch, a failing command and a second prompt."""
    thread = "019f0000-0000-7000-8000-000000000001"
    records: list[dict[str, Any]] = []
    total = {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0, "total_tokens": 0}

    def add(kind: str, payload: dict[str, Any]) -> None:
        timestamp = f"2026-05-01T09:00:{len(records):02}.000Z"
        records.append({"timestamp": timestamp, "type": kind, "payload": payload})

    def event(kind: str, **fields: Any) -> None:
        add("event_msg", {"type": kind} | fields)

    def item(kind: str, **fields: Any) -> None:
        add("response_item", {"type": kind} | fields)

    def message(role: str, text: str) -> None:
        kind = "input_text" if role == "user" else "output_text"
        item("message", role=role, content=[{"type": kind, "text": text}])

    def spend(output: int) -> None:
        last = {"input_tokens": 1100, "cached_input_tokens": 1000, "output_tokens": output}
        last |= {"reasoning_output_tokens": 0, "total_tokens": 1100 + output}
        for name in total:
            total[name] += last[name]
        event(
            "token_count",
            info={"total_token_usage": dict(total), "last_token_usage": last},
            rate_limits=None,
        )

    add("session_meta", {"id": thread, "timestamp": "2026-05-01T09:00:00.000Z", "cwd": "/work/zoo"})
    for turn, prompt in enumerate(("Change the greeting", "And now?")):
        turn_id = f"turn-{turn}"
        event("task_started", turn_id=turn_id, model_context_window=200_000)
        add("turn_context", {"turn_id": turn_id, "cwd": "/work/zoo", "model": "gpt-5.5"})
        message("user", prompt)
        event("user_message", message=prompt)
        if turn == 0:
            arguments = json.dumps({"cmd": "make"})
            item("function_call", name="exec_command", arguments=arguments, call_id="call_1")
            output = "Wall time: 0 seconds\nProcess exited with code 3\nOutput:\nboom"
            item("function_call_output", call_id="call_1", output=output)
            spend(20)
            patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-hi\n+ho\n*** End Patch"
            item("custom_tool_call", name="apply_patch", input=patch, call_id="call_2")
            item("custom_tool_call_output", call_id="call_2", output="Exit code: 0\nOutput:\nok")
        event("agent_message", message=f"Done {turn}.")
        message("assistant", f"Done {turn}.")
        spend(7)
        event("task_complete", turn_id=turn_id, last_agent_message=f"Done {turn}.")
    name = f"rollout-2026-05-01T09-00-00-{thread}.jsonl"
    _write_lines(home / ".codex" / "sessions" / "2026" / "05" / "01" / name, records)


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
