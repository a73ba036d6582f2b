"""What a user record is: a prompt, a tool's result, a command, or something the machine said."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from aimux_tui.model.turn import TurnKind
from aimux_tui.providers.claude.outcomes import plain_text

if TYPE_CHECKING:
    from aimux_tui.providers.claude.records import Line

TITLE_LENGTH = 200

LOCAL_COMMANDS = frozenset(
    {
        "/add-dir", "/agents", "/clear", "/color", "/config", "/context", "/copy", "/cost",
        "/doctor", "/effort", "/exit", "/export", "/extra-usage", "/fast", "/feedback", "/help",
        "/hooks", "/ide", "/keybindings", "/login", "/logout", "/mcp", "/memory", "/model",
        "/output-style", "/permissions", "/plugin", "/privacy-settings", "/quit", "/release-notes",
        "/rename", "/resume", "/sandbox", "/skills", "/stats", "/status", "/statusline", "/tasks",
        "/terminal-setup", "/theme", "/todos", "/upgrade", "/usage", "/vim",
    }
)  # fmt: skip
"""Commands of the terminal, which no model answers."""

_WRAPPER = re.compile(r"\s*<(system-reminder|ide_\w+)>.*?</\1>\s*", re.DOTALL)
_CONTINUED = "This session is being continued from a previous conversation"
_INTERRUPTED = "[Request interrupted"
_CAVEATS = ("<local-command-caveat>", "Caveat: The messages below")
_COMMAND = ("<command-name>", "<command-message>")
_OUTPUT = ("<local-command-stdout>", "<local-command-stderr>", "<bash-stdout>", "<bash-stderr>")
_INJECTED = ("<teammate-message", "<tick>", "<goal>", "Stop hook feedback:")
_PICTURES = frozenset({"image", "document"})


class UserKind(Enum):
    """What a record of type `user` means."""

    RESULT = auto()
    COMPACT_SUMMARY = auto()
    META = auto()
    SIDECHAIN = auto()
    """Said to a sub-agent that is recorded in the log of its parent."""
    EMPTY = auto()
    INTERRUPTION = auto()
    COMMAND = auto()
    OUTPUT = auto()
    """Of a command or of the user's shell."""
    SHELL = auto()
    NOTIFICATION = auto()
    INJECTED = auto()
    PROMPT = auto()


TURN_KINDS = {
    UserKind.PROMPT: TurnKind.PROMPT,
    UserKind.COMMAND: TurnKind.COMMAND,
    UserKind.SHELL: TurnKind.SHELL,
    UserKind.NOTIFICATION: TurnKind.NOTIFICATION,
    UserKind.INJECTED: TurnKind.INJECTED,
    UserKind.COMPACT_SUMMARY: TurnKind.CONTINUATION,
}
"""The kinds of user records that begin a turn."""


def text_of(line: Line) -> str:
    """The record's own words, without the wrappers that the machine put before them."""
    content = line.message.content if line.message else None
    if content is None:
        return ""
    if not isinstance(content, str):
        content = "\n".join(plain_text(block.text) for block in content if block.type == "text")
    return unwrapped(content)


def unwrapped(text: str) -> str:
    """The text behind leading reminders and notes of the editor."""
    if "<" in text[:200]:
        while wrapper := _WRAPPER.match(text):
            text = text[wrapper.end() :]
    return text.strip()


def classify(line: Line, text: str, *, is_sidechain: bool) -> UserKind:
    """What the record means; `text` is its `text_of`, results of tools excepted."""
    content = line.message.content if line.message else None
    blocks = content if isinstance(content, list) else []
    if any(block.type == "tool_result" for block in blocks):
        return UserKind.RESULT
    if line.is_compact_summary or text.startswith(_CONTINUED):
        return UserKind.COMPACT_SUMMARY
    if line.is_meta:
        return UserKind.META
    if is_sidechain:
        return UserKind.SIDECHAIN
    if not text:
        has_picture = any(block.type in _PICTURES for block in blocks)
        return _by_origin(line) if has_picture else UserKind.EMPTY
    if text[0] in "<[CS":
        return _by_marker(line, text)
    return _by_origin(line)


def _by_marker(line: Line, text: str) -> UserKind:
    for markers, kind in (
        (_INTERRUPTED, UserKind.INTERRUPTION),
        (_CAVEATS, UserKind.META),
        (_COMMAND, UserKind.COMMAND),
        (_OUTPUT, UserKind.OUTPUT),
        ("<bash-input>", UserKind.SHELL),
        ("<task-notification>", UserKind.NOTIFICATION),
        (_INJECTED, UserKind.INJECTED),
    ):
        if text.startswith(markers):
            return kind
    return _by_origin(line)


def _by_origin(line: Line) -> UserKind:
    origin = line.origin.kind if line.origin else None
    if origin is None or origin == "human":
        return UserKind.PROMPT
    return UserKind.NOTIFICATION if origin == "task-notification" else UserKind.INJECTED


def element(text: str, name: str) -> str:
    """The text of the first element of that name in a marked-up message; "" if it has none."""
    start = text.find(f"<{name}>")
    if start < 0:
        return ""
    start += len(name) + 2
    end = text.find(f"</{name}>", start)
    return text[start : end if end >= 0 else None].strip()


def command_of(text: str) -> tuple[str, str]:
    """(slash command with its slash, arguments) of a command record."""
    name = element(text, "command-name") or element(text, "command-message")
    if name and not name.startswith("/"):
        name = f"/{name}"
    return name, element(text, "command-args")


def shown_text(kind: TurnKind, text: str) -> str:
    """A record that begins a turn as its user typed it, or as a reader wants to see it."""
    match kind:
        case TurnKind.COMMAND:
            return " ".join(part for part in command_of(text) if part)
        case TurnKind.SHELL:
            return f"!{element(text, 'bash-input')}"
        case TurnKind.NOTIFICATION:
            parts = (element(text, "summary"), element(text, "result"))
            return "\n\n".join(part for part in parts if part) or text
    return text


def title_of(kind: TurnKind, text: str) -> str:
    """One line for a turn's row."""
    return one_line(shown_text(kind, text[:4000])) or "[image]"


def one_line(text: str, limit: int = TITLE_LENGTH) -> str:
    """The first words of a text on one line."""
    return " ".join(text[: limit * 4].split())[:limit]
