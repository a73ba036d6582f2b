"""A session as the list shows it: a log file, its sub-agents and what is known of its life."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from aimux_tui.model.log import Problem
from aimux_tui.model.usage import Cost, Usage


class Status(StrEnum):
    """What a session is doing now."""

    ACTIVE = "active"
    WAITING = "waiting"
    """It needs its user: a permission, an answer."""
    IDLE = "idle"
    ERROR = "error"


class LiveState(Struct, frozen=True):
    """What an agent's own state file says of a running session."""

    status: str
    """The agent's word: "busy", "waiting", "idle", …"""
    waiting_for: str = ""
    updated: datetime | None = None
    pid: int | None = None


class Session(Struct, frozen=True):
    """One row of the list. Totals with `total_` include every descendant once."""

    key: str
    provider: str
    session_id: str
    path: str
    title: str
    cwd: str
    project: str
    git_branch: str
    agent_version: str
    agent_name: str
    models: tuple[str, ...]
    started: datetime | None
    updated: datetime | None
    status: Status
    status_reason: str
    """In words: "Bash is running", "permission prompt", "finished", …"""
    turns: int
    tool_calls: int
    failed_tool_calls: int
    edits: int
    additions: int
    deletions: int
    compactions: int
    usage: Usage
    """Its own, without requests that belong to another log which it repeats."""
    cost: Cost
    total_usage: Usage
    total_cost: Cost
    context_tokens: int
    context_window: int | None
    parent_key: str
    parent_tool_call_id: str
    children: tuple[str, ...]
    """Keys of its sub-agents, in order of start."""
    descendants: int
    forked_from: str
    hidden_reason: str
    size: int
    """Bytes of the log file."""
    bad_lines: int
    problems: tuple[Problem, ...]
    is_partial: bool
    """Counts are still being read."""
    other_paths: tuple[str, ...] = ()
    """Further files of the same session (copies, an older format, a compressed twin)."""
    repeated_usage: Usage = field(default_factory=Usage)
    """Of requests in its log that another log made and counts; not in `usage`."""
    repeated_cost: Cost = field(default_factory=Cost)
    archived_from: str = ""
    """Where the log lay before its agent deleted it, if it is read from aimux's archive."""

    @property
    def needs_attention(self) -> bool:
        """Whether its user should look."""
        return self.status in {Status.WAITING, Status.ERROR}
