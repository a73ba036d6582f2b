"""The words of a turn: what was typed, said, thought and put before the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.body import Body
from aimux_tui.model.turn import Image, NoticeKind, Step, Text, Thinking, TurnKind
from aimux_tui.providers.codex import notices
from aimux_tui.providers.codex.messages import AgentMessage
from aimux_tui.providers.codex.prompts import (
    Injection,
    content_texts,
    injection_of,
    is_marked_typed,
    message_of,
    shell_command_of,
    split_request,
)
from aimux_tui.providers.codex.reading import images_in
from aimux_tui.providers.codex.records import list_of, mapping_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.codex.reading import Line

_BEGINNINGS = {
    Injection.SHELL: TurnKind.SHELL,
    Injection.NOTIFICATION: TurnKind.NOTIFICATION,
    Injection.GOAL: TurnKind.INJECTED,
    Injection.HOOK: TurnKind.INJECTED,
}
_TAGS = ("<proposed_plan>", "<oai-mem-citation>")
"""Begin what an answer holds in the log and the event that repeats it does not."""


class Echo(Struct, frozen=True):
    """Words that an event tells; a response item, which may stand behind it, may hold them too."""

    step: Text | Thinking
    text: str


class Words:
    """Takes the records that hold words, and adds steps for them.

    Records must be noted, all that are known, before they are taken.
    """

    def __init__(self, summary: TurnSummary, add: Callable[[Step | Echo], None]) -> None:
        self._summary = summary
        self._add = add
        self.model = summary.models[0] if summary.models else ""
        self._prompt: list[Text | Image] = []
        self._pictures: list[Image] = []
        self._has_prompt = summary.kind not in {TurnKind.PROMPT, TurnKind.STEERING}
        self._typed: set[str] = set()
        """What events say was typed: the response items that repeat it are no further words."""
        self._said: set[str] = set()
        self._tagged: list[str] = []
        """What was said among things that are meant for machines: a plan, sources."""
        self._thought: set[str] = set()
        if summary.kind is TurnKind.COMMAND:
            self._prompt.append(Text(Body.of(summary.title)))

    @property
    def prompt(self) -> tuple[Text | Image, ...]:
        """What began the turn."""
        return (*self._prompt, *self._pictures)

    def note(self, lines: list[Line]) -> bool:
        """Look which words records hold. True if one says that something was typed."""
        typed = {typed_text(line) for line in lines if is_prompt_event(line)}
        self._typed |= typed
        for line in lines:
            self._note_item(line)
        return bool(typed)

    def is_repeated(self, echo: Echo) -> bool:
        """Whether a response item holds the same words."""
        if isinstance(echo.step, Thinking):
            return echo.text in self._thought
        return echo.text in self._said or any(echo.text.strip() in said for said in self._tagged)

    def take_message(self, line: Line) -> None:
        """A message of any role."""
        role = text_of(line.payload, "role")
        texts = list(content_texts(line.payload))
        if role == "assistant":
            for index, text in texts:
                if text:
                    body = line.body(text, f"/content/{index}/text")
                    self._add(Text(body, line.at, line.span, self.model))
        elif role == "user":
            self._take_user_item(line, texts)
        else:
            for index, text in texts:
                if injection_of(text) is not Injection.ABORTED:
                    self._add(notices.context(text, line, f"/content/{index}/text"))

    def _take_user_item(self, line: Line, texts: list[tuple[int, str]]) -> None:
        typed: list[tuple[int, str]] = []
        for index, text in texts:
            kind = injection_of(text)
            if kind is None:
                typed.append((index, text))
            else:
                self._take_injection(kind, text, line, f"/content/{index}/text")
        message = message_of([text for _, text in typed])
        if self._typed:
            self._pictures = self._pictures or images_in(line)
            if message.text and not self._is_typed(typed):
                pointer = f"/content/{typed[0][0]}/text"
                self._add(notices.context(message.text, line, pointer))
            return
        is_typed = is_marked_typed(line.payload) is not False
        if not self._has_prompt and is_typed and (message.text or images_in(line)):
            pointer = f"/content/{typed[0][0]}/text" if len(typed) == 1 else ""
            self.take_prompt(line, "\n".join(text for _, text in typed), pointer)
            self._pictures = images_in(line)
        elif message.text:
            self._add(notices.context(message.text, line, f"/content/{typed[0][0]}/text"))

    def _take_injection(self, kind: Injection, text: str, line: Line, pointer: str) -> None:
        if not self._prompt and _BEGINNINGS.get(kind) is self._summary.kind:
            shown = f"!{shell_command_of(text)[0]}" if kind is Injection.SHELL else text
            self._prompt.append(Text(Body.of(shown), line.at, line.span))
            if kind is not Injection.SHELL:
                return
        found = notices.injected(kind, text, line, pointer)
        if found is not None:
            self._add(found)

    def take_prompt(self, line: Line, text: str, pointer: str) -> None:
        """What was typed; a second one did not begin this turn."""
        if self._has_prompt:
            self._add(notices.context(text, line, pointer))
            return
        self._has_prompt = True
        typed, context = split_request(text)
        if context:
            body = Body.of(context)
            self._add(notices.notice(NoticeKind.CONTEXT, "from the editor", line, body))
        typed = typed.strip("\n")
        if typed:
            body = line.body(typed, pointer) if pointer and not context else Body.of(typed)
            self._prompt.append(Text(body, line.at, line.span))
        if self._typed and not self._pictures:
            self._pictures = images_in(line)

    def take_agent_message(self, line: Line) -> None:
        """A message of another agent."""
        kinds = {TurnKind.INJECTED, TurnKind.NOTIFICATION}
        message = AgentMessage.of(line.payload)
        if self._summary.kind in kinds and not self._prompt:
            self._prompt.append(Text(Body.of(message.title), line.at, line.span))
        else:
            self._add(notices.agent_message(line))

    def take_reasoning(self, line: Line) -> None:
        """Thoughts, or the sign that there were some."""
        payload = line.payload
        parts = [
            (f"/{name}/{index}/text", text_of(part, "text"))
            for name in ("summary", "content")
            for index, part in enumerate(list_of(payload, name))
            if isinstance(part, dict)
        ]
        shown = [(pointer, text) for pointer, text in parts if text]
        for pointer, text in shown:
            body = line.body(text, pointer)
            self._add(Thinking(body, at=line.at, record=line.span, model=self.model))
        if not shown:
            self._add(
                Thinking(Body(), is_hidden=True, at=line.at, record=line.span, model=self.model)
            )

    def take_echo(self, line: Line, text: str, pointer: str) -> None:
        """Words of the model, unless a response item holds them too."""
        if text:
            body = line.body(text, pointer) if pointer else Body.of(text)
            self._add(Echo(Text(body, line.at, line.span, self.model), text))

    def take_thought(self, line: Line, text: str, pointer: str) -> None:
        """A thought, unless a response item holds it too."""
        if text:
            body = line.body(text, pointer)
            thought = Thinking(body, at=line.at, record=line.span, model=self.model)
            self._add(Echo(thought, text))

    def _is_typed(self, texts: list[tuple[int, str]]) -> bool:
        """Whether an event says so too."""
        joined = "\n".join(text for _, text in texts).strip()
        return joined in self._typed or any(text.strip() in self._typed for _, text in texts)

    def _note_item(self, line: Line) -> None:
        """Events repeat the words of response items."""
        if line.type == "message" and text_of(line.payload, "role") == "assistant":
            for _, text in content_texts(line.payload):
                self._said.add(text)
                if any(tag in text for tag in _TAGS):
                    self._tagged.append(text)
        elif line.type == "reasoning":
            for name in ("summary", "content"):
                for part in list_of(line.payload, name):
                    if isinstance(part, dict):
                        self._thought.add(text_of(part, "text"))


def is_prompt_event(line: Line) -> bool:
    """Whether an event says that something was typed."""
    if line.envelope != "event_msg":
        return False
    if line.type == "item_completed":
        return text_of(mapping_of(line.payload, "item"), "type") == "UserMessage"
    return line.type == "user_message"


def typed_text(line: Line) -> str:
    """What an event says was typed."""
    if line.type == "user_message":
        return text_of(line.payload, "message").strip()
    item = mapping_of(line.payload, "item")
    return "\n".join(text for _, text in content_texts(item)).strip()
