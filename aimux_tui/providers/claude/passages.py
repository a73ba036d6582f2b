"""The texts of one record of a Claude Code log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui.model.passage import Passage, PassageKind
from aimux_tui.providers.argument_texts import argument_passages, texts_in
from aimux_tui.providers.claude.bodies import spoken, text_of_value
from aimux_tui.providers.claude.vocabulary import CALL_BLOCKS, MACHINE_ATTACHMENTS
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from collections.abc import Iterator

_EDITING = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit"})
_PRINTED = ("<local-command-std", "<bash-std")


class _Record(msgspec.Struct, rename="camel"):
    """What a search reads of a record: not its envelope, nor the twins of results."""

    type: Any = None
    subtype: Any = None
    message: Any = None
    attachment: Any = None
    content: Any = None
    error: Any = None
    is_meta: Any = None
    is_compact_summary: Any = None


_decode = msgspec.json.Decoder(_Record).decode
_ODD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def passages(data: bytes) -> Iterator[Passage]:
    """The texts of a record; none if it cannot be read."""
    try:
        record = _decode(data)
    except _ODD:
        try:
            record = msgspec.convert(decode_object(clean(data)), _Record)
        except (BadLineError, msgspec.ValidationError):
            return
    match record.type:
        case "assistant":
            yield from _answer(_content(record.message))
        case "user":
            yield from _said(record, data)
        case "attachment":
            yield from _attached(record.attachment)
        case "system":
            if record.subtype == "local_command":
                yield from _words(record.content, PassageKind.NOTICE)
            elif record.subtype != "turn_duration":
                for value in (record.content, record.error):
                    for text in texts_in(value):
                        yield Passage(PassageKind.NOTICE, text)
        case "queue-operation":
            for text in texts_in(record.content):
                yield from _words(text, PassageKind.NOTICE)


def _content(message: Any) -> Any:
    return message.get("content") if isinstance(message, dict) else None


def _answer(content: Any) -> Iterator[Passage]:
    if isinstance(content, str):
        yield Passage(PassageKind.RESPONSE, content)
        return
    for block in content if isinstance(content, list) else ():
        if not isinstance(block, dict):
            continue
        kind = block.get("type")
        if kind == "text":
            yield from _text(block, "text", PassageKind.RESPONSE)
        elif kind == "thinking":
            yield from _text(block, "thinking", PassageKind.THINKING)
        elif kind in CALL_BLOCKS:
            is_edit = block.get("name") in _EDITING
            yield from argument_passages(block.get("input"), _id(block, "id"), is_edit=is_edit)
        elif block.get("tool_use_id"):
            yield from _output(block)


def _said(record: _Record, data: bytes) -> Iterator[Passage]:
    """A user record: what somebody typed, what a tool returned, what the machine put in."""
    content = _content(record.message)
    is_machine = bool(record.is_meta or record.is_compact_summary)
    kind = PassageKind.NOTICE if is_machine else PassageKind.PROMPT
    if isinstance(content, str):
        yield from _words(content, kind)
        return
    items = content if isinstance(content, list) else []
    blocks = [item for item in items if isinstance(item, dict)]
    results = [block for block in blocks if block.get("type") == "tool_result"]
    for block in blocks:
        if block.get("type") == "text":
            yield from _words(block.get("text"), PassageKind.NOTICE if results else kind)
    for block in results:
        if text := text_of_value(block.get("content")):
            yield Passage(PassageKind.OUTPUT, text, _id(block, "tool_use_id"))
        elif b'"toolUseResult"' in data:
            yield from _printed(data, _id(block, "tool_use_id"))


def _printed(data: bytes, call_id: str) -> Iterator[Passage]:
    """What a command printed, where the model was told nothing."""
    try:
        twin = decode_object(clean(data)).get("toolUseResult")
    except BadLineError:
        return
    if isinstance(twin, dict) and ("stdout" in twin or "stderr" in twin):
        yield Passage(PassageKind.OUTPUT, text_of_value(twin), call_id)


def _attached(attachment: Any) -> Iterator[Passage]:
    if not isinstance(attachment, dict):
        return
    kind = attachment.get("type")
    if kind == "queued_command":
        prompt = attachment.get("prompt")
        for text in texts_in(prompt) if not isinstance(prompt, str) else (spoken(prompt),):
            yield Passage(PassageKind.PROMPT, text)
    elif kind not in MACHINE_ATTACHMENTS and kind != "hook_success":
        for name, value in attachment.items():
            for text in texts_in(value) if name != "type" else ():
                yield Passage(PassageKind.NOTICE, text)


def _words(text: Any, kind: PassageKind) -> Iterator[Passage]:
    """A user's words without the mark-up around them."""
    if not isinstance(text, str) or not text:
        return
    if text.startswith(_PRINTED):
        kind = PassageKind.OUTPUT
    yield Passage(kind, spoken(text))


def _text(block: dict[str, Any], name: str, kind: PassageKind) -> Iterator[Passage]:
    text = block.get(name)
    if isinstance(text, str) and text:
        yield Passage(kind, text)


def _output(block: dict[str, Any]) -> Iterator[Passage]:
    if text := text_of_value(block.get("content")):
        yield Passage(PassageKind.OUTPUT, text, _id(block, "tool_use_id"))


def _id(block: dict[str, Any], name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) else ""
