"""Attribute values of protobuf messages as plain values, whatever their bytes are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from aimux_tui.otlp.messages import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = frozenset({"int_value", "bool_value", "double_value", "bytes_value"})
_LONGEST_KNOWN_KEY = 64


def text_of(data: bytes) -> str:
    """Bytes that ought to be UTF-8."""
    return str(data, "utf-8", "replace")


_known_key = lru_cache(maxsize=4096)(text_of)
"""Keys come again and again: one text for each takes less time and memory."""


def attributes_of(pairs: Iterable[Any]) -> dict[str, Any]:
    """Key-value messages as a dict; of a key that comes twice, the last value."""
    attributes: dict[str, Any] = {}
    for pair in pairs:
        key = pair.key
        name = _known_key(key) if len(key) <= _LONGEST_KNOWN_KEY else text_of(key)
        attributes[name] = value_of(pair.value)
    return attributes


def value_of(value: Any) -> Any:
    """An AnyValue message as None, bool, int, float, str, bytes, list or dict."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return str(value.string_value, "utf-8", "replace")
    if kind is None:
        return None
    content = getattr(value, kind)
    match kind:
        case "array_value":
            return [value_of(item) for item in content.values]
        case "kvlist_value":
            return attributes_of(content.values)
    return content if kind in _PLAIN else None


def attributes_of_item(raw: bytes, *, is_log: bool = False) -> dict[str, Any]:
    """The attributes of a span or log record by its bytes; none if these are damaged."""
    try:
        item = (WHOLE.log if is_log else WHOLE.span).FromString(raw)
    except DecodeError:
        return {}
    return attributes_of(item.attributes)
