"""What one message of a Gemini log is: a prompt, an answer, a notice, something injected."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.body import Span
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.usage import Request, Usage
from aimux_tui.providers.gemini.records import parse_time
from aimux_tui.providers.gemini.texts import content_text, is_error, one_line, parts_of
from aimux_tui.providers.gemini.toolcalls import CallFacts, facts_of, kind_of

if TYPE_CHECKING:
    from aimux_tui.providers.gemini.records import Part, Record, Tokens

CANCEL_NOTICE = "Request cancelled."
_CONTEXT_STARTS = (
    "<session_context>",
    "<hook_context>",
    "Here is the user's editor context",
    "Here is a summary of changes in the user's editor context",
)
_SNAPSHOT_START = "<state_snapshot>"
_ACKNOWLEDGEMENTS = ("Got it. Thanks for the additional context!",)
"""What the CLI lets the model say to a summary, when it compresses the history."""
_COMPRESSED = re.compile(
    r"Context compressed from|Chat history compressed from"
    r"|IMPORTANT: This conversation (?:approached|exceeded)"
)
_SHELL = re.compile(r"I ran the following shell command:\s*```(?:\w*)\n(.*?)\n```", re.DOTALL)
_UUID_LENGTH = 32
_SHORTEST_CALL = 12
"""Tokens that even a call without arguments takes."""
_ASCII = bytes(range(128))
_DIGITS = b"0123456789"
_NO_ANSWERS: Mapping[str, bool] = MappingProxyType({})
_SIGNS = string.punctuation.encode()


class Role(StrEnum):
    """What a message is for the reader of a trace."""

    PROMPT = "prompt"
    COMMAND = "command"
    SHELL = "shell"
    ANSWER = "answer"
    RESULT = "result"
    """Only results of tools, for the model; the calls hold them, too."""
    CONTEXT = "context"
    SNAPSHOT = "snapshot"
    """The summary that a compression left."""
    ACKNOWLEDGEMENT = "acknowledgement"
    COMPRESSED = "compressed"
    """The terminal says that the history was compressed."""
    NOTICE = "notice"
    CANCELLED = "cancelled"
    ERROR = "error"
    MEDIA = "media"
    EMPTY = "empty"
    UNKNOWN = "unknown"


OPENING_ROLES = frozenset({Role.PROMPT, Role.COMMAND, Role.SHELL})
"""What begins a turn."""

# Once for each message: to look a member up in its enum costs more than to make an object.
_ANSWER, _UNKNOWN, _RUNNING = Role.ANSWER, Role.UNKNOWN, ToolStatus.RUNNING


class Entry(Struct, eq=False):
    """A message as the fold keeps it: as little as the summaries need."""

    id: str
    role: Role
    spans: list[Span]
    """Its newest record, then older records or patches that add to it."""
    at: datetime | None = None
    title: str = ""
    text_hash: int = 0
    model: str = ""
    request: Request | None = None
    calls: tuple[CallFacts, ...] = ()
    calls_from_content: bool = False
    """The calls stand in the content only: the recorder has not listed them (yet)."""
    is_final: bool = False
    """An answer that calls no tool, as far as can be told."""
    pieces: tuple[int | str, ...] = ()
    """Its texts (hashed) and the ids of its calls and results, to recognise a copy."""
    answers: Mapping[str, bool] = _NO_ANSWERS
    """Ids of the tool calls whose results it holds → whether they failed."""
    cwd: str = ""
    position: int = 0
    """Grows with each message; rewinding goes by it."""
    origins: tuple[Entry, ...] = ()
    """The messages that it is a copy of; it is not shown then."""
    is_discarded: bool = False
    was_rolled_back: bool = False
    """The CLI took it out of the history: what it asked for was given up."""


class Known(Struct):
    """What carries over from one message to the next."""

    at: datetime | None = None
    model: str = ""
    unknown: dict[str, int] = field(default_factory=dict)


def stable_hash(text: str) -> int:
    """A hash that is the same in every process; it fits into 63 bits and is never 0."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def usage_of(tokens: Tokens | None) -> Usage | None:
    """A request's tokens; None if nothing was billed."""
    if tokens is None:
        return None
    cached, thoughts = int(tokens.cached or 0), int(tokens.thoughts or 0)
    fresh = max(int(tokens.input or 0) - cached, 0) + int(tokens.tool or 0)
    output = int(tokens.output or 0) + thoughts
    if not fresh + cached + output:
        return None
    # By position: this runs once per request, and names cost twice as much.
    return Usage(fresh, cached, 0, 0, output, thoughts, 0, 1)


def request_key(session_id: str, message_id: str) -> int:
    """The key of the request that a message came from.

    Message ids are UUIDs, so that a copy of the log under another session id has the same keys.
    """
    is_unique = len(message_id) >= _UUID_LENGTH
    return stable_hash(message_id if is_unique else f"{session_id}\n{message_id}")


def entry_of(record: Record, entry_id: str, span: Span, known: Known, session_id: str) -> Entry:
    """Understand a message. `known` supplies what it lacks, and takes in what it has."""
    known.at = parse_time(record.timestamp) or known.at
    entry = Entry(entry_id, _UNKNOWN, [span], known.at)
    match record.type:
        case "user":
            _understand_user(entry, record)
        case "gemini":
            if record.model:
                # One text for all, not one for each message.
                known.model = intern(record.model)
            _understand_answer(entry, record, known.model, session_id)
        case "info" | "warning" | "error":
            _understand_notice(entry, record)
        case _:
            kind = record.type or "none"
            known.unknown[f"type {kind}"] = known.unknown.get(f"type {kind}", 0) + 1
    return entry


def _understand_user(entry: Entry, record: Record) -> None:
    texts = []
    pieces: set[int | str] = set()
    answers: dict[str, bool] = {}
    has_media = has_context = False
    for part in parts_of(record.content):
        if (response := part.function_response) is not None:
            answered = response.id or response.name or ""
            pieces.add(answered)
            answers[answered] = is_error(response)
        elif part.text and not part.thought:
            if part.text.lstrip().startswith(_CONTEXT_STARTS):
                has_context = True
                entry.cwd = entry.cwd or _workspace(part.text)
            elif text := part.text.strip():
                texts.append(part.text)
                pieces.add(hash(text))
        has_media |= part.inline_data is not None
    entry.pieces = tuple(pieces)
    if answers:
        entry.answers = answers
    text = "".join(texts).strip()
    if text:
        _understand_prompt(entry, record, text)
    elif has_context:
        entry.role = Role.CONTEXT
    elif pieces:
        entry.role = Role.RESULT
    else:
        entry.role = Role.MEDIA if has_media else Role.EMPTY


def _understand_prompt(entry: Entry, record: Record, text: str) -> None:
    entry.text_hash = stable_hash(text)
    entry.title = one_line(content_text(record.display_content).strip() or text)
    if text.startswith(_SNAPSHOT_START):
        entry.role = Role.SNAPSHOT
    elif text.startswith(("/", "?")):
        entry.role = Role.COMMAND
    elif shell := _SHELL.match(text):
        entry.role, entry.title = Role.SHELL, one_line(shell[1])
    else:
        entry.role = Role.PROMPT


def _understand_answer(entry: Entry, record: Record, model: str, session_id: str) -> None:
    entry.role, entry.model = _ANSWER, model
    texts = []
    pieces: set[int | str] = set()
    wanted: list[Part] = []
    for part in parts_of(record.content):
        if part.function_call is not None:
            pieces.add(part.function_call.id or part.function_call.name or "")
            wanted.append(part)
        elif part.text and not part.thought and (text := part.text.strip()):
            texts.append(text)
            pieces.add(hash(text))
    if record.tool_calls:
        entry.calls = tuple([facts_of(call) for call in record.tool_calls])
    elif wanted:
        entry.calls = tuple([_wanted_call(part) for part in wanted])
        entry.calls_from_content = True
    if entry.calls:
        pieces.update([call.id or call.name for call in entry.calls])
    else:
        entry.is_final = bool(texts) and not _says_more(record, "".join(texts))
    entry.pieces = tuple(pieces)
    usage = usage_of(record.tokens)
    if usage is not None:
        key = request_key(session_id, entry.id)
        entry.request = Request(key, entry.at, model, usage)
    elif not entry.calls and texts in ([text] for text in _ACKNOWLEDGEMENTS):
        entry.role = Role.ACKNOWLEDGEMENT


def _says_more(record: Record, text: str) -> bool:
    """Whether the model generated clearly more than its words: a call, then.

    The recorder lists calls only when they have ended; until then an answer that came with a call
    looks like a last word.
    """
    generated = (record.tokens.output if record.tokens is not None else None) or 0
    if generated <= len(text) / 4 + _SHORTEST_CALL:
        # A text is not fewer tokens than that.
        return False
    return generated > _likely_tokens(text) + _SHORTEST_CALL


def _likely_tokens(text: str) -> float:
    """About how many tokens a text is: a digit is one, a sign nearly, words are four bytes each."""
    data = text.encode("utf-8", "replace")
    digits = len(data) - len(data.translate(None, _DIGITS))
    signs = len(data) - len(data.translate(None, _SIGNS))
    foreign = 0 if len(data) == len(text) else len(data.translate(None, _ASCII))
    return digits + 0.7 * signs + foreign / 3 + (len(data) - digits - signs - foreign) / 4


def _understand_notice(entry: Entry, record: Record) -> None:
    text = content_text(record.content).strip()
    entry.title = one_line(text)
    if not text:
        has_media = any(part.inline_data is not None for part in parts_of(record.content))
        entry.role = Role.MEDIA if has_media else Role.EMPTY
    elif record.type == "error":
        entry.role = Role.ERROR
    elif text == CANCEL_NOTICE:
        entry.role = Role.CANCELLED
    else:
        entry.role = Role.COMPRESSED if _COMPRESSED.match(text) else Role.NOTICE


def _wanted_call(part: Part) -> CallFacts:
    call = part.function_call
    name = (call.name if call is not None else None) or ""
    call_id = (call.id if call is not None else None) or ""
    return CallFacts(call_id, name, kind_of(name), _RUNNING, None, has_result=False)


def _workspace(context: str) -> str:
    """The project's folder as the context names it."""
    found = re.search(
        r"(?:Workspace Directories:\*\*|working in the (?:following )?director(?:y|ies):)\s*"
        r"(?:- )?(\S[^\n]*)",
        context,
    )
    return found[1].strip() if found else ""
