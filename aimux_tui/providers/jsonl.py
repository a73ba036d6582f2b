"""Decoding one line of a JSON-lines log, however broken it is."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()
_DROPPED = b"\x00\r\n \t"
_BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadLineError(ValueError):
    """A line that is not a JSON object; its text says why."""


def clean(line: bytes) -> bytes:
    """The line without byte-order mark, NULs, carriage returns and outer blanks; b"" if blank."""
    if b"\x00" in line:
        line = line.replace(b"\x00", b"")
    if line.startswith(_BOM):
        line = line[3:]
    return line.strip(_DROPPED)


def decode_object(line: bytes) -> dict[str, Any]:
    """Decode a cleaned line. Invalid UTF-8 and lone surrogates become U+FFFD, NaN becomes None.

    Every value can be encoded again. Raises BadLineError for all that is not a JSON object.
    """
    try:
        value = _decoder.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = _decode_tolerantly(line)
    if not isinstance(value, dict):
        raise BadLineError(f"a JSON {type(value).__name__}, not an object")
    return value


def _decode_tolerantly(line: bytes) -> Any:
    """Decode what msgspec refuses: bad UTF-8, lone surrogates, NaN, numbers out of range."""
    try:
        return _scrubbed(json.loads(line.decode("utf-8", errors="replace")))
    except (ValueError, RecursionError) as error:
        raise BadLineError(str(error) or type(error).__name__) from None


def _scrubbed(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_scrubbed(item) for item in value]
        case dict():
            return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    return value
