"""Which user messages a person typed, and which the machine put before the model."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from aimux_tui.providers.codex.records import list_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE_LENGTH = 200


class Injection(StrEnum):
    """What a message that nobody typed is."""

    CONTEXT = "context"
    SHELL = "shell"
    """The user's own `!command` with its output."""
    ABORTED = "aborted"
    NOTIFICATION = "notification"
    """A sub-agent reported."""
    GOAL = "goal"
    """The machine tells the model to go on."""
    HOOK = "hook"


_TAGS = {
    "environment_context": Injection.CONTEXT,
    "user_instructions": Injection.CONTEXT,
    "instructions": Injection.CONTEXT,
    "extension_context": Injection.CONTEXT,
    "additional_context": Injection.CONTEXT,
    "external_context": Injection.CONTEXT,
    "permissions": Injection.CONTEXT,
    "collaboration_mode": Injection.CONTEXT,
    "multi_agent_mode": Injection.CONTEXT,
    "model_switch": Injection.CONTEXT,
    "personality_spec": Injection.CONTEXT,
    "recommended_plugins": Injection.CONTEXT,
    "skill": Injection.CONTEXT,
    "skills_instructions": Injection.CONTEXT,
    "plugins_instructions": Injection.CONTEXT,
    "apps_instructions": Injection.CONTEXT,
    "token_budget": Injection.CONTEXT,
    "turn_aborted": Injection.ABORTED,
    "subagent_notification": Injection.NOTIFICATION,
    "user_shell_command": Injection.SHELL,
    "goal_context": Injection.GOAL,
    "codex_internal_context": Injection.GOAL,
    "hook_prompt": Injection.HOOK,
}
_OPENING = re.compile(r"<([a-z_]{3,40})(?: [^<>]*)?>", re.IGNORECASE)
_WARNINGS = (
    "Warning: The maximum number of unified exec processes",
    "Warning: apply_patch was requested via",
    "Warning: Your account was flagged",
)
_AGENTS = "# agents.md instructions"
_REQUEST = re.compile(r"^## My request for Codex:[ \t]*\n?", re.MULTILINE)
_IMAGE_MARK = re.compile(r"</?image(?: [^<>]*)?>", re.IGNORECASE)
_WRAPPED = re.compile(r"<[^<>]*>\s*(.*?)\s*</[^<>]*>", re.DOTALL)
_SHELL_COMMAND = re.compile(r"<command>\n?(.*?)\n?</command>", re.DOTALL)
_SHELL_RESULT = re.compile(r"<result>\n?(.*?)\n?</result>", re.DOTALL)


def injection_of(text: str) -> Injection | None:
    """What `text` was injected as; None if it may have been typed.

    Both ends must match: a prompt that merely begins with a tag is a prompt.
    """
    text = text.strip()
    if not text:
        return None
    if text[0] == "<":
        opening = _OPENING.match(text)
        if opening is None:
            return None
        tag = opening[1].lower()
        ends = text[-len(tag) - 24 :].lower().endswith((f"</{tag}>", f"</{tag} instructions>"))
        return _TAGS.get(tag) if ends else None
    if text[:24].lower() == _AGENTS:
        return Injection.CONTEXT if text[-15:].lower() == "</instructions>" else None
    return Injection.CONTEXT if text.startswith(_WARNINGS) else None


class UserMessage(Struct, frozen=True):
    """A user-side message, taken apart."""

    text: str
    """What was typed."""
    context: str = ""
    """What an IDE put around it."""
    injections: tuple[tuple[Injection, str], ...] = ()

    @property
    def injection(self) -> Injection | None:
        """What the whole message was injected as; None if any of it was typed."""
        if self.text or not self.injections:
            return None
        kinds = [kind for kind, _ in self.injections if kind is not Injection.CONTEXT]
        return kinds[0] if kinds else Injection.CONTEXT


def split_request(text: str) -> tuple[str, str]:
    """(what was typed, the context that an IDE put before it)."""
    found = _REQUEST.search(text) if text.lstrip().startswith("#") else None
    if found is None:
        return text, ""
    return text[found.end() :], text[: found.start()].strip()


def message_of(texts: list[str]) -> UserMessage:
    """Take the texts of a message's content apart."""
    typed: list[str] = []
    injections: list[tuple[Injection, str]] = []
    for text in texts:
        injection = injection_of(text)
        if injection is not None:
            injections.append((injection, text))
        elif text.strip() and not _IMAGE_MARK.fullmatch(text.strip()):
            typed.append(text)
    text, context = split_request("\n".join(typed))
    return UserMessage(text.strip("\n"), context, tuple(injections))


def user_message_of(payload: dict[str, Any]) -> UserMessage:
    """The message of a `user_message` event, a user's response item or a `UserMessage` item."""
    texts = [text_of(payload, "message")] if "message" in payload else []
    texts += (text for _, text in content_texts(payload))
    if not texts and isinstance(payload.get("content"), str):
        texts = [payload["content"]]
    return message_of(texts)


def has_images(payload: dict[str, Any]) -> bool:
    """Whether a picture is part of the message."""
    return bool(
        payload.get("images")
        or payload.get("local_images")
        or any(
            isinstance(part, dict) and text_of(part, "type").lower().endswith("image")
            for part in list_of(payload, "content")
        )
    )


def content_texts(payload: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """(index, text) of each text in a message's `content`."""
    for index, part in enumerate(list_of(payload, "content")):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield index, part["text"]


def is_marked_typed(payload: dict[str, Any]) -> bool | None:
    """What late versions say of a response item themselves; None if they say nothing."""
    passthrough = payload.get("internal_chat_message_metadata_passthrough")
    kinds = passthrough.get("content_item_kinds") if isinstance(passthrough, dict) else None
    if not isinstance(kinds, list) or not kinds:
        return None
    return any(isinstance(kind, str) and kind.startswith("user.") for kind in kinds)


def title_from(text: str) -> str:
    """The first words of `text` on one line."""
    # A prompt may be megabytes long: only its beginning is worth folding.
    return " ".join(text[: TITLE_LENGTH * 4].split())[:TITLE_LENGTH].rstrip()


def inner_text(text: str) -> str:
    """What stands between the tags of an injected message."""
    found = _WRAPPED.fullmatch(text.strip())
    return found[1] if found else text


def shell_command_of(text: str) -> tuple[str, str]:
    """(command, result) of a `<user_shell_command>`."""
    command = _SHELL_COMMAND.search(text)
    result = _SHELL_RESULT.search(text)
    return (command[1] if command else "", result[1] if result else text)
