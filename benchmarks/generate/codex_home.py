"""Fills a Codex home with rollouts of the wrapped era (0.141): turns, tools, patches, tokens."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from benchmarks.generate.ledger import BilledRequest, Counts, LogTruth, SessionTruth, Tokens
from benchmarks.generate.text import Ids, TextPool, timestamp

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_MODELS = ("gpt-5.3-codex", "gpt-5.4", "gpt-5.4-mini")
_FIRST_DAY_MS = 1_788_220_800_000  # 2026-09-01
_DAYS = 75
_DAY_MS = 86_400_000
_WINDOW = 258_400


@dataclass(frozen=True, slots=True)
class CodexRecipe:
    """How many rollouts of what kind."""

    sessions: int
    lines: int
    result_median: int = 2500
    result_sigma: float = 1.2

    def scaled(self, scale: float) -> CodexRecipe:
        """Fewer rollouts with as many lines each."""
        sessions = max(2, round(self.sessions * scale))
        return CodexRecipe(sessions, max(60, round(self.lines * scale)))


@dataclass(slots=True)
class _Rollout:
    """One rollout being written."""

    out: BinaryIO
    rng: Random
    pool: TextPool
    recipe: CodexRecipe
    thread_id: str
    cwd: str
    model: str
    clock: int
    counts: Counts = field(default_factory=Counts)
    requests: list[BilledRequest] = field(default_factory=list)
    line_bytes: array[int] = field(default_factory=lambda: array("I"))
    context: int = 14_000
    _total: dict[str, int] = field(default_factory=dict)
    _ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self._ids = Ids(self.rng)
        meta: Json = {"id": self.thread_id, "timestamp": timestamp(self.clock), "cwd": self.cwd}
        meta |= {"originator": "codex-tui", "cli_version": "0.141.0", "source": "cli"}
        meta |= {"thread_source": "user", "model_provider": "openai"}
        meta["base_instructions"] = {"text": self.pool.prose(self.rng, 9000)}
        meta["git"] = {"commit_hash": self._ids.hex(40), "branch": "main"}
        self._line("session_meta", meta)

    def write_turn(self) -> None:
        """A turn with its context, calls, patches, token counts and closing message."""
        turn_id = self._ids.uuid()
        prompt = self.pool.prose(self.rng, self.rng.randrange(30, 900))
        self._tick(300_000)
        started = self.clock
        start = {"turn_id": turn_id, "started_at": started // 1000}
        self._event("task_started", **start, model_context_window=_WINDOW)
        context = {"turn_id": turn_id, "cwd": self.cwd, "approval_policy": "on-request"}
        context |= {"model": self.model, "effort": "high", "summary": "auto"}
        self._line("turn_context", {**context, "sandbox_policy": {"type": "workspace-write"}})
        self._message("user", "input_text", prompt)
        self._event("user_message", message=prompt, images=[], local_images=[], text_elements=[])
        self.counts.turns += 1
        for _ in range(1 + int(self.rng.expovariate(0.2))):
            self._write_step()
        answer = self.pool.prose(self.rng, self.rng.randrange(80, 2500))
        self._event("agent_message", message=answer, phase="final_answer")
        self._message("assistant", "output_text", answer)
        self._write_tokens(len(answer) // 4 + 30)
        end = {"turn_id": turn_id, "last_agent_message": answer}
        self._event("task_complete", **end, duration_ms=self.clock - started)
        if self.context > 200_000:
            self._line("compacted", {"message": "", "replacement_history": []})
            self._event("context_compacted")
            self.context = 20_000

    def _write_step(self) -> None:
        if self.rng.random() < 0.6:
            sealed = self.pool.base64(self.rng, self.rng.randrange(400, 2000))
            self._line(
                "response_item", {"type": "reasoning", "summary": [], "encrypted_content": sealed}
            )
        if self.rng.random() < 0.15:
            self._write_patch()
        else:
            self._write_command()
        self._write_tokens(self.rng.randrange(60, 900))

    def _write_command(self) -> None:
        call_id = self._ids.openai_call()
        arguments = {"cmd": f"rg -n {self.rng.choice(self.pool.words)} src", "workdir": self.cwd}
        call = {"type": "function_call", "name": "exec_command", "call_id": call_id}
        self._line("response_item", {**call, "arguments": _encode(arguments).decode()})
        drawn = self.recipe.result_median * self.rng.lognormvariate(0, self.recipe.result_sigma)
        is_failure = self.rng.random() < 0.08
        head = f"Chunk ID: {self._ids.hex(6)}\nWall time: 0.7565 seconds\n"
        head += f"Process exited with code {int(is_failure)}\nOriginal token count: 9\nOutput:\n"
        output = head + self.pool.code(self.rng, min(int(drawn), 60_000))
        self._tick(8_000)
        answer = {"type": "function_call_output", "call_id": call_id, "output": output}
        self._line("response_item", answer)
        self.context += len(output) // 4
        self.counts.tool_calls += 1
        self.counts.failed_tool_calls += is_failure

    def _write_patch(self) -> None:
        call_id = self._ids.openai_call()
        path = f"{self.cwd}/{self.pool.path(self.rng)}"
        old = self.pool.prose(self.rng, 60).replace("\n", " ")
        new = self.pool.prose(self.rng, 90).replace("\n", " ")
        patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n-{old}\n+{new}\n*** End Patch"
        call = {"type": "custom_tool_call", "status": "completed", "call_id": call_id}
        self._line("response_item", {**call, "name": "apply_patch", "input": patch})
        self._tick(900)
        diff = {"type": "update", "unified_diff": f"@@ -7 +7 @@\n-{old}\n+{new}\n"}
        change = {path: {**diff, "move_path": None}}
        done = {"call_id": call_id, "success": True, "stdout": "Success.", "stderr": ""}
        self._event("patch_apply_end", **done, changes=change, status="completed")
        output = f"Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.\nM {path}\n"
        answer = {"type": "custom_tool_call_output", "call_id": call_id, "output": output}
        self._line("response_item", answer)
        self.counts.tool_calls += 1
        self.counts.edits += 1

    def _write_tokens(self, output: int) -> None:
        """The token event of one request; one in fourteen comes again unchanged."""
        cached = int(self.context * 0.9) // 128 * 128
        last = {
            "input_tokens": self.context,
            "cached_input_tokens": cached,
            "output_tokens": output,
            "reasoning_output_tokens": output // 3,
            "total_tokens": self.context + output,
        }
        self._total = {kind: self._total.get(kind, 0) + count for kind, count in last.items()}
        tokens = Tokens(self.context - cached, cached, 0, 0, output)
        self.requests.append(BilledRequest("", self.model, tokens))
        self.context += output
        info = {"total_token_usage": self._total, "last_token_usage": last}
        for _ in range(2 if self.rng.random() < 0.07 else 1):
            self._event("token_count", info={**info, "model_context_window": _WINDOW})

    def _message(self, role: str, kind: str, text: str) -> None:
        content = [{"type": kind, "text": text}]
        self._line("response_item", {"type": "message", "role": role, "content": content})

    def _event(self, kind: str, **fields: object) -> None:
        self._line("event_msg", {"type": kind, **fields})

    def _line(self, kind: str, payload: Json) -> None:
        record = {"timestamp": timestamp(self.clock), "type": kind, "payload": payload}
        line = _encode(record) + b"\n"
        self.out.write(line)
        self.line_bytes.append(len(line))
        self.counts.lines += 1
        self.counts.bytes += len(line)
        self._tick(600)

    def _tick(self, most: int) -> None:
        self.clock += self.rng.randrange(10, most)


class CodexHome:
    """Writes a recipe below `root` (the place that CODEX_HOME names)."""

    def __init__(self, root: Path, recipe: CodexRecipe, seed: str) -> None:
        self.root = root
        self.recipe = recipe
        self.sessions: list[SessionTruth] = []
        self.line_bytes: array[int] = array("I")
        self._rng = Random(f"{seed}/codex")
        self._ids = Ids(self._rng)
        self._pool = TextPool(seed)

    def write(self) -> None:
        """Write every rollout."""
        recipe, rng = self.recipe, self._rng
        weights = [rng.lognormvariate(0, 0.9) for _ in range(recipe.sessions)]
        for weight in weights:
            self._write_session(round(weight * recipe.lines / sum(weights)))

    def _write_session(self, lines: int) -> None:
        rng = self._rng
        started = _FIRST_DAY_MS + rng.randrange(_DAYS * _DAY_MS)
        thread_id = self._ids.uuid()
        day = datetime.fromtimestamp(started // 1000, UTC)
        folder = self.root / "sessions" / f"{day:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"rollout-{day:%Y-%m-%dT%H-%M-%S}-{thread_id}.jsonl"
        cwd = f"/home/dev/code/{rng.choice(self._pool.words)}"
        with path.open("wb", buffering=1 << 20) as out:
            model = rng.choice(_MODELS)
            rollout = _Rollout(out, rng, self._pool, self.recipe, thread_id, cwd, model, started)
            rollout.write_turn()
            while rollout.counts.lines < lines:
                rollout.write_turn()
        os.utime(path, ns=(rollout.clock * 10**6,) * 2)
        self.line_bytes.extend(rollout.line_bytes)
        relative = str(path.relative_to(self.root.parent))
        log = LogTruth(relative, rollout.counts, rollout.requests)
        self.sessions.append(SessionTruth(thread_id, "codex", cwd, [log]))
