"""Long texts and pictures: where they lie in a log, and how to read the whole of them."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.turn import Image
from aimux_tui.providers.claude.outcomes import flattened
from aimux_tui.providers.claude.places import agent_id_of
from aimux_tui.providers.claude.prompts import unwrapped
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from datetime import datetime

    from aimux_tui.providers.base import LogSource

_SPILL = re.compile(r"Full output saved to: (?P<path>[^\n]+?)\s*(?:\n|$)")
_SPILLED = "<persisted-output>"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PROMPT = "/message/content"


def text_body(text: str, record: Span, pointer: str) -> Body:
    """A text that stands at `pointer` in a record."""
    return Body.of(text, BodyRef(record, pointer))


def json_text(value: Any) -> str:
    """A value as readable JSON."""
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def result_body(text: str, record: Span, pointer: str, spilled_size: Any) -> Body:
    """The output of a tool. Claude Code moves what is too large for the model into a file."""
    if text.lstrip().startswith(_SPILLED) and (found := _SPILL.search(text)):
        name = _base_name(found["path"])
        if name:
            size = spilled_size if isinstance(spilled_size, int) else len(text)
            return Body(text, max(size, len(text)), BodyRef(record, pointer, name))
    return text_body(text, record, pointer)


def _base_name(path: str) -> str:
    """The last part of a path of any system, if it is a harmless file name."""
    name = PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name
    return name if _PLAIN_NAME.fullmatch(name) else ""


def picture(block: Any, record: Span, pointer: str, at: datetime | None) -> Image | None:
    """The picture or document in a content block."""
    if not isinstance(block, dict) or block.get("type") not in {"image", "document"}:
        return None
    source = block.get("source")
    fields: dict[str, Any] = source if isinstance(source, dict) else {}
    data = fields.get("data")
    media_type = fields.get("media_type")
    size = len(data) * 3 // 4 - data[-2:].count("=") if isinstance(data, str) else 0
    return Image(
        media_type if isinstance(media_type, str) else f"{block['type']}/*",
        size,
        BodyRef(record, f"{pointer}/source/data"),
        at,
        record,
    )


def read_body(source: LogSource, ref: BodyRef) -> str:
    """The whole of a text. A spilled output that is gone is replaced by what the log has of it."""
    raw = source.read(ref.record)
    try:
        record = decode_object(clean(raw))
    except BadLineError:
        return raw.decode("utf-8", errors="replace")
    if ref.file and (text := _read_spill(source, record, ref.file)) is not None:
        return text
    value = resolve(record, ref.pointer)
    if isinstance(value, str):
        return unwrapped(value) if ref.pointer.startswith(_PROMPT) else value
    text = flattened(value)
    return text or ("" if value is None else json_text(value))


def resolve(value: Any, pointer: str) -> Any:
    """The value at a JSON pointer; None if there is none."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _read_spill(source: LogSource, record: dict[str, Any], name: str) -> str | None:
    """The spilled file of that name, looked for in the session's own folder only."""
    if not _PLAIN_NAME.fullmatch(name):
        return None
    folder = session_folder(source, record)
    if folder is None:
        return None
    try:
        return (folder / "tool-results" / name).read_text("utf-8", errors="replace")
    except OSError:
        return None


def session_folder(source: LogSource, record: dict[str, Any]) -> Path | None:
    """The folder beside a session's transcript, where its larger things lie."""
    path = Path(source.file.path)
    if not agent_id_of(source.file.path):
        return path.with_suffix("")
    if source.file.parent_hint:
        return next((up for up in path.parents if up.name == source.file.parent_hint), None)
    session_id = record.get("sessionId")
    if isinstance(session_id, str) and _PLAIN_NAME.fullmatch(session_id):
        return path.with_name(session_id)
    return None
