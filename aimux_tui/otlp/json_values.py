"""OTLP/JSON as real exporters write it, taken as leniently as it can be without guessing.

Ids are hex in any case, 64-bit numbers texts or numbers, enum values names or numbers, and anything
may be `null`, `{}` or missing. What has another type than it should counts as missing.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.otlp.payload import BadPayloadError

if TYPE_CHECKING:
    from collections.abc import Container

_decode = msgspec.json.Decoder().decode
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_TIME = (1 << 63) - 1


def decode_document(body: bytes) -> tuple[dict[str, Any], bool]:
    """The JSON object of a body, and whether its bytes had to be mended to read it.

    Mended are bad UTF-8, lone surrogates, NaN and numbers out of range. Raises BadPayloadError.
    """
    if not body.strip():
        return {}, False
    is_mended = False
    try:
        document = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document, is_mended = _mend(body), True
    if not isinstance(document, dict):
        raise BadPayloadError("the body is JSON, but not an object")
    return document, is_mended


def _mend(body: bytes) -> Any:
    try:
        return _scrub(json.loads(body.decode("utf-8-sig", errors="replace")))
    except (ValueError, RecursionError) as error:
        reason = str(error) or "it is nested too deeply"
        raise BadPayloadError(f"the body is no JSON ({reason})") from None


def _scrub(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case float():
            return value if math.isfinite(value) else None
        case int():
            return value if -(1 << 63) <= value < 1 << 64 else None
        case list():
            return [_scrub(item) for item in value]
        case dict():
            return {_scrub(key): _scrub(item) for key, item in value.items()}
    return value


def objects(parent: Any, key: str) -> list[Any]:
    """The list under a key; empty if there is none."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, list) else []


def text_in(parent: dict[str, Any], key: str) -> str:
    """The text under a key; "" if there is none."""
    found = parent.get(key)
    return found if isinstance(found, str) else ""


def hex_id(value: object, size: int) -> bytes:
    """An id of `size` bytes; b"" if it is none."""
    if not isinstance(value, str) or len(value) != 2 * size:
        return b""
    try:
        return bytes.fromhex(value) if value.isalnum() else b""
    except ValueError:
        return b""


def number(value: object) -> int | float:
    """A number written as a number or as a text; 0 if it is none."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        except ValueError:
            return 0
    return value if isinstance(value, float) else 0


def integer(value: object) -> int:
    """A whole number written as a number or as a text; 0 if it is none."""
    found = number(value)
    if isinstance(found, float):
        return int(found) if math.isfinite(found) else 0
    return found


def time_ns(value: object) -> int:
    """Nanoseconds since 1970; 0 if there is no such time."""
    found = integer(value)
    return found if 0 < found <= _LARGEST_TIME else 0


def attributes_of(pairs: object) -> dict[str, Any]:
    """Key-value objects as a dict; of a key that comes twice, the last value."""
    if not isinstance(pairs, list):
        return {}
    return {
        key: value_of(pair.get("value"))
        for pair in pairs
        if isinstance(pair, dict) and isinstance(key := pair.get("key"), str)
    }


def text_attributes(pairs: object, wanted: Container[str]) -> dict[str, str]:
    """Those of key-value objects that are wanted and are texts, without a look at the others."""
    if not isinstance(pairs, list):
        return {}
    found: dict[str, str] = {}
    for pair in pairs:
        if isinstance(pair, dict) and (key := pair.get("key")).__class__ is str and key in wanted:
            value = pair.get("value")
            text = value.get("stringValue") if isinstance(value, dict) else None
            if isinstance(text, str):
                found[key] = text
    return found


def value_of(value: object) -> Any:
    """An AnyValue object as None, bool, int, float, str, bytes, list or dict."""
    if not isinstance(value, dict):
        return None
    for kind, content in value.items():
        if content is None:
            continue
        match kind:
            case "stringValue":
                return content if isinstance(content, str) else str(content)
            case "intValue":
                return integer(content)
            case "boolValue":
                return content in {True, "true"} if isinstance(content, bool | str) else None
            case "doubleValue":
                return float(number(content))
            case "arrayValue":
                return [value_of(item) for item in objects(content, "values")]
            case "kvlistValue":
                return attributes_of(objects(content, "values"))
            case "bytesValue":
                return _from_base64(content)
    return None


def _from_base64(content: object) -> bytes | str:
    if not isinstance(content, str):
        return b""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return content
