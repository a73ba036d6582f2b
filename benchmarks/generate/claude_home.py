"""Fills a Claude Code home with sessions, nested sub-agents, forks and torn tails."""

from __future__ import annotations

import os
from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

import msgspec

from benchmarks.generate.claude_log import ClaudeLog, Shape
from benchmarks.generate.claude_records import Head, RecordWriter, usage
from benchmarks.generate.claude_tools import ToolCall
from benchmarks.generate.ledger import LogTruth, SessionTruth
from benchmarks.generate.text import Ids, TextPool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODELS = (
    "claude-opus-4-8",
    "claude-sonnet-4-6",
    "claude-sonnet-5",
    "claude-fable-5",
    "claude-opus-4-5-20251101",
)
_AGENT_MODELS = ("claude-haiku-4-5-20251001", "claude-sonnet-4-6")
_OLDER_VERSIONS = ("2.1.63", "2.1.71", "2.1.80")
_NEWER_VERSIONS = ("2.1.119", "2.1.179", "2.1.199", "2.1.218")
_FIRST_DAY_MS = 1_785_542_400_000  # 2026-08-01
_DAYS = 108
_DAY_MS = 86_400_000
_FEWEST_LINES = 8


@dataclass(frozen=True, slots=True)
class ClaudeRecipe:
    """How many sessions of what kind."""

    sessions: int
    lines: int
    agents: int = 0
    """Sub-agent files, spread over a third of the sessions."""
    forks: int = 0
    torn: int = 0
    """Main files whose last line is torn."""
    huge_lines: tuple[int, ...] = ()
    """Sizes in bytes of outsized lines, one for each of as many sessions."""
    largest_session: int = 0
    """Lines of the longest session, if it is to stand out."""
    spread: float = 1.0
    """Sigma of the log-normal distribution of lines per file."""
    older: float = 0.5
    """Share of sessions from versions with progress records and growing usage."""
    projects: int = 24
    shape: Shape = field(default_factory=Shape)

    def scaled(self, scale: float) -> ClaudeRecipe:
        """A smaller corpus of the same kind: every count times `scale`, kinds kept."""

        def part(count: int) -> int:
            return max(1, round(count * scale)) if count else 0

        if self.sessions == 1:
            return replace(self, lines=part(self.lines))
        return replace(
            self,
            sessions=max(self.forks and 2, part(self.sessions)),
            lines=part(self.lines),
            agents=part(self.agents),
            forks=part(self.forks),
            torn=part(self.torn),
            huge_lines=self.huge_lines[: part(len(self.huge_lines))],
            largest_session=part(self.largest_session),
            projects=part(self.projects),
        )


@dataclass(slots=True)
class _Plan:
    """One session to be written."""

    lines: int
    agents: list[int] = field(default_factory=list)
    """Lines of each sub-agent."""
    huge_lines: list[int] = field(default_factory=list)
    is_fork: bool = False
    is_torn: bool = False


class ClaudeHome:
    """Writes a recipe below `root` (the place that CLAUDE_CONFIG_DIR names)."""

    def __init__(self, root: Path, recipe: ClaudeRecipe, seed: str) -> None:
        self.root = root
        self.recipe = recipe
        self.sessions: list[SessionTruth] = []
        self.line_bytes: array[int] = array("I")
        self._rng = Random(f"{seed}/claude")
        self._ids = Ids(self._rng)
        self._pool = TextPool(seed)
        words = self._rng.sample(self._pool.words, recipe.projects)
        self._projects = [f"/home/dev/code/{word}" for word in words]
        self._surplus = 0
        self._fork_source: ClaudeLog | None = None

    def write(self) -> None:
        """Write every session."""
        for plan in self._plans():
            self._write_session(plan)

    def _plans(self) -> list[_Plan]:
        recipe, rng = self.recipe, self._rng
        files = recipe.sessions + recipe.agents
        weights = [rng.lognormvariate(0, recipe.spread) for _ in range(files)]
        share = (recipe.lines - recipe.largest_session) / sum(weights)
        lines = [max(_FEWEST_LINES, round(weight * share)) for weight in weights]
        plans = [_Plan(count) for count in lines[: recipe.sessions]]
        parents = rng.sample(plans, max(1, recipe.sessions // 3))
        for count in lines[recipe.sessions :]:
            rng.choice(parents).agents.append(count)
        if recipe.largest_session:
            plans[recipe.sessions // 2].lines = recipe.largest_session
        for size, plan in zip(recipe.huge_lines, rng.sample(plans, len(plans)), strict=False):
            plan.huge_lines.append(size)
        for plan in rng.sample(plans, recipe.torn):
            plan.is_torn = True
        # A fork follows the session it was made of, so the first cannot be one.
        for plan in rng.sample(plans[1:], recipe.forks):
            plan.is_fork = True
        return plans

    def _write_session(self, plan: _Plan) -> None:
        rng = self._rng
        source = self._fork_source if plan.is_fork else None
        versions = _OLDER_VERSIONS if rng.random() < self.recipe.older else _NEWER_VERSIONS
        head = Head(
            session_id=self._ids.uuid(),
            cwd=source.to.head.cwd if source else rng.choice(self._projects),
            version=rng.choice(versions),
            model=rng.choice(_MODELS),
            cache_life=rng.choice(("5m", "1h", "1h", "mixed")),
        )
        path = self._folder(head.cwd) / f"{head.session_id}.jsonl"
        started = _FIRST_DAY_MS + rng.randrange(_DAYS * _DAY_MS)
        truth = SessionTruth(head.session_id, "claude", head.cwd, [])
        agents: list[LogTruth] = []
        with self._log(path, head, started) as log:
            log.huge_lines = plan.huge_lines
            copied = 0
            if source and source.checkpoints:
                at = source.checkpoints[len(source.checkpoints) // 2]
                log.begin_as_fork(self._lines_of(source), source, at)
                copied = at.requests
                truth.forked_from = source.to.head.session_id
            self._write_turns(log, plan, agents)
            if plan.is_torn:
                log.write_torn_line()
        truth.logs = [self._truth(path, log, copied), *agents]
        self.sessions.append(truth)
        self._fork_source = log

    def _write_turns(self, log: ClaudeLog, plan: _Plan, agents: list[LogTruth]) -> None:
        """Turns until the planned lines are there, with the agents spread evenly among them."""
        target = max(_FEWEST_LINES // 2, plan.lines - self._surplus)
        first = log.to.counts.lines
        waiting = list(plan.agents)
        every = target / (len(waiting) + 1)
        while True:
            written = log.to.counts.lines - first
            if waiting and written >= every * (len(plan.agents) - len(waiting) + 1):
                agents.append(self._write_agent(log, waiting.pop()))
            elif written < target or log.huge_lines:
                log.write_turn()
            elif waiting:
                agents.append(self._write_agent(log, waiting.pop()))
            else:
                break
        # What one session has too much, the next ones get less.
        self._surplus += log.to.counts.lines - first - plan.lines

    def _write_agent(self, parent: ClaudeLog, lines: int) -> LogTruth:
        """A turn of the parent that runs a sub-agent, and the sub-agent's own log."""
        head = parent.to.head
        agent = replace(
            head,
            agent_id=self._ids.agent(),
            model=self._rng.choice(_AGENT_MODELS),
            cache_life="5m",
        )
        folder = self._folder(head.cwd) / head.session_id / "subagents"
        path = folder / f"agent-{agent.agent_id}.jsonl"
        description = " ".join(self._rng.choices(self._pool.words, k=3))
        task = parent.prose()
        call = ToolCall(
            "Agent",
            {"description": description, "prompt": task, "subagent_type": "Explore"},
            "",
            {},
        )
        truths: list[LogTruth] = []

        def finish(call_id: str) -> ToolCall:
            meta = {"agentType": "Explore", "description": description, "toolUseId": call_id}
            folder.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".meta.json").write_bytes(msgspec.json.encode(meta))
            started = parent.to.clock
            with self._log(path, agent, started) as log:
                log.write_turn(task)
                while log.to.counts.lines < lines:
                    log.write_turn()
            truths.append(self._truth(path, log, 0))
            self._surplus += log.to.counts.lines - lines
            parent.to.clock = log.to.clock
            return _agent_answer(call, log, started)

        parent.write_agent_turn(call, finish)
        return truths[0]

    @contextmanager
    def _log(self, path: Path, head: Head, started: int) -> Iterator[ClaudeLog]:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb", buffering=1 << 20) as out:
            log = ClaudeLog(RecordWriter(out, self._rng, head, started), self._pool, self._shape)
            yield log
        os.utime(path, ns=(log.to.clock * 10**6,) * 2)
        self.line_bytes.extend(log.to.line_bytes)

    @property
    def _shape(self) -> Shape:
        return self.recipe.shape

    def _folder(self, cwd: str) -> Path:
        slug = "".join(char if char.isalnum() else "-" for char in cwd)
        return self.root / "projects" / slug

    def _lines_of(self, log: ClaudeLog) -> list[bytes]:
        path = self._folder(log.to.head.cwd) / f"{log.to.head.session_id}.jsonl"
        return path.read_bytes().splitlines(keepends=True)

    def _truth(self, path: Path, log: ClaudeLog, copied: int) -> LogTruth:
        relative = str(path.relative_to(self.root.parent))
        return LogTruth(relative, log.to.counts, log.requests, copied)


def _agent_answer(call: ToolCall, log: ClaudeLog, started: int) -> ToolCall:
    """The call with what Claude Code logs when its agent has finished."""
    answer = [{"type": "text", "text": log.prose()}]
    # The agent's own file holds its usage; this repeats the last request and must not be added.
    last = log.requests[-1].tokens
    result = {
        "status": "completed",
        "prompt": call.input["prompt"],
        "agentId": log.to.head.agent_id,
        "agentType": "Explore",
        "content": answer,
        "totalDurationMs": log.to.clock - started,
        "totalTokens": last.total,
        "totalToolUseCount": log.to.counts.tool_calls,
        "usage": usage(last, detailed=False),
    }
    return replace(call, content=answer, result=result)
