"""Attribute values of protobuf messages as plain values, whatever their bytes are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from aimux_tui.otlp.messages import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable


def text_of(data: bytes) -> str:
    """Bytes that ought to be UTF-8."""
    return data.decode("utf-8", errors="replace")


def attributes_of(pairs: Iterable[Any]) -> dict[str, Any]:
    """Key-value messages as a dict; of a key that comes twice, the last value."""
    return {text_of(pair.key): value_of(pair.value) for pair in pairs}


def value_of(value: Any) -> Any:
    """An AnyValue message as None, bool, int, float, str, bytes, list or dict."""
    match value.WhichOneof("value"):
        case "string_value":
            return text_of(value.string_value)
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case "bytes_value":
            return value.bytes_value
        case "array_value":
            return [value_of(item) for item in value.array_value.values]
        case "kvlist_value":
            return attributes_of(value.kvlist_value.values)
    return None


def attributes_of_item(raw: bytes, *, is_log: bool = False) -> dict[str, Any]:
    """The attributes of a span or log record by its bytes; none if these are damaged."""
    try:
        item = (WHOLE.log if is_log else WHOLE.span).FromString(raw)
    except DecodeError:
        return {}
    return attributes_of(item.attributes)
