"""Tool calls and the edits they made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from aimux_tui.model.body import Body, Span


class ToolKind(StrEnum):
    """What a tool does, whatever its provider calls it."""

    READ = "read"
    EDIT = "edit"
    WRITE = "write"
    EXECUTE = "execute"
    SEARCH = "search"
    WEB = "web"
    AGENT = "agent"
    MCP = "mcp"
    TASK = "task"
    """To-do lists, plans and questions to the user."""
    OTHER = "other"


class ToolStatus(StrEnum):
    """How a tool call ended."""

    RUNNING = "running"
    WAITING = "waiting"
    """For its user, to allow or to answer it. No log says so: the session's status does."""
    OK = "ok"
    FAILED = "failed"
    REJECTED = "rejected"
    """The user said no."""
    CANCELLED = "cancelled"
    """Interrupted, or dropped because a sibling call failed."""
    UNKNOWN = "unknown"
    """The log holds no result and nothing is running any more."""


class Hunk(Struct, frozen=True):
    """One changed place. Line numbers count from 1; None where the log does not tell them."""

    lines: tuple[str, ...]
    """Each begins with " ", "-" or "+" (or "\\" for a missing newline at the end of the file)."""
    old_start: int | None = None
    new_start: int | None = None


class FileEdit(Struct, frozen=True):
    """What a tool call did to one file."""

    path: str
    operation: str
    """"create", "update", "delete" or "move"."""
    hunks: tuple[Hunk, ...] = ()
    additions: int = 0
    deletions: int = 0
    new_path: str = ""
    """Where a moved file went."""
    is_proposed: bool = False
    """Rebuilt from the call's input, since the log holds no result of it."""


class ToolCall(Struct, frozen=True):
    """A call of a tool by the model, with its outcome so far."""

    id: str
    name: str
    """As logged."""
    kind: ToolKind
    input: Mapping[str, Any]
    """The arguments, long strings cut; `input_body` has them whole, as JSON."""
    snippet: str = ""
    """One line that tells a reader what the call is about: the command, the path, the query."""
    status: ToolStatus = ToolStatus.UNKNOWN
    exit_code: int | None = None
    input_body: Body = field(default_factory=Body)
    output: Body = field(default_factory=Body)
    error: str = ""
    """Why it failed or was rejected, one short paragraph."""
    started: datetime | None = None
    ended: datetime | None = None
    logged_duration: timedelta | None = None
    """As the log itself states it."""
    edits: tuple[FileEdit, ...] = ()
    child_key: str = ""
    """Key of the session of the sub-agent that the call spawned."""
    record: Span | None = None
    result_record: Span | None = None
    request: int = 0
    """`Request.key` of the model request that made the call; 0 where the log does not tell."""

    @property
    def duration(self) -> timedelta | None:
        """The stated duration, else the time between call and result; None while unknown."""
        if self.logged_duration is not None:
            return self.logged_duration
        if self.started is None or self.ended is None or self.ended < self.started:
            return None
        return self.ended - self.started
