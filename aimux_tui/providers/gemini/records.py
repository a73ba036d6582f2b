"""The records of a Gemini CLI log, decoded as far as aimux reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from aimux_tui.providers.jsonl import BadLineError, decode_object

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_NOTHING = Raw(b"null")
"""Heavy values stay undecoded (`Raw`) until somebody looks at the turn."""
_NULL_SIZE = 4


class _Known(Struct, rename="camel", forbid_unknown_fields=True):
    """A record whose fields are all known; a further one sends its decoding the slow way."""


class FunctionCall(_Known):
    """The model's request to call a tool, in the form of the API."""

    id: str | None = None
    name: str | None = None
    args: Raw = _NOTHING


class FunctionResponse(_Known):
    """A tool's answer, in the form of the API."""

    id: str | None = None
    name: str | None = None
    response: Raw = _NOTHING
    parts: Raw = _NOTHING


class InlineData(_Known):
    """A picture or other binary content."""

    mime_type: str | None = None
    data: Raw = _NOTHING
    display_name: str | None = None


class Part(_Known):
    """One part of a message's content."""

    text: str | None = None
    thought: bool | None = None
    thought_signature: Raw = _NOTHING
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    inline_data: InlineData | None = None
    file_data: Raw = _NOTHING
    executable_code: Raw = _NOTHING
    code_execution_result: Raw = _NOTHING
    video_metadata: Raw = _NOTHING


Content = str | list[str | Part] | Part | None


class Tokens(_Known):
    """Tokens of one request: `cached` is part of `input`, `thoughts` is not part of `output`."""

    input: int | float | None = None
    output: int | float | None = None
    cached: int | float | None = None
    thoughts: int | float | None = None
    tool: int | float | None = None
    total: int | float | None = None


class LoggedCall(_Known):
    """A tool call as the recorder keeps it; `timestamp` is when it ended."""

    id: str | None = None
    name: str | None = None
    args: Raw = _NOTHING
    result: Raw = _NOTHING
    status: str | None = None
    timestamp: str | None = None
    agent_id: str | None = None
    display_name: str | None = None
    description: str | None = None
    result_display: Raw = _NOTHING
    render_output_as_markdown: Raw = _NOTHING


class Patch(_Known):
    """A partial change: of one message, or of many with the ids that leave or change place."""

    id: str | None = None
    content: Raw = _NOTHING
    tool_calls: list[LoggedCall] | None = None
    updates: list[Patch] | None = None
    remove_ids: list[str] | None = None
    order_ids: list[str] | None = None


class Record(_Known):
    """A line of the operation log, a message inside one, or a whole document."""

    rewind_to: str | None = field(name="$rewindTo", default=None)
    patch: Patch | None = field(name="$patch", default=None)
    change: Record | None = field(name="$set", default=None)
    id: str | None = None
    timestamp: str | None = None
    type: str | None = None
    content: Content = None
    display_content: Content = None
    model: str | None = None
    tokens: Tokens | None = None
    thoughts: Raw = _NOTHING
    tool_calls: list[LoggedCall] | None = None
    session_id: str | None = None
    project_hash: str | None = None
    start_time: str | None = None
    last_updated: str | None = None
    kind: str | None = None
    directories: list[str] | None = None
    summary: str | None = None
    memory_scratchpad: Raw = _NOTHING
    active_extension_name: Raw = _NOTHING
    messages: list[Raw] | UnsetType = UNSET


_NESTED: dict[tuple[type, str], type[_Known]] = {
    (Record, "$set"): Record,
    (Record, "$patch"): Patch,
    (Record, "content"): Part,
    (Record, "displayContent"): Part,
    (Record, "tokens"): Tokens,
    (Record, "toolCalls"): LoggedCall,
    (Patch, "toolCalls"): LoggedCall,
    (Patch, "updates"): Patch,
    (Part, "functionCall"): FunctionCall,
    (Part, "functionResponse"): FunctionResponse,
    (Part, "inlineData"): InlineData,
}

decode = msgspec.json.Decoder(Record).decode
"""Decode a record that is as it should be. Raises one of `DECODE_ERRORS` if it is odd."""
DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode_record(data: bytes, unknown: MutableMapping[str, int] | None = None) -> Record:
    """Decode a cleaned JSON object; what aimux does not know is counted in `unknown`.

    Raises BadLineError for everything that is not a JSON object. Where a value has an unexpected
    type, that value alone is dropped. A record decoded the slow way has no `messages`.
    """
    try:
        return decode(data)
    except DECODE_ERRORS:
        found = decode_object(data)
    record: Record = _salvage(Record, found, {} if unknown is None else unknown, "")
    return record


def decode_raw(raw: Raw) -> Any:
    """The value that was left undecoded; None if it is broken."""
    try:
        return msgspec.json.decode(raw)
    except DECODE_ERRORS:
        try:
            return decode_object(b'{"value":%s}' % bytes(raw))["value"]
        except BadLineError:
            return None


def is_present(raw: Raw) -> bool:
    """Whether the record had that value, and not null."""
    return raw is not _NOTHING and (len(raw) != _NULL_SIZE or bytes(raw) != b"null")


def parse_time(text: str | None) -> datetime | None:
    """An ISO time as aware UTC; None if there is none."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is UTC:
            return time
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _salvage(
    cls: type[Any], found: dict[str, Any], unknown: MutableMapping[str, int], path: str
) -> Any:
    """Build `cls` from what fits; count the fields it does not know and the values that do not."""
    values: dict[str, Any] = {}
    fields = {known.encode_name: known for known in msgspec.structs.fields(cls)}
    for name, value in found.items():
        known = fields.get(name)
        if known is None:
            _count(unknown, f"{path}{name}")
        elif name != "messages":
            try:
                values[known.name] = _fitted(cls, known, value, unknown, f"{path}{name}.")
            except msgspec.ValidationError:
                _count(unknown, f"{path}{name}: {type(value).__name__}")
    return cls(**values)


def _fitted(cls: type, known: Any, value: Any, unknown: MutableMapping[str, int], path: str) -> Any:
    if known.type is Raw:
        return Raw(json.dumps(value).encode())
    nested = _NESTED.get((cls, known.encode_name))
    if nested is not None and isinstance(value, dict):
        return _salvage(nested, value, unknown, path)
    if nested is not None and isinstance(value, list):
        return [
            _salvage(nested, item, unknown, path) if isinstance(item, dict) else item
            for item in value
            if isinstance(item, dict | str)
        ]
    return msgspec.convert(value, known.type)


def _count(unknown: MutableMapping[str, int], name: str) -> None:
    unknown[name] = unknown.get(name, 0) + 1
