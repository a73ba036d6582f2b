"""Claude Code's records of every era as bytes, in the vendor's own order of keys, compact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aimux_tui.providers.base import LogFile
from aimux_tui.providers.claude import PROVIDER

if TYPE_CHECKING:
    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogScan

SESSION = "0a1b2c3d-0000-4000-8000-00000000000a"
PROJECT = "/home/dev/.claude/projects/-work-zoo"


class Log:
    """A log that grows record by record; from 2.1.75 on the context stands behind the message."""

    def __init__(self, version: str = "2.1.200", *, agent: str = "", nested: bool = True) -> None:
        self.version = version
        self.agent = agent
        self.is_newer = tuple(map(int, version.split("."))) >= (2, 1, 75)
        self.lines: list[bytes] = []
        self.last = ""
        self._time = 0
        place = f"{PROJECT}/{SESSION}.jsonl"
        if agent:
            folder = f"{PROJECT}/{SESSION}/subagents" if nested else PROJECT
            place = f"{folder}/agent-{agent}.jsonl"
        hint = SESSION if agent and nested else ""
        self.file = LogFile("claude", place, "lines", "/home/dev/.claude", hint)

    def line(self, record: dict[str, Any]) -> None:
        """A record as it is given."""
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self.lines.append(text.encode() + b"\n")

    def record(self, kind: str, middle: dict[str, Any], tail: dict[str, Any] | None = None) -> str:
        """A record with an envelope; `middle` stands before its uuid. Returns the uuid."""
        self._time += 1
        era = int(self.version.replace(".", ""))
        uuid = f"{len(self.lines) + 1:08x}-0000-4000-8000-{era:012}"
        context = {
            "userType": "external",
            "cwd": "/work/zoo",
            "sessionId": SESSION,
            "version": self.version,
            "gitBranch": "main",
        }
        record = {"parentUuid": self.last or None, "isSidechain": bool(self.agent)}
        if self.agent:
            record["agentId"] = self.agent
        if not self.is_newer:
            record |= context
        if kind in {"user", "progress", "system"}:
            record["type"] = kind
        record |= middle
        if kind not in {"user", "progress", "system"}:
            record["type"] = kind
        record |= {"uuid": uuid, "timestamp": self.now()}
        record |= tail or {}
        if self.is_newer:
            record |= context
        self.line(record)
        self.last = uuid
        return uuid

    def now(self) -> str:
        return f"2026-05-01T09:{self._time // 60:02}:{self._time % 60:02}.000Z"

    def wait(self, seconds: int) -> None:
        self._time += seconds

    def prompt(self, content: Any, **fields: Any) -> str:
        return self.record("user", {"message": {"role": "user", "content": content}} | fields)

    def say(
        self,
        *blocks: dict[str, Any],
        message: str = "",
        stop: str | None = "end_turn",
        model: str = "claude-opus-4-6",
        outputs: list[int] | None = None,
        usage: dict[str, Any] | None = None,
        **fields: Any,
    ) -> str:
        """One API message: a line for each block; the usage of each line may differ."""
        ident = message or f"msg_{len(self.lines) + 1:04}"
        for index, block in enumerate(blocks):
            tokens = {
                "input_tokens": 3,
                "cache_creation_input_tokens": 20,
                "cache_read_input_tokens": 1000,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 5,
                    "ephemeral_1h_input_tokens": 15,
                },
                "output_tokens": outputs[index] if outputs else 50,
                "service_tier": "standard",
            }
            said = {
                "model": model,
                "id": ident,
                "type": "message",
                "role": "assistant",
                "content": [block],
                "stop_reason": stop,
                "usage": tokens | (usage or {}),
            }
            self.record("assistant", {"message": said, "requestId": f"req_{ident}"} | fields)
        return ident

    def result(
        self, call: str, content: Any = "done", *, twin: Any = None, error: bool = False
    ) -> str:
        block = {"tool_use_id": call, "type": "tool_result", "content": content}
        if error:
            block["is_error"] = True
        source = self.last
        tail = ({"toolUseResult": twin} if twin is not None else {}) | {
            "sourceToolAssistantUUID": source
        }
        return self.record("user", {"message": {"role": "user", "content": [block]}}, tail)

    def attach(self, kind: str, **fields: Any) -> str:
        return self.record("attachment", {"attachment": {"type": kind} | fields})

    def system(self, subtype: str, **fields: Any) -> str:
        return self.record("system", {"subtype": subtype} | fields)

    @property
    def data(self) -> bytes:
        return b"".join(self.lines)

    def scan(self) -> LogScan:
        return scanned(self.file, self.data)

    def summary(self) -> LogSummary:
        return self.scan().summary()

    def rows(self) -> list[TurnSummary]:
        return list(self.scan().turns)


def scanned(file: LogFile, *blocks: bytes) -> LogScan:
    """A scan that was fed these blocks one after the other."""
    scan = PROVIDER.scan(file)
    offset = 0
    for block in blocks:
        scan.feed(block, offset)
        offset += len(block)
    return scan


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def thinking(words: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": "c2ln"}


def use(tool: str, call: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call, "name": tool, "input": arguments}


def patch_twin(path: str, *lines: str, original: str = "") -> dict[str, Any]:
    hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": list(lines)}
    return {
        "filePath": path,
        "oldString": "a",
        "newString": "b",
        "originalFile": original,
        "structuredPatch": [hunk],
        "userModified": False,
        "replaceAll": False,
    }


def long_session(version: str = "2.1.200") -> Log:
    """A session with something of everything, and lines large enough to be skimmed."""
    log = Log(version)
    big = 'line with "quotes", {braces} and }]},"uuid":"no" \\ backslashes\n' * 400
    log.line({"type": "mode", "mode": "normal", "sessionId": SESSION})
    log.prompt("first prompt")
    log.say(thinking("hm"), text("let me see"), use("Bash", "t1", command="ls"), stop="tool_use")
    log.record(
        "progress",
        {"data": {"type": "bash_progress", "output": "x", "fullOutput": big}},
        {"toolUseID": "bash-progress-0", "parentToolUseID": "t1"},
    )
    log.last = log.last
    log.result("t1", big, twin={"stdout": big, "stderr": "", "interrupted": False})
    log.say(use("Edit", "t2", file_path="/work/zoo/a.py"), stop="tool_use")
    log.result("t2", "updated", twin=patch_twin("/work/zoo/a.py", " x", "-y", "+z", original=big))
    log.say(use("Read", "t3", file_path="/work/zoo/b.py"), stop="tool_use")
    log.result("t3", big, error=True)
    log.attach("prompt_snapshot", systemPrompt=[big])
    log.attach("queued_command", prompt="steer left", commandMode="prompt")
    log.say(text("all done"))
    log.system("turn_duration", durationMs=4000)
    log.prompt("<command-name>/clear</command-name><command-args></command-args>")
    log.prompt("second prompt")
    log.say(use("Write", "t4", file_path="/work/zoo/c.py", content="a\nb"), stop="tool_use")
    twin = {"type": "create", "filePath": "/work/zoo/c.py", "content": "a\nb"}
    log.result("t4", "created", twin=twin | {"structuredPatch": [], "originalFile": None})
    log.prompt("[Request interrupted by user]")
    return log
