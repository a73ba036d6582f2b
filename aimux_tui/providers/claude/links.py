"""Which tool call spawned which sub-agent, by everything that a log says of it."""

from __future__ import annotations

import re

import msgspec
from msgspec import Raw, Struct

from aimux_tui.model.log import Spawn
from aimux_tui.providers.claude.ledger import digest
from aimux_tui.providers.claude.prompts import element

_AGENT_ID = re.compile(r"\bagentId: ([A-Za-z0-9_-]+)")
_NAME = re.compile(r"[A-Za-z0-9_@.-]+")


class _TaskInput(Struct, gc=False):
    prompt: str | None = None


_task_input = msgspec.json.Decoder(_TaskInput).decode


def agent_key(session_id: str, agent_id: str) -> str:
    """The session key of a sub-agent of a session."""
    return f"claude:{session_id}/{agent_id}"


def prompt_hash(text: str) -> int:
    """Equal for a task as its caller wrote it and as its agent read it; 0 for no text."""
    text = text.strip()
    return digest(text) if text else 0


def run_hash(run_id: str) -> int:
    """What the agents of one workflow run have in common with the call that began it."""
    return digest(f"workflow {run_id}") if run_id else 0


class _Link:
    __slots__ = ("agent_id", "prompt_hash")

    def __init__(self, prompt_hash: int) -> None:
        self.prompt_hash = prompt_hash
        self.agent_id = ""


class Links:
    """The spawning calls of one log, in order."""

    def __init__(self) -> None:
        self.by_call: dict[str, _Link] = {}
        """Tool call id → what is known of its agent."""

    def open(self, call_id: str, arguments: Raw) -> None:
        """A call that starts an agent."""
        try:
            task = _task_input(arguments).prompt or ""
        except (msgspec.DecodeError, UnicodeDecodeError):
            task = ""
        self.by_call[call_id] = _Link(prompt_hash(task))

    def is_open(self, call_id: str) -> bool:
        """Whether it is a spawning call whose agent is not known yet."""
        link = self.by_call.get(call_id)
        return link is not None and not link.agent_id

    def name(self, call_id: str, agent_id: str | None) -> None:
        """The log says which agent a call started; what it says last holds."""
        link = self.by_call.get(call_id)
        if link is not None and agent_id and _NAME.fullmatch(agent_id):
            link.agent_id = agent_id

    def run(self, call_id: str, run_id: str | None) -> None:
        """A call that started a whole workflow: its agents are told by the run's id."""
        link = self.by_call.get(call_id)
        if link is not None and run_id:
            link.prompt_hash = run_hash(run_id)

    def read_result(self, call_id: str, text: str) -> None:
        """The text of a spawning call's result, where nothing better names the agent."""
        if self.is_open(call_id) and (found := _AGENT_ID.search(text)):
            self.name(call_id, found[1])

    def read_notification(self, text: str) -> None:
        """A background agent reported back, naming itself and the call that started it."""
        call_id = element(text, "tool-use-id")
        if self.is_open(call_id):
            self.name(call_id, element(text, "task-id"))

    def spawns(self, session_id: str) -> tuple[Spawn, ...]:
        """Every spawning call of the session that these agents belong to."""
        return tuple(
            Spawn(
                call_id,
                agent_key(session_id, link.agent_id) if link.agent_id else "",
                link.prompt_hash,
            )
            for call_id, link in self.by_call.items()
        )
