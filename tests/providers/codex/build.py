"""Rollouts made to measure: a builder for the records of every era, and a small home of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zstandard

from aimux_tui.model.body import Span
from aimux_tui.model.log import LogSummary
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Turn, TurnSummary
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex import PROVIDER
from aimux_tui.providers.codex.scan import CodexScan

CWD = "/work/zoo"
MODEL = "gpt-5.5"
START = datetime(2026, 5, 1, 9, tzinfo=UTC)
PATCH = (
    "*** Begin Patch\n*** Update File: a.py\n@@\n-hi\n+ho\n"
    "*** Add File: b.py\n+one\n+two\n*** End Patch"
)
CHANGES = {
    f"{CWD}/a.py": {
        "type": "update",
        "unified_diff": "@@ -1,2 +1,2 @@\n x\n-hi\n+ho\n",
        "move_path": None,
    },
    f"{CWD}/b.py": {"type": "add", "content": "one\ntwo\n"},
}


def uuid7(second: int, number: int = 0) -> str:
    """A version 7 UUID made `second` seconds after the start."""
    made = int((START + timedelta(seconds=second)).timestamp() * 1000)
    digits = f"{made:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012x}"


THREAD = uuid7(0, 1)


class Rollout:
    """Records in the order in which they are written, one second apart."""

    def __init__(self, thread: str = THREAD, *, paginated: bool = False) -> None:
        self.thread = thread
        self.paginated = paginated
        self.lines: list[bytes] = []
        self.second = 0
        self.ordinal = 0
        self.frozen = False
        """Whether the clock stands, as while a history is copied."""
        self.total = [0, 0, 0, 0, 0]

    @property
    def data(self) -> bytes:
        return b"".join(line + b"\n" for line in self.lines)

    def raw(self, value: Any) -> Rollout:
        """A line of any content."""
        line = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.lines.append(line)
        return self

    def add(self, kind: str, payload: Any) -> Rollout:
        at = START + timedelta(seconds=self.second)
        record = {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
        if self.paginated:
            record["ordinal"] = self.ordinal
        self.ordinal += 1
        self.second += not self.frozen
        return self.raw(record | {"type": kind, "payload": payload})

    def event(self, kind: str, /, **fields: Any) -> Rollout:
        return self.add("event_msg", {"type": kind} | fields)

    def item(self, kind: str, /, **fields: Any) -> Rollout:
        return self.add("response_item", {"type": kind} | fields)

    def completed(self, kind: str, /, **fields: Any) -> Rollout:
        return self.event("item_completed", thread_id=self.thread, item={"type": kind} | fields)

    def meta(self, thread: str = "", **fields: Any) -> Rollout:
        thread = thread or self.thread
        payload = {
            "id": thread,
            "timestamp": START.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "cwd": CWD,
            "originator": "codex-tui",
            "cli_version": "0.150.0",
            "source": "cli",
            "git": {"branch": "main", "commit_hash": "0" * 40},
        }
        return self.add("session_meta", payload | fields)

    def context(self, model: str = MODEL, **fields: Any) -> Rollout:
        return self.add("turn_context", {"cwd": CWD, "model": model} | fields)

    def start(self, turn_id: str = "", **fields: Any) -> Rollout:
        ids = {"turn_id": turn_id} if turn_id else {}
        return self.event("task_started", **ids, model_context_window=258_400, **fields)

    def end(self, turn_id: str = "", **fields: Any) -> Rollout:
        ids = {"turn_id": turn_id} if turn_id else {}
        return self.event("task_complete", **ids, **({"last_agent_message": None} | fields))

    def sent(self, *texts: str, role: str = "user", **fields: Any) -> Rollout:
        """A message as the model gets it."""
        kind = "output_text" if role == "assistant" else "input_text"
        content = [{"type": kind, "text": text} for text in texts]
        return self.item("message", role=role, content=content, **fields)

    def typed(self, text: str, **fields: Any) -> Rollout:
        """A prompt: the response item and the event."""
        self.sent(text)
        if self.paginated:
            return self.completed("UserMessage", content=[{"type": "text", "text": text}])
        return self.event("user_message", **({"message": text, "images": []} | fields))

    def said(self, text: str) -> Rollout:
        """An answer: the event and the response item."""
        if self.paginated:
            self.completed("AgentMessage", id="m", content=[{"type": "Text", "text": text}])
        else:
            self.event("agent_message", message=text)
        return self.sent(text, role="assistant")

    def call(self, name: str, call_id: str, arguments: Any = None, **fields: Any) -> Rollout:
        written = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
        return self.item("function_call", name=name, arguments=written, call_id=call_id, **fields)

    def custom(self, name: str, call_id: str, given: str) -> Rollout:
        return self.item("custom_tool_call", name=name, input=given, call_id=call_id)

    def output(self, call_id: str, output: Any, kind: str = "function_call_output") -> Rollout:
        return self.item(kind, call_id=call_id, output=output)

    def ran(self, command: str, call_id: str, *, code: int = 0, text: str = "") -> Rollout:
        """A command with its result."""
        self.call("exec_command", call_id, {"cmd": command})
        return self.output(call_id, exited(code, text))

    def spent(self, fresh: int, cached: int = 0, output: int = 10, reasoning: int = 0) -> Rollout:
        """A token count after one request."""
        last = [fresh + cached, cached, 0, output, reasoning]
        self.total = [a + b for a, b in zip(self.total, last, strict=True)]
        return self.count(self.total, last)

    def count(self, total: list[int] | None, last: list[int] | None) -> Rollout:
        info = {"total_token_usage": tokens(total), "last_token_usage": tokens(last)}
        return self.event("token_count", info=info | {"model_context_window": 258_400})

    def recorded(self, response_id: str, fresh: int, cached: int = 0, output: int = 10) -> Rollout:
        """A usage record, and the token count that echoes it."""
        last = [fresh + cached, cached, 0, output, 0]
        self.total = [a + b for a, b in zip(self.total, last, strict=True)]
        usage = {"usage": tokens(last), "thread_token_usage": tokens(self.total)}
        self.add("token_usage_record", {"response_id": response_id} | usage)
        return self.count(self.total, last)

    @contextmanager
    def copying(self) -> Iterator[Rollout]:
        """While a history is copied, the clock stands."""
        self.frozen = True
        yield self
        self.frozen = False
        self.second += 5

    # What becomes of it.

    def file(self) -> LogFile:
        name = f"rollout-2026-05-01T09-00-00-{self.thread}.jsonl"
        path = f"/home/u/.codex/sessions/2026/05/01/{name}"
        return LogFile("codex", path, "lines", "/home/u/.codex")

    def scan(self) -> CodexScan:
        scan = PROVIDER.scan(self.file())
        scan.feed(self.data, 0)
        return scan

    def summary(self) -> LogSummary:
        return self.scan().summary()

    def turns(self) -> list[TurnSummary]:
        return list(self.scan().turns)

    def opened(self) -> list[Turn]:
        source = MemorySource(self.file(), self.data)
        return [PROVIDER.read_turn(source, turn) for turn in self.turns()]

    def calls(self) -> list[ToolCall]:
        return [call for turn in self.opened() for call in turn.tool_calls]


class MemorySource:
    """A log in memory."""

    def __init__(self, file: LogFile, data: bytes) -> None:
        self.file = file
        self.data = data

    def read(self, span: Span) -> bytes:
        return self.data[span.offset : span.end]


def tokens(numbers: list[int] | None) -> dict[str, int] | None:
    if numbers is None:
        return None
    names = ("input", "cached_input", "cache_write_input", "output", "reasoning_output")
    counts = {f"{name}_tokens": n for name, n in zip(names, numbers, strict=True)}
    return counts | {"total_tokens": numbers[0] + numbers[3]}


def exited(code: int, text: str = "") -> str:
    return (
        f"Chunk ID: a1b2c3\nWall time: 0.5000 seconds\nProcess exited with code {code}\n"
        f"Original token count: 3\nOutput:\n{text}"
    )


def running(session: int, text: str = "") -> str:
    return (
        f"Chunk ID: a1b2c3\nWall time: 10.0 seconds\nProcess running with session ID {session}\n"
        f"Original token count: 3\nOutput:\n{text}"
    )


def subagent(parent: str, path: str = "/root/count_lines") -> dict[str, Any]:
    """Fields of a sub-agent's meta data."""
    spawn = {"parent_thread_id": parent, "depth": 1, "agent_path": path, "agent_nickname": "Kuhn"}
    return {"source": {"subagent": {"thread_spawn": spawn}}, "parent_thread_id": parent}


def wrapped_session() -> Rollout:
    """Prompts, steering, failures, a patch, a compaction: the era from September 2025 on."""
    log = Rollout().meta()
    first, second, third = uuid7(1), uuid7(40), uuid7(80)
    log.start(first).sent("<environment_context>\n<cwd>/work/zoo</cwd>\n</environment_context>")
    log.context(turn_id=first).typed("Change the greeting")
    log.item("reasoning", summary=[{"type": "summary_text", "text": "**Look**"}])
    log.said("I will look.").ran("cat a.py", "call_1", text="hi\n").spent(100, 1000, 20, 5)
    log.custom("apply_patch", "call_2", PATCH)
    log.event("patch_apply_end", call_id="call_2", success=True, changes=CHANGES)
    done = '{"output":"Success.","metadata":{"exit_code":0,"duration_seconds":0.1}}'
    log.output("call_2", done, "custom_tool_call_output").spent(50, 1100)
    log.call("exec_command", "call_3", {"cmd": "make"}).typed("and be quick")
    log.output("call_3", exited(2, "boom")).said("It broke.").spent(60, 1150)
    log.end(first, duration_ms=21_000)
    log.start(second).context(turn_id=second).typed("Go on")
    log.add("compacted", {"message": "so far", "replacement_history": []})
    log.event("context_compacted").said("Done.").spent(70, 0).end(second, duration_ms=3_000)
    log.start(third).context(turn_id=third).typed("And now?").ran("ls", "call_4")
    log.event("turn_aborted", turn_id=third, reason="interrupted", duration_ms=900)
    return log


def paginated_session(child: str) -> Rollout:
    """Code mode and a sub-agent: the era from 0.147 on."""
    log = Rollout(uuid7(100, 2), paginated=True).meta(history_mode="paginated")
    turn = uuid7(101)
    log.start(turn).context(turn_id=turn).typed("Count the lines")
    log.completed("Reasoning", id="r", summary_text=["**Count**"])
    log.item("reasoning", summary=[{"type": "summary_text", "text": "**Count**"}])
    log.custom("exec", "call_1", 'const r = await tools.exec_command({"cmd":"wc -l a.py"});')
    log.recorded("resp_1", 200)
    log.completed("CommandExecution", id="exec-1", exit_code=0, **command("wc -l a.py", "2 a.py"))
    log.output("call_1", script("2 a.py\n"), "custom_tool_call_output")
    log.custom("exec", "call_2", f"text(await tools.apply_patch({json.dumps(PATCH)}));")
    log.recorded("resp_2", 40, 200)
    log.completed("FileChange", id="exec-2", changes=CHANGES, status="completed")
    log.output("call_2", script("{}"), "custom_tool_call_output")
    log.call("spawn_agent", "call_3", {"task_name": "count", "message": "Count them all"})
    log.recorded("resp_3", 30, 240)
    log.completed(
        "SubAgentActivity",
        id="call_3",
        kind="started",
        agent_thread_id=child,
        agent_path="/root/count",
    )
    log.output("call_3", '{"task_name":"/root/count"}').said("Two lines.")
    return log.recorded("resp_4", 20, 270).end(turn, duration_ms=1_900)


def child_session(thread: str, parent: Rollout) -> Rollout:
    """A sub-agent whose file begins with a copy of its parent's."""
    log = Rollout(thread, paginated=True)
    with log.copying():
        start = 1 + len(parent.lines)
        log.meta(subagent_history_start_ordinal=start, **subagent(parent.thread, "/root/count"))
        for line in parent.lines:
            record = json.loads(line)
            log.add(record["type"], record["payload"])
    turn = uuid7(200)
    log.start(turn).context(turn_id=turn)
    told = "Message Type: NEW_TASK\nTask name: /root/count\nSender: /root\nPayload:\n"
    parts = [{"type": "input_text", "text": told}]
    parts.append({"type": "encrypted_content", "encrypted_content": "Count them all"})
    log.item("agent_message", author="/root", recipient="/root/count", content=parts)
    log.custom("exec", "call_9", 'await tools.exec_command({cmd: "wc -l b.py"})')
    log.output("call_9", script("2 b.py\n"), "custom_tool_call_output").said("Two.")
    log.total = [0, 0, 0, 0, 0]
    return log.recorded("resp_9", 300).end(turn, duration_ms=300)


def command(line: str, output: str = "") -> dict[str, Any]:
    """Fields of a command that a script ran."""
    return {
        "command": ["/bin/bash", "-lc", line],
        "cwd": CWD,
        "aggregated_output": output,
        "duration": {"secs": 0, "nanos": 5_000_000},
        "status": "completed",
    }


def script(text: str, word: str = "completed") -> list[dict[str, str]]:
    """The output of a script."""
    head = f"Script {word}\nWall time 0.1 seconds\nOutput:\n"
    return [{"type": "input_text", "text": head}, {"type": "input_text", "text": text}]


def bare_session() -> Rollout:
    """The oldest era: no envelope, no times, no model, no tokens."""
    log = Rollout("5973b6c0-94b8-487b-a530-2aeb6098ae0e")
    log.raw({"id": log.thread, "timestamp": "2025-08-20T10:00:00.000Z", "instructions": None})
    log.raw({"record_type": "state"})
    text = f"<environment_context>\n<cwd>{CWD}</cwd>\n</environment_context>"
    log.raw({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
    ask = [{"type": "input_text", "text": "List the files"}]
    log.raw({"type": "message", "id": None, "role": "user", "content": ask})
    arguments = json.dumps({"command": ["bash", "-lc", "ls"], "timeout_ms": 1000})
    log.raw({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"})
    call = {"type": "function_call", "name": "shell", "arguments": arguments, "call_id": "call_1"}
    log.raw(call)
    output = json.dumps({"output": "a.py\n", "metadata": {"exit_code": 1, "duration_seconds": 0.2}})
    log.raw({"type": "function_call_output", "call_id": "call_1", "output": output})
    log.raw({"record_type": "state"})
    answer = [{"type": "output_text", "text": "One file."}]
    return log.raw({"type": "message", "role": "assistant", "content": answer})


def write_home(home: Path) -> None:
    """A home with a session, one with a sub-agent, an archived one, and a cold one."""
    root = home / ".codex"
    day = root / "sessions" / "2026" / "05" / "01"
    day.mkdir(parents=True)
    child = uuid7(150, 3)
    parent = paginated_session(child)
    for log in (wrapped_session(), parent, child_session(child, parent)):
        (day / Path(log.file().path).name).write_bytes(log.data)
    archived = Rollout(uuid7(300, 4)).meta().start(uuid7(301)).context().typed("An old matter")
    archived.said("Settled.").spent(11).end(uuid7(301))
    (root / "archived_sessions").mkdir()
    (root / "archived_sessions" / Path(archived.file().path).name).write_bytes(archived.data)
    cold = Rollout(uuid7(400, 5)).meta().start(uuid7(401)).context().typed("A cold one")
    cold.said("Brr.").spent(12).end(uuid7(401))
    packed = zstandard.ZstdCompressor().compress(cold.data)
    (day / f"{Path(cold.file().path).name}.zst").write_bytes(packed)
    names = {"id": parent.thread, "thread_name": "Counting", "updated_at": "2026-05-01T09:10:00Z"}
    (root / "session_index.jsonl").write_text(json.dumps(names) + "\n")


def document(log: Rollout, *, indent: int | None = 2) -> bytes:
    """The first Codex's form of a bare log: one JSON document."""
    head, *items = (json.loads(line) for line in log.lines)
    items = [item for item in items if "record_type" not in item]
    return json.dumps({"session": head, "items": items}, indent=indent).encode()
