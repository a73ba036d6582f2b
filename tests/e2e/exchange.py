"""What a request to the mock asks and what it is answered, in one form for the three dialects."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from aimux_tui.model.usage import Usage
from tests.e2e.script import Message, Step

Purpose = Literal["turn", "title", "summary", "schema"]
"""A turn of an agent, or one of the small requests that agents make beside it."""

CHARACTERS_PER_TOKEN = 4
FIRST_TOKEN_SECONDS = 1.3
TOKENS_PER_SECOND = 75


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the client offers."""

    name: str
    is_raw: bool = False
    """It takes free text, not JSON."""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read."""

    api: str
    model: str
    messages: Sequence[Message]
    parts: Sequence[str]
    """The prompt cut where a prompt cache may cut it: instructions and tools, then messages."""
    tools: Mapping[str, Tool] = field(default_factory=dict)
    purpose: Purpose = "turn"
    is_streamed: bool = True
    schema: Mapping[str, Any] | None = None
    """The JSON schema that the answer must fulfil."""
    cache_life: Literal["5m", "1h"] = "5m"


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event."""

    data: Mapping[str, Any]
    name: str = ""
    is_delta: bool = False
    """A piece of a stream, before which a slow model takes its time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, both streamed and whole."""

    id: str
    events: Sequence[Event]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """A request that was answered: what a test compares a log with."""

    api: str
    model: str
    purpose: Purpose
    script: str
    step: int
    status: int
    usage: Usage
    response_id: str = ""
    request_id: str = ""
    started: float = 0.0
    ended: float = 0.0
    """Seconds since the epoch."""
    seconds: float = 0.0
    """How long a real model would have taken."""
    is_whole: bool = True
    """The client stayed to the end of the stream."""


class Dialect(Protocol):
    """One of the model APIs."""

    api: str

    def asked(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
        """Read a request."""
        ...

    def answer(self, asked: Asked, step: Step, usage: Usage) -> Answer:
        """Say `step` in this dialect, reporting `usage`."""
        ...

    def failure(self, status: int, type_: str, message: str) -> Mapping[str, Any]:
        """The body of an error."""
        ...


class PromptCache:
    """Counts tokens as a prompt cache does: the longest prefix seen before is read from it."""

    def __init__(self, scale: float = 1.0) -> None:
        self._scale = scale
        self._known: set[bytes] = set()
        self._lock = threading.Lock()

    def count(self, asked: Asked) -> tuple[int, int]:
        """(tokens found in the cache, all tokens of the prompt); remembers the prompt."""
        digest = hashlib.blake2b(f"{asked.api}/{asked.model}".encode(), digest_size=16)
        total = found = 0.0
        with self._lock:
            for part in asked.parts:
                digest.update(part.encode("utf-8", "replace"))
                total += len(part) / CHARACTERS_PER_TOKEN * self._scale
                key = digest.digest()
                if key in self._known:
                    found = total
                self._known.add(key)
        return int(found), int(total)


def output_tokens(step: Step) -> tuple[int, int]:
    """(tokens of the answer, thinking included; tokens of the thinking alone)."""
    thinking = tokens(step.thinking) + step.thinking_tokens
    calls = sum(tokens(item.tool + (item.text or as_json(item.args))) + 12 for item in step.calls)
    return thinking + tokens(step.text) + calls + 3, thinking


def model_seconds(step: Step, output: int) -> float:
    """How long a model takes for `output` tokens, unless the step says so itself."""
    if step.seconds is not None:
        return step.seconds
    return FIRST_TOKEN_SECONDS + output / TOKENS_PER_SECOND


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def as_json(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pieces(text: str, size: int = 24) -> Iterator[str]:
    """A text as it is streamed."""
    for start in range(0, max(len(text), 1), size):
        yield text[start : start + size]


def new_id(prefix: str, length: int = 24) -> str:
    """An id as the APIs make them."""
    return prefix + (uuid.uuid4().hex + uuid.uuid4().hex)[:length]


def content_text(content: object, kinds: Sequence[str] = ("text",)) -> str:
    """The words of a message's content, which is a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    blocks = [block for block in content if isinstance(block, dict)]
    return "\n".join(str(block.get("text", "")) for block in blocks if block.get("type") in kinds)
