"""Spans, and what is told of a whole trace, before anything of the wire format."""

from __future__ import annotations

from enum import IntEnum
from hashlib import blake2b

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

Value = str | bool | int | float | tuple[str, ...]
Attributes = dict[str, Value]


class SpanKind(IntEnum):
    """As in OTLP."""

    INTERNAL = 1
    CLIENT = 3


class SpanEvent(Struct, frozen=True):
    """Something that happened at one moment of a span."""

    name: str
    at: int
    """Nanoseconds since 1970; that of the span's start where the log does not tell."""
    attributes: Attributes


class Span(Struct, frozen=True, kw_only=True):
    """One span, whole."""

    trace_id: bytes
    span_id: bytes
    parent_id: bytes = b""
    """Empty for the root."""
    name: str
    kind: SpanKind = SpanKind.INTERNAL
    start: int
    """Nanoseconds since 1970."""
    end: int
    attributes: Attributes
    events: tuple[SpanEvent, ...] = ()
    error: str | None = None
    """Why it failed; None if it did not."""


class Judgement(Struct, frozen=True, kw_only=True):
    """One thing that a person said of a turn or a session."""

    key: str
    """Of the turn or session; with `name`, unique within its trace."""
    name: str
    """"aimux.label", "aimux.note", "aimux.verdict", "aimux.tags"."""
    value: str
    score: float | None = None
    """1 is good, 0 is bad."""
    comment: str = ""
    span_id: str
    """16 hex digits."""
    author: str = ""
    updated: str = ""
    """ISO 8601 with zone, or empty."""
    is_of_session: bool = False

    @property
    def identifier(self) -> str:
        """Unique everywhere, and the same at each export."""
        return f"aimux:{self.key}:{self.name}"

    @property
    def hash(self) -> bytes:
        """By which a change is told; the same said again is none."""
        return _hash(replace(self, updated=""))


class TraceFacts(Struct, frozen=True, kw_only=True):
    """What is told of a trace as a whole, to backends that take it."""

    trace_id: str
    """32 hex digits."""
    name: str
    agent: str
    session_id: str
    start: int
    """Nanoseconds since 1970."""
    end: int
    is_error: bool = False
    request: str = ""
    """The first prompt."""
    response: str = ""
    """The last answer."""
    input_tokens: int = 0
    """Caches included."""
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float | None = None
    """None where no request could be priced."""
    is_partial_cost: bool = False
    user: str = ""
    judgements: tuple[Judgement, ...] = field(default_factory=tuple)
    subjects: tuple[str, ...] = ()
    """`Judgement.key`s of all that can be judged in it: turns and sessions, judged or not."""
    is_whole: bool = True
    """False if turns of the session were left out."""

    def decides(self, key: str) -> bool:
        """Whether a judgement with this key that is not here is gone, rather than left out."""
        return self.is_whole or key in self.subjects

    @property
    def hash(self) -> bytes:
        """By which a change is told."""
        return _hash(
            replace(self, judgements=()), *(judgement.hash for judgement in self.judgements)
        )


def _hash(*values: object) -> bytes:
    return blake2b(msgspec.msgpack.encode(values), digest_size=16).digest()
