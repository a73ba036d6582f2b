"""What one line of a rollout holds, decoded as far as the scan needs it."""

from __future__ import annotations

import json
from typing import Any

from msgspec import DecodeError, Raw, Struct, ValidationError, convert
from msgspec.json import Decoder

from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

NO_RAW = Raw(b"")


class Tokens(Struct, gc=False):
    """Token counts as logged: cached and cache writes are part of input, reasoning of output."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0


class TokenInfo(Struct, gc=False):
    """The `info` of a `token_count` event."""

    total_token_usage: Tokens | None = None
    last_token_usage: Tokens | None = None
    model_context_window: int | None = None


class Item(Struct, gc=False):
    """The head of the `item` of an `item_completed` event."""

    type: str = ""
    id: str = ""


class Payload(Struct, gc=False):
    """The few fields that decide what most records mean; rare ones are decoded a second time.

    Every field more costs every line, so there are no others.
    """

    type: str = ""
    role: str = ""
    call_id: str | None = None
    name: str | None = None
    namespace: str | None = None
    turn_id: str | None = None
    output: Raw = NO_RAW
    info: TokenInfo | None = None
    item: Item | None = None


class Record(Struct, gc=False):
    """The envelope of a line. Before September 2025 there was none: `payload` is None then."""

    type: str = ""
    timestamp: str = ""
    payload: Payload | None = None


decode_record = Decoder(Record).decode
"""Decode a line that is as it should be. Raises msgspec.DecodeError, UnicodeDecodeError."""

_decode_payload = Decoder(Payload).decode
_decode_any = Decoder().decode
_ODD = (DecodeError, UnicodeDecodeError, RecursionError)


def decode_record_tolerantly(line: bytes) -> Record:
    """Decode a line that `decode_record` refuses. Raises BadLineError if it is no JSON object."""
    value = decode_object(line)
    payload = value.get("payload")
    return Record(
        type=text_of(value, "type"),
        timestamp=text_of(value, "timestamp"),
        payload=_payload_of(payload) if isinstance(payload, dict) else None,
    )


def decode_bare(line: bytes) -> Payload:
    """The payload of a line without an envelope, whose fields stand at its top."""
    try:
        return _decode_payload(line)
    except _ODD:
        return _payload_of(decode_object(clean(line)))


def decode_line(line: bytes) -> dict[str, Any]:
    """A whole line, for records that are read closely. Raises BadLineError."""
    return decode_object(clean(line))


def payload_of(value: dict[str, Any]) -> dict[str, Any]:
    """The payload of a decoded line; the line itself if it has no envelope."""
    payload = value.get("payload")
    return payload if isinstance(payload, dict) else value


def payload_in(line: bytes) -> dict[str, Any]:
    """The payload of a line; {} if the line cannot be read."""
    try:
        value = _decode_any(line)
    except _ODD:
        try:
            value = decode_line(line)
        except BadLineError:
            return {}
    return payload_of(value) if isinstance(value, dict) else {}


def untyped(value: dict[str, Any]) -> str:
    """The type of a line that names none: those of the oldest era can be told by their fields."""
    if "record_type" in value:
        return "state"
    return (
        "session_meta"
        if "id" in value and ("instructions" in value or "timestamp" in value)
        else ""
    )


def text_of(value: dict[str, Any], name: str) -> str:
    """The text called `name`; "" if there is none or it is something else."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def mapping_of(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object called `name`; {} if there is none or it is something else."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def list_of(value: dict[str, Any], name: str) -> list[Any]:
    """The list called `name`; [] if there is none or it is something else."""
    found = value.get(name)
    return found if isinstance(found, list) else []


def number_of(value: dict[str, Any], name: str) -> int | None:
    """The whole number called `name`, which some versions write as a string; None if none."""
    found = value.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    if isinstance(found, float) and found.is_integer():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def tokens_of(value: Any) -> Tokens | None:
    """Token counts out of a decoded record; None if it holds none."""
    try:
        return convert(value, Tokens, strict=False)
    except ValidationError:
        return None


def _payload_of(value: dict[str, Any]) -> Payload:
    item = mapping_of(value, "item")
    return Payload(
        type=text_of(value, "type"),
        role=text_of(value, "role"),
        call_id=text_of(value, "call_id") or None,
        name=text_of(value, "name") or None,
        namespace=text_of(value, "namespace") or None,
        turn_id=text_of(value, "turn_id") or None,
        output=_raw_of(value["output"]) if "output" in value else NO_RAW,
        info=_info_of(value.get("info")),
        item=Item(text_of(item, "type"), text_of(item, "id")) if item else None,
    )


def _info_of(value: Any) -> TokenInfo | None:
    try:
        return convert(value, TokenInfo | None, strict=False)
    except ValidationError:
        return None


def _raw_of(value: Any) -> Raw:
    try:
        return Raw(json.dumps(value).encode())
    except (ValueError, RecursionError):
        return NO_RAW
