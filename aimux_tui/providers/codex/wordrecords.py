"""What the records of words do to a scan: typed, injected, and sent by other agents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aimux_tui.model.turn import TurnKind
from aimux_tui.providers.codex.hashing import text_hash
from aimux_tui.providers.codex.messages import AgentMessage
from aimux_tui.providers.codex.prompts import (
    Injection,
    UserMessage,
    has_images,
    inner_text,
    is_marked_typed,
    shell_command_of,
    split_request,
    title_from,
    user_message_of,
)
from aimux_tui.providers.codex.records import payload_in, text_of
from aimux_tui.providers.codex.turnbook import OpenTurn

if TYPE_CHECKING:
    from aimux_tui.providers.codex.identity import Identity
    from aimux_tui.providers.codex.machine import TurnMachine
    from aimux_tui.providers.codex.records import Payload

_CWD = re.compile(r"<cwd>(.*?)</cwd>", re.DOTALL)

HOLD = OpenTurn("", "", 0, 0)
"""Stands for: this record belongs to the prompt that follows, if one does."""


class WordRecords:
    """Takes the records of words, but for the model's own."""

    def __init__(self, identity: Identity, machine: TurnMachine) -> None:
        self._identity = identity
        self._machine = machine
        self.cwd = ""
        """As the first message to the model gives it."""
        self.task_title = ""
        """What a sub-agent was told to do, if it is readable."""
        self.task_hash = 0
        self.held: tuple[int, int, str] | None = None
        """The place and time of a record that is being held."""

    def on_message(self, payload: Payload, line: bytes) -> OpenTurn | None:
        """A message to or from the model."""
        if payload.role == "assistant":
            return self._machine.answered()
        if payload.role != "user":
            return self._machine.here()
        value = payload_in(line)
        message = user_message_of(value)
        self._note_cwd(message)
        if message.injection is not None:
            return self._take_injections(message)
        is_picture = not message.text and has_images(value)
        if not (message.text or is_picture) or is_marked_typed(value) is False:
            return self._machine.here()
        if not self._machine.has_prompt_events:
            return self._machine.prompt(message, is_event=False, is_picture=is_picture)
        self._machine.consider(message)
        return HOLD

    def _take_injections(self, message: UserMessage) -> OpenTurn | None:
        turn = self._machine.here()
        for kind, text in message.injections:
            if kind is Injection.SHELL:
                title = f"!{shell_command_of(text)[0]}"
                turn = self._machine.injected(TurnKind.SHELL, title)
            elif kind is Injection.NOTIFICATION:
                turn = self._machine.injected(TurnKind.NOTIFICATION, "sub-agent finished")
            elif kind in {Injection.GOAL, Injection.HOOK}:
                turn = self._machine.injected(TurnKind.INJECTED, inner_text(text))
        return turn

    def _note_cwd(self, message: UserMessage) -> None:
        if self._identity.cwd or self.cwd:
            return
        for _, text in message.injections:
            if found := _CWD.search(text):
                self.cwd = found[1].strip()
                return

    def on_user_event(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        """An event that says what was typed."""
        value = payload_in(line)
        return self.take_prompt(text_of(value, "message"), is_picture=has_images(value))

    def take_prompt(self, text: str, *, is_picture: bool) -> OpenTurn:
        """Something was typed."""
        typed, context = split_request(text)
        message = UserMessage(typed.strip("\n"), context)
        turn = self._machine.prompt(message, is_event=True, is_picture=is_picture)
        self.release(turn)
        return turn

    def release(self, turn: OpenTurn | None) -> None:
        """Give the record that is held to a turn."""
        if self.held is not None:
            if turn is not None:
                turn.extend(*self.held)
                self._machine.book.touch(turn)
            self.held = None

    def on_agent_message(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        """A message of another agent."""
        message = AgentMessage.of(payload_in(line))
        if self._identity.is_subagent and not self.task_hash:
            self.task_hash = text_hash(message.sealed)
            self.task_title = title_from(message.title)
        is_report = message.kind == "FINAL_ANSWER"
        kind = TurnKind.NOTIFICATION if is_report else TurnKind.INJECTED
        return self._machine.injected(kind, message.title)
