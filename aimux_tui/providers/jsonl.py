"""Decoding one line of a JSON-lines log, however broken it is."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()
_DROPPED = b"\x00\r\n \t"
_BOM = b"\xef\xbb\xbf"


class BadLineError(ValueError):
    """A line that is not a JSON object; its text says why."""


def clean(line: bytes) -> bytes:
    """The line without byte-order mark, NULs, carriage returns and outer blanks; b"" if blank."""
    if line.startswith(_BOM):
        line = line[3:]
    if b"\x00" in line:
        line = line.replace(b"\x00", b"")
    return line.strip(_DROPPED)


def decode_object(line: bytes) -> dict[str, Any]:
    """Decode a cleaned line. Invalid UTF-8 is replaced, not refused.

    Raises BadLineError for everything that is not a JSON object.
    """
    try:
        value = _decoder.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = _decode_tolerantly(line)
    if not isinstance(value, dict):
        raise BadLineError(f"a JSON {type(value).__name__}, not an object")
    return value


def _decode_tolerantly(line: bytes) -> Any:
    """Decode what msgspec refuses: bad UTF-8, lone surrogates, NaN."""
    try:
        return _without_surrogates(json.loads(line.decode("utf-8", errors="replace")))
    except (ValueError, RecursionError) as error:
        raise BadLineError(str(error) or type(error).__name__) from None


def _without_surrogates(value: Any) -> Any:
    """The value with lone surrogates replaced: they can be neither stored nor shown."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {
                _without_surrogates(key): _without_surrogates(item) for key, item in value.items()
            }
    return value
