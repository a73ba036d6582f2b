"""Makes up one Claude Code transcript, turn by turn, and keeps count of what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.generate import claude_tools
from benchmarks.generate.claude_records import usage
from benchmarks.generate.claude_tools import ToolCall
from benchmarks.generate.ledger import BilledRequest, Counts, Tokens

if TYPE_CHECKING:
    from benchmarks.generate.claude_records import RecordWriter
    from benchmarks.generate.text import TextPool

Json = dict[str, Any]
Finish = Callable[[str], ToolCall]
"""Tool call id → the call with its outcome."""

_CONTEXT_LIMIT = 150_000
_AFTER_COMPACTION = 25_000
_SYSTEM_PROMPT = 18_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What the lines of a corpus are like."""

    result_median: int = 3600
    """Characters of a tool's output: median of a log-normal distribution …"""
    result_sigma: float = 1.25
    """… and its spread."""
    largest_result: int = 400_000
    prose_median: int = 350
    """Characters of an answer or a prompt."""
    steps: float = 5.0
    """Mean number of messages with tool calls in a turn, after the first; 0: none at all."""
    progress: float = 0.6
    """Mean number of progress records for each tool call, in the versions that write them."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place between two turns where a fork may branch off."""

    counts: Counts
    requests: int
    parent: str | None
    clock: int
    context: int


@dataclass(slots=True)
class ClaudeLog:
    """The transcript of one session or sub-agent."""

    to: RecordWriter
    pool: TextPool
    shape: Shape
    huge_lines: list[int] = field(default_factory=list)
    """Sizes of outsized lines that are still to be written."""
    requests: list[BilledRequest] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    context: int = 0
    """Prompt tokens that the cache holds."""
    _fresh: int = _SYSTEM_PROMPT
    """Prompt tokens that no request has sent yet."""

    def write_turn(self, prompt: str = "") -> None:
        """A prompt, messages with tool calls and their results, and the final answer."""
        self._open_turn(prompt or self.prose())
        for _ in range(self._draw_steps()):
            count = self.to.rng.choices((1, 2, 3), weights=(78, 17, 5))[0]
            self._write_message([self._draw_tool() for _ in range(count)])
            if self.context > _CONTEXT_LIMIT:
                break
        self._write_message([])
        self._close_turn()

    def write_agent_turn(self, call: ToolCall, finish: Finish) -> None:
        """A turn whose one tool call starts a sub-agent, whose log `finish` writes."""
        self._open_turn(self.prose())
        self._write_message([call], finish)
        self._write_message([])
        self._close_turn()

    def write_torn_line(self) -> None:
        """The beginning of one more assistant record."""
        body = self._body(self.to.ids.message(), self._next_tokens(700), "end_turn")
        body["content"] = [{"type": "text", "text": self.pool.prose(self.to.rng, 900)}]
        self.to.torn({"type": "assistant", "uuid": self.to.ids.uuid(), "message": body})

    def begin_as_fork(self, lines: list[bytes], source: ClaudeLog, at: Checkpoint) -> None:
        """Copy another session's lines up to a checkpoint, under our own session id."""
        origin = source.to.head.session_id
        for line in lines[: at.counts.lines]:
            record = msgspec.json.decode(line)
            if "sessionId" in record:
                record["sessionId"] = self.to.head.session_id
            if "uuid" in record:
                record["forkedFrom"] = {"sessionId": origin, "messageUuid": record["uuid"]}
            self.to.bare(record)
        self.to.counts.turns = at.counts.turns
        self.to.counts.tool_calls = at.counts.tool_calls
        self.to.counts.failed_tool_calls = at.counts.failed_tool_calls
        self.to.counts.edits = at.counts.edits
        self.requests = source.requests[: at.requests]
        self.to.parent, self.to.clock = at.parent, at.clock + 3_600_000
        self.context, self._fresh = at.context, 0

    def prose(self) -> str:
        """A prompt or an answer."""
        size = self.shape.prose_median * self.to.rng.lognormvariate(0, 1.0)
        return self.pool.prose(self.to.rng, 20 + min(int(size), 20_000))

    def _open_turn(self, prompt: str) -> None:
        to = self.to
        to.tick(120_000)
        if not to.head.agent_id and to.rng.random() < 0.5:
            uuid = to.ids.uuid()
            snapshot = {"messageId": uuid, "trackedFileBackups": {}}
            to.bare({"type": "file-history-snapshot", "messageId": uuid, "snapshot": snapshot})
        to.chained({"type": "user", "message": {"role": "user", "content": prompt}})
        to.counts.turns += 1
        if not to.head.is_older:
            to.attachment("task_reminder", content=[], itemCount=0)
        self._fresh += len(prompt) // 4

    def _close_turn(self) -> None:
        to = self.to
        if not to.head.agent_id:
            if to.rng.random() < 0.6:
                to.system("turn_duration", durationMs=to.rng.randrange(2_000, 400_000))
            if to.rng.random() < 0.15:
                hooks = [{"command": "lint --changed", "durationMs": 40}]
                to.system("stop_hook_summary", hookCount=1, hookInfos=hooks, hookErrors=[])
            if to.rng.random() < 0.4:
                session = {"sessionId": to.head.session_id}
                to.bare({"type": "last-prompt", "leafUuid": to.parent, **session})
                to.bare({"type": "permission-mode", "permissionMode": "default", **session})
        if self.context > _CONTEXT_LIMIT:
            self._compact()
        counts = Counts()
        counts.add(to.counts)
        requests = len(self.requests)
        self.checkpoints.append(Checkpoint(counts, requests, to.parent, to.clock, self.context))

    def _compact(self) -> None:
        """A compaction: the boundary, then the summary that starts the new segment."""
        to = self.to
        logical, to.parent = to.parent, None
        metadata = {"trigger": "auto", "preTokens": self.context}
        to.system("compact_boundary", compactMetadata=metadata, logicalParentUuid=logical)
        message = {"role": "user", "content": self.pool.prose(to.rng, 6000)}
        flags = {"isCompactSummary": True, "isVisibleInTranscriptOnly": True}
        to.chained({"type": "user", "message": message, **flags})
        self.context, self._fresh = 0, _AFTER_COMPACTION

    def _write_message(self, tools: list[ToolCall], finish: Finish | None = None) -> None:
        """One API message: a line for each block; a tool's result may come before the next."""
        to = self.to
        calls = [to.ids.tool_call() for _ in tools]
        blocks = self._draw_blocks(tools, calls)
        text = sum(len(str(block.get("input", block.get("text", "")))) for block in blocks)
        tokens = self._next_tokens(20 + text // 4 + to.rng.randrange(400))
        message_id, request_id = to.ids.message(), to.ids.request()
        waiting: list[tuple[ToolCall, str, str]] = []
        for index, block in enumerate(blocks):
            is_last = index == len(blocks) - 1
            seen, reason = tokens, "tool_use" if tools else "end_turn"
            is_snapshot = to.head.is_older and not is_last
            if is_snapshot:
                seen = _snapshot(tokens, index / len(blocks))
            body = self._body(message_id, seen, None if is_snapshot else reason)
            body["content"] = [block]
            to.tick(4_000)
            uuid = to.chained({"type": "assistant", "requestId": request_id, "message": body})
            if block["type"] == "tool_use":
                tool = tools[calls.index(block["id"])]
                waiting.append((tool, block["id"], uuid))
                if not is_last and to.rng.random() < 0.5:
                    self._write_result(*waiting.pop())
                    to.parent = uuid
        for tool, call_id, uuid in waiting:
            self._write_result(finish(call_id) if finish else tool, call_id, uuid)
        self.requests.append(BilledRequest(message_id, to.head.model, tokens))
        to.counts.tool_calls += len(tools)

    def _draw_blocks(self, tools: list[ToolCall], calls: list[str]) -> list[Json]:
        rng = self.to.rng
        blocks: list[Json] = []
        if rng.random() < 0.35:
            signature = self.pool.base64(rng, rng.randrange(200, 700))
            blocks.append({"type": "thinking", "thinking": "", "signature": signature})
        if not tools or rng.random() < 0.35:
            blocks.append({"type": "text", "text": self.prose()})
        return blocks + [
            {"type": "tool_use", "id": call_id, "name": tool.name, "input": tool.input}
            for call_id, tool in zip(calls, tools, strict=True)
        ]

    def _write_result(self, tool: ToolCall, call_id: str, call_uuid: str) -> None:
        to = self.to
        to.parent = call_uuid
        if to.head.is_older:
            for _ in range(int(to.rng.expovariate(1 / self.shape.progress) + 0.5)):
                self._write_progress(call_id)
        elif to.rng.random() < 0.1:
            hook = {"hookName": f"PostToolUse:{tool.name}", "hookEvent": "PostToolUse"}
            to.attachment("hook_success", **hook, toolUseID=call_id, exitCode=0, durationMs=31)
        block: Json = {"tool_use_id": call_id, "type": "tool_result", "content": tool.content}
        if tool.is_error or tool.name == "Bash":
            block["is_error"] = tool.is_error
        to.tick(9_000)
        message = {"role": "user", "content": [block]}
        origin = {"toolUseResult": tool.result, "sourceToolAssistantUUID": call_uuid}
        to.chained({"type": "user", "message": message, **origin})
        self._fresh += min(tool.result_chars // 4, 20_000)
        to.counts.failed_tool_calls += tool.is_error
        to.counts.edits += tool.is_edit

    def _write_progress(self, call_id: str) -> None:
        to = self.to
        output = self.pool.code(to.rng, to.rng.randrange(20, 250))
        data: Json = {"type": "bash_progress", "output": output, "fullOutput": output}
        data |= {"elapsedTimeSeconds": to.rng.randrange(2, 90), "totalLines": 12}
        ids = {"toolUseID": f"bash-progress-{to.counts.lines}", "parentToolUseID": call_id}
        to.tick(1_500)
        to.chained({"type": "progress", "data": data, **ids})

    def _next_tokens(self, output: int) -> Tokens:
        """Tokens of the next request: what is new goes into the cache, the rest comes from it."""
        fresh = self._fresh
        one_hour = {"5m": 0, "1h": fresh}.get(self.to.head.cache_life, fresh * 2 // 3)
        uncached = self.to.rng.randrange(2, 12)
        tokens = Tokens(uncached, self.context, fresh - one_hour, one_hour, output)
        self.context += fresh
        self._fresh = output
        return tokens

    def _body(self, message_id: str, tokens: Tokens, reason: str | None) -> Json:
        head = self.to.head
        return {
            "model": head.model,
            "id": message_id,
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": usage(tokens, detailed=not head.is_older),
        }

    def _draw_steps(self) -> int:
        mean = self.shape.steps
        return 1 + int(self.to.rng.expovariate(1 / mean)) if mean else 0

    def _draw_tool(self) -> ToolCall:
        rng, shape, cwd = self.to.rng, self.shape, self.to.head.cwd
        if self.huge_lines and rng.random() < 0.2:
            # A record holds the output twice.
            return claude_tools.draw_huge(rng, self.pool, cwd, self.huge_lines.pop() // 2)
        drawn = shape.result_median * rng.lognormvariate(0, shape.result_sigma)
        return claude_tools.draw(rng, self.pool, cwd, min(int(drawn), shape.largest_result))


def _snapshot(tokens: Tokens, share: float) -> Tokens:
    """Usage as it stood when only a share of the output had come."""
    return Tokens(
        tokens.input,
        tokens.cache_read,
        tokens.cache_write_5m,
        tokens.cache_write_1h,
        1 + int(tokens.output * share),
    )
