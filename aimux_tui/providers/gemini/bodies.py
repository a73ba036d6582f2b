"""The whole of a text that a turn's details hold only the beginning of."""

from __future__ import annotations

from typing import Any

from aimux_tui.providers.gemini.records import decode_record
from aimux_tui.providers.gemini.texts import (
    as_json,
    content_text,
    display_text,
    result_output,
    result_text,
    thought_text,
)
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object


def body_text(data: bytes, pointer: str) -> str:
    """The text at `pointer` in the record `data`, made as the details make its beginning.

    An empty text if the record is not what it was any more.
    """
    line = clean(data)
    if not pointer:
        return line.decode("utf-8", "replace")
    try:
        record = decode_record(line)
        value: Any = decode_object(line)
    except BadLineError:
        return ""
    if pointer in {"/content", "/displayContent"}:
        return content_text(record.content if pointer == "/content" else record.display_content)
    holder: Any = None
    for name in pointer.split("/")[1:]:
        holder = value
        value = _member(value, name)
    match pointer.rsplit("/", 1)[1]:
        case "args":
            return as_json(value)
        case "result":
            tool = holder.get("name") if isinstance(holder, dict) else None
            return result_output(str(tool or ""), value)
        case "resultDisplay":
            return display_text(value)
        case "functionResponse":
            tool = value.get("name") if isinstance(value, dict) else None
            return result_output(str(tool or ""), [{"functionResponse": value}])
        case "data":
            return value if isinstance(value, str) else ""
    return thought_text(value) if "/thoughts/" in pointer else result_text(value)


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        # A content that is one part stands for a list of it.
        return value if name == "0" and name not in value else value.get(name)
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return None
