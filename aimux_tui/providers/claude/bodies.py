"""Long texts and pictures: where they lie in a log, and how to read the whole of them."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.turn import Image, TurnKind
from aimux_tui.providers.claude.outcomes import flattened
from aimux_tui.providers.claude.places import SPILLED, agent_id_of, stem_of
from aimux_tui.providers.claude.prompts import element, shown_text, unwrapped
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from datetime import datetime

    from aimux_tui.providers.base import LogSource

_SPILL = re.compile(r"Full output saved to: (?P<path>[^\n]+?)\s*(?:\n|$)")
_SPILLED = "<persisted-output>"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MAX_SPILL = 64 * 1024 * 1024
"""Bytes that are read of a spilled output."""
_SPOKEN = {
    "user": re.compile(r"/message/content(/\d+/text)?"),
    "attachment": re.compile(r"/attachment/prompt(/\d+/text)?"),
    "system": re.compile("/content"),
    "queue-operation": re.compile("/content"),
}
"""Record type → where its user's words stand, with mark-up around them."""
_OUTPUTS = ("local-command-stdout", "local-command-stderr", "bash-stdout", "bash-stderr")
_MARKS = tuple(f"<{name}>" for name in _OUTPUTS)


def text_body(text: str, record: Span, pointer: str) -> Body:
    """A text that stands at `pointer` in a record."""
    return Body.of(text, BodyRef(record, pointer))


def body_at(record: dict[str, Any], span: Span, pointer: str) -> Body:
    """The text at `pointer` in a decoded record, made as `read_body` makes the whole of it."""
    return text_body(text_at(record, pointer), span, pointer)


def beyond(title: str, body: Body) -> Body:
    """The body, or none if the title tells all of it."""
    return Body() if body.is_whole and body.text.strip() == title else body


def text_at(record: dict[str, Any], pointer: str) -> str:
    """The text at `pointer`; a user's words without the mark-up around them."""
    value = resolve(record, pointer)
    if pointer.endswith("/input"):
        return json_text(value if isinstance(value, dict) else {"input": value})
    text = text_of_value(value)
    places = _SPOKEN.get(str(record.get("type")))
    return spoken(text) if places is not None and places.fullmatch(pointer) else text


def text_of_value(value: Any) -> str:
    """A value as text: the words in a list of blocks, the output of a command, else JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case {"stdout": _} | {"stderr": _}:
            parts = (value.get("stdout"), value.get("stderr"))
            return "\n".join(part for part in parts if isinstance(part, str) and part)
        case list() if text := flattened(value) or _hits(value):
            return text
        case []:
            return ""
    return json_text(value)


def _hits(blocks: list[Any]) -> str:
    """What a server-side search has found."""
    found = []
    for block in blocks:
        match block:
            case {"type": "web_search_result", "title": str(title), "url": str(url)}:
                found.append(f"{title}\n{url}")
    return "\n\n".join(found)


def spoken(text: str) -> str:
    """What a user's record says, as its user typed it or as a terminal showed it."""
    text = unwrapped(text)
    if not text.startswith("<"):
        return text
    if text.startswith(_MARKS):
        return "\n".join(part for name in _OUTPUTS if (part := element(text, name)))
    for mark, kind in (
        (("<command-name>", "<command-message>"), TurnKind.COMMAND),
        ("<bash-input>", TurnKind.SHELL),
        ("<task-notification>", TurnKind.NOTIFICATION),
    ):
        if text.startswith(mark):
            return shown_text(kind, text)
    return text


def json_text(value: Any) -> str:
    """A value as readable JSON."""
    try:
        return msgspec.json.format(msgspec.json.encode(value)).decode()
    except RecursionError:
        return "(nested too deeply)"


def result_body(source: LogSource, text: str, record: Span, pointer: str) -> Body:
    """The output of a tool. Claude Code moves what is too large for the model into a file."""
    if text.lstrip().startswith(_SPILLED) and (found := _SPILL.search(text)):
        name = _base_name(found["path"])
        if name:
            ref = BodyRef(record, pointer, name)
            return Body.of(read_body(source, ref), ref)
    return text_body(text, record, pointer)


def _base_name(path: str) -> str:
    """The last part of a path of any system, if it is a harmless file name."""
    name = PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name
    return name if _PLAIN_NAME.fullmatch(name) else ""


def picture(block: Any, record: Span, pointer: str, at: datetime | None) -> Image | None:
    """The picture or document in a content block."""
    if not isinstance(block, dict) or block.get("type") not in ("image", "document"):
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
    return text_at(record, ref.pointer)


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
    path = folder / SPILLED / name
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as stream:
            return stream.read(_MAX_SPILL).decode("utf-8", errors="replace")
    except OSError:
        return None


def session_folder(source: LogSource, record: dict[str, Any]) -> Path | None:
    """The folder beside a session's transcript, where its larger things lie."""
    path = Path(source.file.path)
    if not agent_id_of(source.file.path):
        return path.with_name(stem_of(source.file.path))
    if source.file.parent_hint:
        return next((up for up in path.parents if up.name == source.file.parent_hint), None)
    session_id = record.get("sessionId")
    if isinstance(session_id, str) and _PLAIN_NAME.fullmatch(session_id):
        return path.with_name(session_id)
    return None
