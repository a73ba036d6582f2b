"""A home with one small session of each agent, written by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime.now(UTC).replace(microsecond=0)
CLAUDE_ID = "11111111-1111-4111-8111-111111111111"
AGENT_ID = "a0123456789abcdef"
CODEX_ID = "019f0000-0000-7000-8000-000000000002"
LOGIN = "/home/dev/shop/login.py"
GEMINI_ID = "33333333-3333-4333-8333-333333333333"


def at(seconds: int) -> str:
    """A time stamp some seconds after the session's start, an hour ago."""
    moment = NOW - timedelta(hours=1) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def claude_records(session_id: str = CLAUDE_ID, agent: str = "") -> list[dict[str, Any]]:
    """A prompt, a failing command, an edit, a sub-agent's call and an answer."""
    shared = {
        "sessionId": session_id,
        "cwd": "/home/dev/shop",
        "gitBranch": "main",
        "version": "2.1.329",
        "userType": "external",
        "isSidechain": bool(agent),
        **({"agentId": agent} if agent else {}),
    }
    prefix = agent or "m"
    usage = {
        "input_tokens": 100,
        "cache_creation_input_tokens": 2000,
        "cache_read_input_tokens": 10000,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 2000},
        "output_tokens": 50,
    }

    def user(number: int, content: Any, **more: Any) -> dict[str, Any]:
        return {
            "type": "user",
            "uuid": f"{prefix}-u{number}",
            "parentUuid": None,
            "timestamp": at(number),
            "message": {"role": "user", "content": content},
            **shared,
            **more,
        }

    def assistant(number: int, block: dict[str, Any], stop: str) -> dict[str, Any]:
        return {
            "type": "assistant",
            "uuid": f"{prefix}-a{number}",
            "parentUuid": None,
            "timestamp": at(number),
            "requestId": f"req_{prefix}{number}",
            "message": {
                "id": f"msg_{prefix}{number}",
                "type": "message",
                "role": "assistant",
                "model": "claude-opus-4-8",
                "content": [block],
                "stop_reason": stop,
                "usage": usage,
            },
            **shared,
        }

    def result(number: int, call: str, content: str, **more: Any) -> dict[str, Any]:
        is_error = more.pop("is_error", False)
        block = {
            "type": "tool_result",
            "tool_use_id": call,
            "content": content,
            "is_error": is_error,
        }
        return user(number, [block], **more)

    def call(name: str, call_id: str, **arguments: Any) -> dict[str, Any]:
        return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}

    if agent:
        return [
            user(20, "Look for other redirects"),
            assistant(21, {"type": "text", "text": "There are none."}, "end_turn"),
        ]
    patch = [{"oldStart": 3, "oldLines": 1, "newStart": 3, "newLines": 1, "lines": ["-a", "+b"]}]
    return [
        user(0, "Fix the login redirect"),
        assistant(1, call("Bash", "toolu_1", command="pytest -q"), "tool_use"),
        result(3, "toolu_1", "Exit code 1\n1 failed", is_error=True, toolUseResult="Error: 1"),
        assistant(
            4,
            call("Edit", "toolu_2", file_path="/home/dev/shop/login.py", old_string="a"),
            "tool_use",
        ),
        result(
            5,
            "toolu_2",
            "The file has been updated.",
            toolUseResult={
                "filePath": LOGIN,
                "oldString": "a",
                "newString": "b",
                "structuredPatch": patch,
            },
        ),
        assistant(
            6,
            call("Agent", "toolu_3", prompt="Look for other redirects", description="d"),
            "tool_use",
        ),
        result(
            30,
            "toolu_3",
            "There are none.",
            toolUseResult={"status": "completed", "agentId": AGENT_ID},
        ),
        assistant(
            31, {"type": "text", "text": "Fixed: \u001b[31mred\u001b[0m herring."}, "end_turn"
        ),
    ]


def codex_records() -> list[dict[str, Any]]:
    """A prompt, a command that fails, and an answer."""

    def line(seconds: int, kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": at(seconds), "type": kind, "payload": payload}

    tokens = {
        "input_tokens": 5000,
        "cached_input_tokens": 4000,
        "output_tokens": 70,
        "reasoning_output_tokens": 20,
        "total_tokens": 5070,
    }
    info = {"total_token_usage": tokens, "last_token_usage": tokens}
    return [
        line(
            0,
            "session_meta",
            id=CODEX_ID,
            timestamp=at(0),
            cwd="/home/dev/api",
            cli_version="0.140.0",
        ),
        line(1, "event_msg", type="task_started", turn_id="t1"),
        line(1, "turn_context", turn_id="t1", cwd="/home/dev/api", model="gpt-5.5"),
        line(1, "event_msg", type="user_message", message="Run the tests"),
        line(
            2,
            "response_item",
            type="function_call",
            name="exec_command",
            arguments='{"cmd":"make test"}',
            call_id="c1",
        ),
        line(
            3,
            "response_item",
            type="function_call_output",
            call_id="c1",
            output="Exit code: 2\nWall time: 1 seconds\nOutput:\nmake: *** Error",
        ),
        line(
            4,
            "event_msg",
            type="token_count",
            info=info,
        ),
        line(5, "event_msg", type="agent_message", message="They fail."),
        line(5, "event_msg", type="task_complete", turn_id="t1", last_agent_message="They fail."),
    ]


def gemini_records() -> list[dict[str, Any]]:
    """A prompt and an answer."""
    return [
        {
            "sessionId": GEMINI_ID,
            "projectHash": "web",
            "startTime": at(0),
            "lastUpdated": at(0),
            "kind": "main",
        },
        {"id": "g1", "timestamp": at(0), "type": "user", "content": [{"text": "What is this?"}]},
        {
            "id": "g2",
            "timestamp": at(4),
            "type": "gemini",
            "content": "A shop.",
            "model": "gemini-2.5-pro",
            "thoughts": [],
            "tokens": {
                "input": 900,
                "output": 5,
                "cached": 100,
                "thoughts": 7,
                "tool": 0,
                "total": 912,
            },
        },
    ]


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    """Write records as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, separators=(",", ":")) for record in records]
    path.write_text("\n".join(lines) + "\n")
    return path


def make_home(home: Path) -> dict[str, Path]:
    """Lay out one session of each agent; returns their logs."""
    project = home / ".claude" / "projects" / "-home-dev-shop"
    claude = write_lines(project / f"{CLAUDE_ID}.jsonl", claude_records())
    write_lines(
        project / CLAUDE_ID / "subagents" / f"agent-{AGENT_ID}.jsonl",
        claude_records(agent=AGENT_ID),
    )
    day = NOW.strftime("%Y/%m/%d")
    stamp = NOW.strftime("%Y-%m-%dT%H-%M-%S")
    codex = write_lines(
        home / ".codex" / "sessions" / day / f"rollout-{stamp}-{CODEX_ID}.jsonl", codex_records()
    )
    minute = NOW.strftime("%Y-%m-%dT%H-%M")
    gemini = write_lines(
        home / ".gemini" / "tmp" / "web" / "chats" / f"session-{minute}-{GEMINI_ID[:8]}.jsonl",
        gemini_records(),
    )
    return {"claude": claude, "codex": codex, "gemini": gemini}
