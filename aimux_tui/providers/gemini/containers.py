"""Where the messages lie inside a document or a record that holds the whole history."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, field

from aimux_tui.model.body import Span

if TYPE_CHECKING:
    from aimux_tui.providers.gemini.records import Record

_walker = json.JSONDecoder(parse_int=len, parse_float=len)
"""Finds where a value ends; what it builds is thrown away."""
_SPACE = re.compile(r"[ \t\r\n]*")
_MESSAGE = re.compile(r'\{\s*"(?:id|timestamp|type)"\s*:')
_PREFIX = 64
_MAX_TRIES = 300
"""Places looked at for a message behind a broken one."""


class Window:
    """A record's bytes as they are decoded, and where each of them stands in the file."""

    def __init__(self, original: bytes, cleaned: bytes, offset: int) -> None:
        self.data = cleaned
        self.whole = Span(offset, len(original))
        self._kept: list[int] | None = None
        if b"\x00" in original:
            self._kept = [at for at, byte in enumerate(original) if byte]
            original = original.replace(b"\x00", b"")
        # Searching for all of a long line would take many times as long as reading it.
        self._lead = max(original.find(cleaned[:_PREFIX]), 0)

    def place(self, at: int) -> int:
        """Where `data[at]` stands in the file; its last byte if `at` is behind the end."""
        at = min(at, len(self.data) - 1)
        return self.span(at, at + 1).offset

    def span(self, start: int, end: int) -> Span:
        """Where `data[start:end]` (not empty) stands in the file."""
        start, last = start + self._lead, end - 1 + self._lead
        if self._kept is not None:
            start, last = self._kept[start], self._kept[last]
        return Span(self.whole.offset + start, last + 1 - start)


class Salvage(Struct):
    """What a broken container still tells."""

    messages: list[tuple[int, int]] = field(default_factory=list)
    """Start and end of each message."""
    broken: list[int] = field(default_factory=list)
    """Where something was that could not be read."""
    members: dict[str, bytes] = field(default_factory=dict)
    """The other members of the outermost object, undecoded."""


def message_places(record: Record, data: bytes) -> list[tuple[int, int]] | None:
    """Start and end in `data` of each of the record's messages; None if it holds no history.

    `record` is what `data` was decoded to.
    """
    holder = record if record.change is None else record.change
    if holder.messages is UNSET:
        # Decoded the slow way, which says nothing of places.
        found = salvage(data) if b'"messages"' in data else None
        return found.messages if found is not None and found.messages else None
    places = []
    end = 0
    for raw in holder.messages:
        message = bytes(raw)
        start = data.find(message[:_PREFIX], end)
        while not data.startswith(message, start):
            start = data.find(message[:_PREFIX], start + 1)
        end = start + len(message)
        places.append((start, end))
    return places


def salvage(data: bytes) -> Salvage:
    """Find the messages of a document that is cut off, spliced or otherwise not quite JSON."""
    result = Salvage()
    # One character per byte, so that positions are offsets.
    text = data.decode("latin-1")
    end = _walk_object(text, _skip_space(text, 0), result, depth=0)
    while end >= 0:
        # What stands behind the end may be a part of it, cut loose.
        start, end = _next_message(text, end)
        if end >= 0:
            result.messages.append((start, end))
    return result


def _walk_object(text: str, at: int, result: Salvage, depth: int) -> int:
    """Walk the members of the object at `at`; returns where it ends, or where it breaks."""
    if text[at : at + 1] != "{":
        result.broken.append(at)
        return at
    at = _skip_space(text, at + 1)
    while text[at : at + 1] == '"':
        try:
            name, end = _walker.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        start = _skip_space(text, end)
        if text[start : start + 1] != ":":
            break
        start = _skip_space(text, start + 1)
        if name == "messages" and text[start : start + 1] == "[":
            at = _walk_messages(text, start + 1, result)
        elif name == "$set" and depth == 0:
            at = _walk_object(text, start, result, depth + 1)
        else:
            end = _end_of(text, start)
            if end < 0:
                break
            result.members.setdefault(str(name), text[start:end].encode("latin-1"))
            at = end
        at = _skip_space(text, at)
        if text[at : at + 1] != ",":
            break
        at = _skip_space(text, at + 1)
    if text[at : at + 1] == "}":
        return at + 1
    if at < len(text) or not result.broken:
        result.broken.append(at)
    return at


def _walk_messages(text: str, at: int, result: Salvage) -> int:
    """Walk the elements of an array; after a broken one, go on at the next that is a message."""
    at = _skip_space(text, at)
    while at < len(text) and text[at] != "]":
        end = _end_of(text, at)
        if end < 0:
            result.broken.append(at)
            at, end = _next_message(text, at + 1)
            if end < 0:
                return len(text)
        result.messages.append((at, end))
        at = _skip_space(text, end)
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
    return at + 1


def _next_message(text: str, at: int) -> tuple[int, int]:
    """(start, end) of the next object that looks like a message; end is -1 if there is none."""
    for found in islice(_MESSAGE.finditer(text, at), _MAX_TRIES):
        try:
            value, end = _walker.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        if "type" in value and "timestamp" in value:
            return found.start(), end
    return len(text), -1


def _end_of(text: str, at: int) -> int:
    try:
        return _walker.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return -1


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at
