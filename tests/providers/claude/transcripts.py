"""Transcripts of Claude Code, written record by record, and their turns opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aimux_tui.model.body import Span
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Notice, NoticeKind, Turn, TurnSummary
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.claude import PROVIDER

SESSION = "c1a0de00-0000-4000-8000-00000000000a"
VERSION = "2.1.200"


class Transcript:
    """A log that is written as Claude Code would, and read back; it is its own source."""

    def __init__(self, home: Path | None = None, agent: str = "") -> None:
        name = f"{SESSION}/subagents/agent-{agent}" if agent else SESSION
        root = home or Path("/nowhere")
        path = root / "projects" / "-work-zoo" / f"{name}.jsonl"
        self.file = LogFile("claude", str(path), "lines", str(root), SESSION if agent else "")
        self.data = b""
        self._agent = agent
        self._lines = 0

    @property
    def folder(self) -> Path:
        """Where the session keeps what is too large for its log."""
        return Path(self.file.root) / "projects" / "-work-zoo" / SESSION

    def read(self, span: Span) -> bytes:
        return self.data[span.offset : span.end]

    def line(self, record: dict[str, Any]) -> None:
        """A record as it is given."""
        self.data += json.dumps(record, ensure_ascii=False).encode() + b"\n"
        self._lines += 1

    def record(self, kind: str, **fields: Any) -> None:
        """A record with all that such records have."""
        number = self._lines + 1
        envelope = {
            "type": kind,
            "uuid": f"{number:08x}-0000-4000-8000-000000000000",
            "sessionId": SESSION,
            "timestamp": f"2026-05-01T09:{number // 60:02}:{number % 60:02}.000Z",
            "cwd": "/work/zoo",
            "version": VERSION,
            "isSidechain": bool(self._agent),
        }
        if self._agent:
            envelope["agentId"] = self._agent
        self.line(envelope | fields)

    def user(self, content: Any, **fields: Any) -> None:
        self.record("user", message={"role": "user", "content": content}, **fields)

    def answer(self, *blocks: dict[str, Any], **fields: Any) -> None:
        """One API message: a line for each block."""
        number = self._lines + 1
        for block in blocks:
            message = {
                "id": f"msg_{number}",
                "role": "assistant",
                "model": "claude-sonnet-4-5",
                "content": [block],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 10, "output_tokens": 5},
            }
            self.record("assistant", message=message, requestId=f"req_{number}", **fields)

    def result(self, call: str, content: Any, *, failed: bool = False, **fields: Any) -> None:
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        self.user([block | ({"is_error": True} if failed else {})], **fields)

    def rows(self) -> list[TurnSummary]:
        scan = PROVIDER.scan(self.file)
        if self.data:
            scan.feed(self.data, 0)
        return list(scan.turns)

    def turns(self) -> list[Turn]:
        return [PROVIDER.read_turn(self, row) for row in self.rows()]

    def turn(self) -> Turn:
        """The only turn."""
        (turn,) = self.turns()
        return turn

    def call(self) -> ToolCall:
        """The only tool call of the only turn."""
        (call,) = self.turn().tool_calls
        return call


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def use(name: str, call: str = "toolu_1", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def image(data: str = "aGVsbG8=", media_type: str = "image/png") -> dict[str, Any]:
    source = {"type": "base64", "media_type": media_type, "data": data}
    return {"type": "image", "source": source}


def notices(turn: Turn, kind: NoticeKind) -> list[Notice]:
    return [step for step in turn.steps if isinstance(step, Notice) and step.kind is kind]
