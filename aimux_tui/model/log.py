"""What one log file says, taken alone: the result of scanning it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from aimux_tui.model.usage import Request, Usage


class LogState(StrEnum):
    """Where the log's own state machine stands at its last record."""

    EMPTY = "empty"
    RESPONDING = "responding"
    """The model has a prompt or a tool result and has not finished its answer."""
    TOOL = "tool"
    """At least one tool call has no result yet."""
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    ERROR = "error"


class Problem(Struct, frozen=True):
    """A line that could not be used."""

    line: int
    """1-based; the record's ordinal in a log that is one JSON document."""
    offset: int
    reason: str


class Spawn(Struct, frozen=True):
    """A tool call that started a sub-agent."""

    tool_call_id: str
    child_key: str = ""
    """The child's session key, if the log names it."""
    prompt_hash: int = 0
    """Hash of the task text, to find a child that is named nowhere."""
    agent_name: str = ""
    """What kind of agent was started, for a child whose own log does not say."""


class LogSummary(Struct, frozen=True, omit_defaults=True):
    """Everything the session list needs of one log file, and the counts that prove it right."""

    provider: str
    session_id: str
    """The provider's own id of this session or sub-agent."""
    key: str
    """`provider:session_id`, or `provider:parent/agent` for a sub-agent: unique and stable."""
    parent_key: str = ""
    parent_tool_call_id: str = ""
    forked_from: str = ""
    """Key of the session whose beginning this log repeats."""
    prompt_hash: int = 0
    """Hash of the first prompt's text (see Spawn)."""
    hidden_reason: str = ""
    """Why it is not listed by default: "warm-up agent", "guardian", …; empty: it is listed."""
    title: str = ""
    """The best title in the log itself: given by the user, by the agent, else the first prompt."""
    title_is_given: bool = False
    """A title that somebody gave, not merely the first prompt."""
    titles_for_others: Mapping[str, str] | None = None
    """Titles that this log holds for other sessions: record id or session id → title."""
    last_record_id: str = ""
    """Id of the last record, by which another log may name this session."""
    cwd: str = ""
    git_branch: str = ""
    agent_version: str = ""
    agent_name: str = ""
    """Type or nickname of a sub-agent."""
    models: tuple[str, ...] = ()
    started: datetime | None = None
    updated: datetime | None = None
    turns: int = 0
    """Turns of the user (PROMPT_KINDS)."""
    tool_calls: int = 0
    failed_tool_calls: int = 0
    rejected_tool_calls: int = 0
    edits: int = 0
    additions: int = 0
    deletions: int = 0
    compactions: int = 0
    usage: Usage = field(default_factory=Usage)
    """Of the visible transcript."""
    discarded_usage: Usage = field(default_factory=Usage)
    """Billed, but rewound or replaced since (Gemini)."""
    requests: tuple[Request, ...] = ()
    """Each request of `usage` and of `discarded_usage`, in order of first appearance."""
    repeated_usage: int = 0
    """How often the log states usage that it has stated before: nothing of it is counted twice."""
    context_tokens: int = 0
    """Context of the newest request, its output included."""
    context_window: int | None = None
    """If the log states it."""
    state: LogState = LogState.EMPTY
    state_detail: str = ""
    """The running tool, the error text: what the state is about."""
    spawns: tuple[Spawn, ...] = ()
    lines: int = 0
    bad_lines: int = 0
    problems: tuple[Problem, ...] = ()
    """The first hundred bad lines."""
    unknown: Mapping[str, int] | None = None
    """Record types and fields that aimux does not know, with how often they came."""
    is_partial: bool = False
    """Only the head and the tail were read: identity, title and times hold, counts do not."""
