"""The small language in which a test says what the mock model answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Role = Literal["user", "model", "tool", "system"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call: JSON arguments, or the free text of a tool that takes its input raw."""

    tool: str
    args: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of the API instead of an answer."""

    status: int
    type: str
    message: str
    is_final: bool = False
    """Answer every attempt so, not only the first."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of the model: some thinking, some words, some calls, all optional."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    failure: Failure | None = None
    thinking_tokens: int = 0
    """Tokens of reasoning to report beyond what the thinking's words make."""
    seconds: float | None = None
    """How long a real model would have taken; None: judged by the tokens."""
    stream_delay: float = 0.0
    """Seconds between two pieces of the stream, for a test that wants to interrupt it."""


def say(text: str, *calls: Call, **more: Any) -> Step:
    """An answer in words, with the calls that follow them; without calls it ends the turn."""
    return Step(text=text, calls=calls, **more)


def think(thinking: str, *calls: Call, **more: Any) -> Step:
    """An answer that begins with reasoning."""
    return Step(thinking=thinking, calls=calls, **more)


def act(*calls: Call, **more: Any) -> Step:
    """Tool calls without a word."""
    return Step(calls=calls, **more)


def call(tool: str, /, **args: Any) -> Call:
    """A tool call with JSON arguments."""
    return Call(tool, args)


def custom(tool: str, text: str) -> Call:
    """A call of a tool whose input is raw text."""
    return Call(tool, text=text)


def failing(step: Step, status: int, type_: str, message: str, *, is_final: bool = False) -> Step:
    """The same answer, behind an error: retries get the answer unless the error is final."""
    return replace(step, failure=Failure(status, type_, message, is_final))


@dataclass(frozen=True, slots=True)
class Script:
    """What the model answers, one step per request, once a prompt holding `prompt` was said.

    The task that an agent hands to a sub-agent is a prompt as well, so that a sub-agent follows
    a script of its own. Prompts of one scenario must not contain each other.
    """

    prompt: str
    steps: tuple[Step, ...]
    name: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call of every step."""
        return tuple(itertools.chain.from_iterable(step.calls for step in self.steps))


def script(prompt: str, *steps: Step, name: str = "") -> Script:
    """A script of the given steps."""
    return Script(prompt, steps, name or prompt[:40])


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the conversation that a client sent, whatever its dialect."""

    role: Role
    text: str


PAST_THE_END = Step(text="(The script has ended.)")
NO_SCRIPT = Step(text="(No script knows this prompt.)")


def choose(scripts: Sequence[Script], messages: Iterable[Message]) -> tuple[Script | None, int]:
    """The script of the newest known prompt, and how many answers it already got.

    The server itself keeps no state: a request tells by its history where it stands.
    """
    history = merged(messages)
    for index in range(len(history) - 1, -1, -1):
        message = history[index]
        if message.role != "user":
            continue
        found = [(message.text.rfind(item.prompt), item) for item in scripts]
        place, newest = max(found, key=lambda pair: pair[0], default=(-1, None))
        if place >= 0 and newest is not None:
            answers = sum(later.role == "model" for later in history[index + 1 :])
            return newest, answers
    return None, 0


def merged(messages: Iterable[Message]) -> list[Message]:
    """The messages with neighbouring ones of the model joined: one answer may be many items."""
    result: list[Message] = []
    for message in messages:
        if message.role == "model" and result and result[-1].role == "model":
            result[-1] = Message("model", result[-1].text + message.text)
        else:
            result.append(message)
    return result
