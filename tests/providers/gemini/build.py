"""Writes Gemini CLI logs the way its recorder does: both formats, both eras of syncing."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from aimux_tui.providers.base import LogFile

if TYPE_CHECKING:
    from pathlib import Path

    from aimux_tui.model.body import Span

MODEL = "gemini-2.5-pro"
SESSION = "5e551011-0000-4000-8000-000000000001"
CONTEXT = "<session_context>\n- **Workspace Directories:**\n  - /work/zoo\n</session_context>"
THANKS = "Got it. Thanks for the additional context!"
DENIED = "[Operation Cancelled] Reason: User denied execution."
Tokens = tuple[int, int, int, int, int]
"""input (cached included), output, cached, thoughts, tool"""


class Recorder:
    """A chat and its log. `era` is how the log tells that the model's history was written anew."""

    def __init__(
        self,
        session: str = SESSION,
        *,
        era: Literal["checkpoint", "patch"] = "checkpoint",
        kind: str = "main",
    ) -> None:
        self.session = session
        self.era = era
        self.records: list[dict[str, Any]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        """The messages as the recorder has them, by id."""
        self.history: list[tuple[str, str, list[dict[str, Any]]]] = []
        """What the model is told: (id, role, parts)."""
        self._ids = count(1)
        self._clock = datetime(2026, 5, 1, 9, tzinfo=UTC)
        self._turn_start = 0
        self.head = {
            "sessionId": session,
            "projectHash": "0" * 64,
            "startTime": self.now(),
            "lastUpdated": self.now(),
            "kind": kind,
        }
        self.records.append(self.head)
        if kind == "main":
            self.history = [("c" * 32, "user", [{"text": CONTEXT}])]
            self.sync()

    def now(self) -> str:
        """The time, one second after the last."""
        self._clock += timedelta(seconds=1)
        return self._clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def new_id(self) -> str:
        """A fresh message id."""
        return f"{next(self._ids):08x}-0000-4000-8000-{self.session[-12:]}"

    def add(self, type_: str, content: Any, **fields: Any) -> str:
        """Append a message."""
        message = {"id": self.new_id(), "timestamp": self.now(), "type": type_, "content": content}
        return self.push(message | fields)

    def push(self, message: dict[str, Any]) -> str:
        """Write a message, for the first time or again."""
        self.messages[message["id"]] = message
        self.records.append(copy.deepcopy(message))
        self.records.append({"$set": {"lastUpdated": message["timestamp"]}})
        return str(message["id"])

    def prompt(self, text: str, **fields: Any) -> str:
        """The user types."""
        self._turn_start = len(self.history)
        name = self.add("user", [{"text": text}], **fields)
        self.history.append((name, "user", [{"text": text}]))
        return name

    def answer(
        self, text: str, tokens: Tokens | None = (100, 10, 0, 0, 0), thought: str = ""
    ) -> str:
        """The model says something, or is about to call a tool (no text)."""
        thoughts = [{"subject": "Idea", "description": thought, "timestamp": self.now()}]
        name = self.add(
            "gemini",
            text,
            thoughts=thoughts if thought else [],
            tokens=None if tokens is None else tokens_of(tokens),
            model=MODEL,
        )
        if text:
            self.history.append((name, "model", [{"text": text}]))
        return name

    def call(
        self,
        name: str,
        args: dict[str, Any],
        output: str = "done",
        *,
        text: str = "",
        tokens: Tokens | None = (100, 10, 0, 0, 0),
        **fields: Any,
    ) -> str:
        """The model calls a tool: its message is written, and again when the tool has ended."""
        status = fields.pop("status", "success")
        message_id = self.answer(text, tokens)
        if text:
            self.history.pop()
        call_id = f"{name}_{message_id[:8]}"
        key = "output" if status == "success" else "error"
        response = {"id": call_id, "name": name, "response": {key: output}}
        result = [{"functionResponse": response}]
        call = {"id": call_id, "name": name, "args": args, "result": result, "status": status}
        call |= {"timestamp": self.now(), "displayName": name, "description": name} | fields
        self.push(self.messages[message_id] | {"toolCalls": [call]})
        parts: list[dict[str, Any]] = [{"text": text}] if text else []
        parts.append({"functionCall": {"id": call_id, "name": name, "args": args}})
        self.history.append((message_id, "model", parts))
        self.respond(result)
        return call_id

    def respond(self, result: list[dict[str, Any]]) -> None:
        """A tool's result goes back to the model."""
        self.history.append((self.add("user", result), "user", result))

    def sync(self) -> None:
        """The recorder is told the model's history, as it is now."""
        order = [name for name, _, _ in self.history]
        if self.era == "checkpoint":
            messages = [self._synced(*turn) for turn in self.history]
            self.messages = {message["id"]: message for message in messages}
            self.records.append({"$set": {"messages": copy.deepcopy(messages)}})
            return
        new = [turn for turn in self.history if turn[0] not in self.messages]
        removed = [name for name in self.messages if name not in order]
        known = [name for name in self.messages if name in order]
        if removed and not new and [*known, *removed] == list(self.messages):
            self.records.append({"$rewindTo": removed[0]})
        else:
            for turn in new:
                self.push(self._synced(*turn))
            if removed:
                self.records.append({"$patch": {"removeIds": removed, "orderIds": order}})
        self.messages = {name: self.messages[name] for name in order}

    def rewrite(self, history: list[tuple[str, list[dict[str, Any]]]]) -> None:
        """Every message of the history is recorded again under a new id (masking, restoring)."""
        self.history = []
        for role, parts in history:
            name = self.add("user" if role == "user" else "gemini", parts, tokens=None)
            self.history.append((name, role, parts))
        self.sync()

    def mask(self) -> None:
        """Old tool output is hidden from the model."""
        self.rewrite([(role, parts) for _, role, parts in self.history])

    def merge(self) -> None:
        """As masking, but neighbours of one role become one message."""
        merged: list[tuple[str, list[dict[str, Any]]]] = []
        for _, role, parts in self.history:
            if merged and merged[-1][0] == role:
                merged[-1] = (role, merged[-1][1] + parts)
            else:
                merged.append((role, parts))
        self.rewrite(merged)

    def compress(self, summary: str, keep: int = 2) -> None:
        """The history becomes a summary and its last messages."""
        kept = [(role, parts) for _, role, parts in self.history[len(self.history) - keep :]]
        new = [("user", [{"text": summary}]), ("model", [{"text": THANKS}]), *kept]
        self.history = self.history[:1] + [(self.new_id(), role, parts) for role, parts in new]
        self.sync()
        self.add("info", "Context compressed from 74% to 21%.")

    def abort(self) -> None:
        """The user presses Esc: what was asked for is taken out of the history."""
        self.add("info", "Request cancelled.")
        self.history = self.history[: self._turn_start]
        self.sync()

    def rewind(self, message_id: str) -> None:
        """The user goes back to before a message."""
        at = next(index for index, turn in enumerate(self.history) if turn[0] == message_id)
        self.records.append({"$rewindTo": message_id})
        names = list(self.messages)
        for name in names[names.index(message_id) :]:
            del self.messages[name]
        self.history = self.history[:at]
        self.sync()

    def resume(self) -> None:
        """The session is taken up again: the head repeats, the history is told anew."""
        self.records.append(self.head | {"startTime": self.now()})
        self.records.append({"$set": {"sessionId": self.session}})
        # The converted history knows nothing of tokens, thoughts and recorded calls.
        self.messages = {} if self.era == "checkpoint" else self.messages
        self.sync()

    def lines(self) -> list[bytes]:
        """The operation log, line by line, each with its newline."""
        return [json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in self.records]

    def log(self) -> bytes:
        """The operation log."""
        return b"".join(self.lines())

    def document(self) -> bytes:
        """The same chat in the older format."""
        messages = list(self.messages.values())
        return json.dumps(self.head | {"messages": messages}, indent=2, ensure_ascii=False).encode()

    def _synced(self, name: str, role: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
        known = self.messages.get(name)
        if known is not None:
            return known | {"content": parts}
        kind = "user" if role == "user" else "gemini"
        return {"id": name, "timestamp": self.now(), "type": kind, "content": parts}


def tokens_of(tokens: Tokens) -> dict[str, int]:
    """Tokens as the log writes them."""
    names = ("input", "output", "cached", "thoughts", "tool")
    counts = dict(zip(names, tokens, strict=True))
    return counts | {"total": tokens[0] + tokens[1] + tokens[3] + tokens[4]}


def file_diff(path: str, diff: str, *, is_new: bool = False) -> dict[str, Any]:
    """The display of a tool that changed a file."""
    name = path.rsplit("/", 1)[-1]
    head = f"Index: {name}\n{'=' * 67}\n--- {name}\tCurrent\n+++ {name}\tProposed\n"
    return {
        "fileDiff": head + diff,
        "fileName": name,
        "filePath": path,
        "originalContent": None if is_new else "…",
        "newContent": "…",
        "diffStat": {"model_added_lines": 0, "model_removed_lines": 0},
        "isNewFile": is_new,
    }


class Bytes:
    """A log in memory."""

    def __init__(self, data: bytes, file: LogFile | None = None) -> None:
        self.data = data
        self.file = file or LogFile("gemini", "/x/chats/session-x.jsonl", "lines", "/x")
        self.reads = 0

    def read(self, span: Span) -> bytes:
        """The bytes of `span`."""
        self.reads += 1
        return self.data[span.offset : span.end]


def chat() -> Recorder:
    """A chat with a bit of everything that an ordinary session has."""
    chat = Recorder()
    chat.prompt("Change the greeting")
    chat.call("read_file", {"file_path": "/work/zoo/a.py"}, "print('hi')\n", text="First I read.")
    diff = file_diff("/work/zoo/a.py", "@@ -1,2 +1,2 @@\n # a\n-print('hi')\n+print('ho')\n")
    args = {"file_path": "/work/zoo/a.py", "old_string": "hi", "new_string": "ho"}
    chat.call("replace", args, "Successfully modified file.", resultDisplay=diff)
    report = "Output: boom\nExit Code: 3\nProcess Group PGID: 7"
    chat.call("run_shell_command", {"command": "make"}, report, resultDisplay="boom")
    chat.call("read_file", {"file_path": "/gone"}, "File not found", status="error")
    chat.answer("Done.", (500, 20, 300, 7, 3), thought="Almost there.")
    chat.prompt("And now?")
    chat.answer("Nothing.", (600, 5, 500, 0, 0))
    return chat


def sub_agent(parent: Recorder, task: str) -> Recorder:
    """A sub-agent's chat, and the call that started it in its parent."""
    child = Recorder("a6e47000-0000-4000-8000-000000000002", kind="subagent")
    child.prompt(task)
    child.call("complete_task", {"result": {"response": "Four."}}, "Output submitted.")
    child.records.append({"$set": {"summary": '{"response": "Four."}'}})
    args = {"agent_name": "generalist", "prompt": task}
    parent.call("invoke_agent", args, "Subagent finished.", agentId=child.session)
    return child


def write_home(home: Path) -> None:
    """A home of the agent with logs of both formats and a sub-agent; used by the contract tests."""
    chats = home / ".gemini" / "tmp" / "zoo" / "chats"
    parent = chat()
    parent.prompt("Count the animals")
    child = sub_agent(parent, "Count the lines of zoo.txt")
    parent.answer("There are four.")
    (chats / parent.session).mkdir(parents=True)
    (chats / "session-2026-05-01T09-00-5e551011.jsonl").write_bytes(parent.log())
    (chats / parent.session / f"{child.session}.jsonl").write_bytes(child.log())
    older = Recorder("01d00000-0000-4000-8000-000000000003", kind="main")
    older.prompt("An older question")
    older.call("list_directory", {"path": "."}, "a.py")
    older.answer("An older answer.")
    (chats / "session-2025-12-01T08-00-01d00000.json").write_bytes(older.document())
    (home / ".gemini" / "projects.json").write_text('{"projects": {"/work/zoo": "zoo"}}')
