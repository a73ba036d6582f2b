"""Fills a Gemini CLI home with operation logs (0.39 and later) whose messages come again."""

from __future__ import annotations

import hashlib
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
_MODELS = ("gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-flash-preview")
_FIRST_DAY_MS = 1_788_220_800_000  # 2026-09-01
_DAYS = 75
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class GeminiRecipe:
    """How many chats of what kind."""

    sessions: int
    lines: int
    result_median: int = 1800
    result_sigma: float = 1.2

    def scaled(self, scale: float) -> GeminiRecipe:
        """Fewer chats with as many lines each."""
        sessions = max(2, round(self.sessions * scale))
        return GeminiRecipe(sessions, max(60, round(self.lines * scale)))


@dataclass(slots=True)
class _Chat:
    """One chat being written."""

    out: BinaryIO
    rng: Random
    pool: TextPool
    recipe: GeminiRecipe
    session_id: str
    cwd: str
    model: str
    clock: int
    counts: Counts = field(default_factory=Counts)
    requests: list[BilledRequest] = field(default_factory=list)
    line_bytes: array[int] = field(default_factory=lambda: array("I"))
    context: int = 12_000
    _ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self._ids = Ids(self.rng)
        project = hashlib.sha256(self.cwd.encode()).hexdigest()
        now = timestamp(self.clock)
        head = {"sessionId": self.session_id, "projectHash": project, "startTime": now}
        self._line({**head, "lastUpdated": now, "kind": "main"})

    def write_turn(self) -> None:
        """A prompt, model messages with a tool call each, and the closing message."""
        self._tick(200_000)
        prompt = self.pool.prose(self.rng, self.rng.randrange(30, 700))
        self._upsert({"id": self._ids.uuid(), "type": "user", "content": [{"text": prompt}]})
        self.counts.turns += 1
        for _ in range(1 + int(self.rng.expovariate(0.25))):
            message = self._model_message()
            self._upsert(message)
            self._tick(6_000)
            # With its tool's outcome the whole message is written again, in place of the first.
            self._upsert({**message, "toolCalls": [self._tool_call()]})
        self._upsert(self._model_message())
        if self.context > 150_000:
            self.context = 15_000

    def _model_message(self) -> Json:
        text = self.pool.prose(self.rng, self.rng.randrange(20, 1500))
        thoughts = self.rng.randrange(400)
        output = len(text) // 4 + 20
        cached = int(self.context * 0.8)
        tokens = {"input": self.context, "output": output, "cached": cached, "thoughts": thoughts}
        tokens |= {"tool": 0, "total": self.context + output + thoughts}
        message_id = self._ids.uuid()
        used = Tokens(self.context - cached, cached, 0, 0, output + thoughts)
        self.requests.append(BilledRequest(message_id, self.model, used))
        self.context += output
        thought = {"subject": self.rng.choice(self.pool.words), "description": text[:80]}
        return {
            "id": message_id,
            "type": "gemini",
            "content": text,
            "thoughts": [{**thought, "timestamp": timestamp(self.clock)}],
            "tokens": tokens,
            "model": self.model,
        }

    def _tool_call(self) -> Json:
        drawn = self.recipe.result_median * self.rng.lognormvariate(0, self.recipe.result_sigma)
        output = self.pool.code(self.rng, min(int(drawn), 60_000))
        call_id = f"read_file__fc-{self._ids.hex(12)}"
        is_failure = self.rng.random() < 0.06
        response = {"error" if is_failure else "output": output}
        part = {"functionResponse": {"id": call_id, "name": "read_file", "response": response}}
        self.context += len(output) // 4
        self.counts.tool_calls += 1
        self.counts.failed_tool_calls += is_failure
        return {
            "id": call_id,
            "name": "read_file",
            "args": {"file_path": f"{self.cwd}/{self.pool.path(self.rng)}"},
            "result": [part],
            "status": "error" if is_failure else "success",
            "timestamp": timestamp(self.clock),
            "displayName": "ReadFile",
        }

    def _upsert(self, message: Json) -> None:
        now = timestamp(self.clock)
        self._line({"id": message["id"], "timestamp": now, **message})
        self._line({"$set": {"lastUpdated": now}})

    def _line(self, record: Json) -> None:
        line = _encode(record) + b"\n"
        self.out.write(line)
        self.line_bytes.append(len(line))
        self.counts.lines += 1
        self.counts.bytes += len(line)
        self._tick(700)

    def _tick(self, most: int) -> None:
        self.clock += self.rng.randrange(10, most)


class GeminiHome:
    """Writes a recipe below `root/.gemini` (GEMINI_CLI_HOME names `root`)."""

    def __init__(self, root: Path, recipe: GeminiRecipe, seed: str) -> None:
        self.root = root
        self.recipe = recipe
        self.sessions: list[SessionTruth] = []
        self.line_bytes: array[int] = array("I")
        self._rng = Random(f"{seed}/gemini")
        self._ids = Ids(self._rng)
        self._pool = TextPool(seed)

    def write(self) -> None:
        """Write every chat and the table of projects."""
        recipe, rng = self.recipe, self._rng
        names = rng.sample(self._pool.words, min(8, recipe.sessions))
        weights = [rng.lognormvariate(0, 0.9) for _ in range(recipe.sessions)]
        for weight in weights:
            self._write_session(rng.choice(names), round(weight * recipe.lines / sum(weights)))
        projects = {f"/home/dev/code/{name}": name for name in names}
        table = self.root / ".gemini" / "projects.json"
        table.write_bytes(_encode({"projects": projects}))

    def _write_session(self, name: str, lines: int) -> None:
        rng = self._rng
        started = _FIRST_DAY_MS + rng.randrange(_DAYS * _DAY_MS)
        session_id = self._ids.uuid()
        cwd = f"/home/dev/code/{name}"
        folder = self.root / ".gemini" / "tmp" / name / "chats"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / ".project_root").write_text(cwd)
        day = datetime.fromtimestamp(started // 1000, UTC)
        path = folder / f"session-{day:%Y-%m-%dT%H-%M}-{session_id[:8]}.jsonl"
        with path.open("wb", buffering=1 << 20) as out:
            model = rng.choice(_MODELS)
            chat = _Chat(out, rng, self._pool, self.recipe, session_id, cwd, model, started)
            chat.write_turn()
            while chat.counts.lines < lines:
                chat.write_turn()
        os.utime(path, ns=(chat.clock * 10**6,) * 2)
        self.line_bytes.extend(chat.line_bytes)
        relative = str(path.relative_to(self.root.parent))
        log = LogTruth(relative, chat.counts, chat.requests)
        self.sessions.append(SessionTruth(session_id, "gemini", cwd, [log]))
