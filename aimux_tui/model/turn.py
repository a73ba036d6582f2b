"""A turn: one prompt and everything the agent did about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.usage import Usage


class TurnKind(StrEnum):
    """Who or what began the turn."""

    PROMPT = "prompt"
    STEERING = "steering"
    """A prompt typed while the agent was working."""
    COMMAND = "command"
    """A slash command that made the agent or its terminal do something."""
    SHELL = "shell"
    """The user's own `!command`."""
    NOTIFICATION = "notification"
    """A background task or agent reported back."""
    INJECTED = "injected"
    """A machine's message: a team mate, a hook's feedback, a timer."""
    CONTINUATION = "continuation"
    """Work that follows no prompt in this log: after a compaction, or at the head of a cut log."""


PROMPT_KINDS = frozenset({TurnKind.PROMPT, TurnKind.STEERING})
"""The kinds that count as turns of the user; the others are shown but not counted."""


class TurnState(StrEnum):
    """How far a turn has come."""

    RUNNING = "running"
    DONE = "done"
    INTERRUPTED = "interrupted"
    ERROR = "error"


class TurnSummary(Struct, frozen=True, gc=False):
    """What a closed turn row shows; cheap enough to keep for every turn of a session."""

    key: str
    """Stable for ever: the provider's own id of the prompt, never its ordinal."""
    number: int
    """1-based position in its log: for people, never for storage."""
    kind: TurnKind
    title: str
    """The prompt's first words on one line, at most 200 characters, as logged (not sanitised)."""
    started: datetime | None
    ended: datetime | None
    state: TurnState
    usage: Usage
    first_request: int
    """Index of the turn's first request in the log's requests."""
    request_count: int
    models: tuple[str, ...] = ()
    tools: tuple[tuple[str, int], ...] = ()
    """(tool name, calls), in order of first use."""
    failures: int = 0
    edits: int = 0
    additions: int = 0
    deletions: int = 0
    agents: int = 0
    """Sub-agents spawned."""
    segment: int = 0
    """Grows by one with each compaction."""
    logged_duration: timedelta | None = None
    spans: tuple[Span, ...] = ()
    """Where the turn's records lie, for the provider that reads its details."""
    prompt_only: bool = False
    """Nothing followed the prompt yet."""
    is_discarded: bool = False
    """The user rewound past it: it happened and was billed, but the log's counts leave it out."""

    @property
    def duration(self) -> timedelta | None:
        """The duration the log states, else the time from the first record to the last."""
        if self.logged_duration is not None:
            return self.logged_duration
        if self.started is None or self.ended is None or self.ended < self.started:
            return None
        return self.ended - self.started

    @property
    def tool_calls(self) -> int:
        """How many tools were called."""
        return sum(count for _, count in self.tools)


class Text(Struct, frozen=True):
    """Words of the model."""

    body: Body
    at: datetime | None = None
    record: Span | None = None
    model: str = ""
    request: int = 0
    """`Request.key` of the model request that it came from; 0 where the log does not tell."""


class Thinking(Struct, frozen=True):
    """The model's reasoning; `is_hidden` when the log holds only that there was some."""

    body: Body
    is_hidden: bool = False
    at: datetime | None = None
    record: Span | None = None
    model: str = ""
    request: int = 0
    """As in `Text`."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    COMPACTION = "compaction"
    API_RETRY = "api_retry"
    ERROR = "error"
    HOOK = "hook"
    MODE = "mode"
    QUEUE = "queue"
    INTERRUPTION = "interruption"
    COMMAND_OUTPUT = "command_output"
    CONTEXT = "context"
    """Something the machine put before the model: a file, a reminder, a skill."""
    INFO = "info"


class Notice(Struct, frozen=True):
    """Something that happened beside the conversation."""

    kind: NoticeKind
    title: str
    """One line."""
    body: Body = field(default_factory=Body)
    at: datetime | None = None
    record: Span | None = None


class Image(Struct, frozen=True):
    """A picture in a prompt or a result: where it lies, never its bytes."""

    media_type: str
    size: int
    """Bytes, after base64 decoding."""
    ref: BodyRef | None = None
    at: datetime | None = None
    record: Span | None = None


class Unknown(Struct, frozen=True):
    """A record of a type that aimux does not know, kept raw."""

    type: str
    body: Body
    at: datetime | None = None
    record: Span | None = None


Step = Text | Thinking | ToolCall | Notice | Image | Unknown


class TurnIds(Struct, frozen=True):
    """The ids in a turn's records by which others name it: telemetry, for instance."""

    prompts: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    """Of calls of a model's API."""
    records: tuple[str, ...] = ()


class Turn(Struct, frozen=True):
    """A turn with all its steps, read when somebody opens it."""

    summary: TurnSummary
    prompt: tuple[Text | Image, ...]
    steps: tuple[Step, ...]
    """In the order of the log."""
    ids: TurnIds = TurnIds()

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The steps that are tool calls."""
        return tuple(step for step in self.steps if isinstance(step, ToolCall))
