"""The texts of one message, or of one change of messages, of a Gemini log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.passage import Passage, PassageKind
from aimux_tui.model.tools import ToolKind
from aimux_tui.providers.argument_texts import argument_passages
from aimux_tui.providers.gemini.records import decode_raw, decode_record
from aimux_tui.providers.gemini.texts import (
    content_text,
    display_text,
    parts_of,
    response_text,
    result_output,
    thought_text,
)
from aimux_tui.providers.gemini.toolcalls import kind_of
from aimux_tui.providers.jsonl import BadLineError, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.providers.gemini.records import LoggedCall, Patch, Record

_KINDS = {"user": PassageKind.PROMPT, "gemini": PassageKind.RESPONSE}
_EDITING = frozenset({ToolKind.EDIT, ToolKind.WRITE})


def passages(data: bytes) -> Iterator[Passage]:
    """The texts of a record; none if it cannot be read."""
    try:
        record = decode_record(clean(data))
    except BadLineError:
        return
    if record.patch is not None:
        yield from _changed(record.patch)
    else:
        yield from _message(record)


def _message(record: Record) -> Iterator[Passage]:
    kind = _KINDS.get(record.type or "", PassageKind.NOTICE)
    for content in (record.display_content, record.content):
        if text := content_text(content):
            yield Passage(kind, text)
            break
    thoughts = decode_raw(record.thoughts)
    for thought in thoughts if isinstance(thoughts, list) else ():
        if text := thought_text(thought):
            yield Passage(PassageKind.THINKING, text)
    for call in record.tool_calls or ():
        yield from _call(call)
    for part in parts_of(record.content):
        if part.thought and part.text:
            yield Passage(PassageKind.THINKING, part.text)
        if part.function_call is not None and not record.tool_calls:
            wanted = part.function_call
            yield from _arguments(wanted.name or "", decode_raw(wanted.args), wanted.id or "")
        if part.function_response is not None:
            answer = part.function_response
            yield Passage(PassageKind.OUTPUT, response_text(answer), answer.id or "")


def _changed(patch: Patch) -> Iterator[Passage]:
    for part in (patch, *(patch.updates or ())):
        for call in part.tool_calls or ():
            yield from _call(call)


def _call(call: LoggedCall) -> Iterator[Passage]:
    name, call_id = call.name or "", call.id or ""
    yield from _arguments(name, decode_raw(call.args), call_id)
    outputs = (
        result_output(name, decode_raw(call.result)),
        display_text(decode_raw(call.result_display)),
    )
    for text in dict.fromkeys(outputs):
        if text:
            yield Passage(PassageKind.OUTPUT, text, call_id)


def _arguments(name: str, arguments: Any, call_id: str) -> Iterator[Passage]:
    yield from argument_passages(arguments, call_id, is_edit=kind_of(name) in _EDITING)
