"""OpenAI messages: conversations with tools, one a line, as fine-tuning and evaluations take them.

A line is a run of turns that follow each other in one context: a new one begins where turns are not
exported, and where the agent compacted what it had before. What was rewound is left out, and so is
what no model answered.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

from aimux_tui import __version__
from aimux_tui.export.fields import session_annotation_fields, turn_annotation_fields
from aimux_tui.export.jsonl import encode_json
from aimux_tui.model.annotation import Label
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.export.base import ByteSink, ExportContext, Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.turn import Step

_NAME_LIMIT = 64
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
_JSON_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}

Message = dict[str, Any]


class OpenAiExporter:
    """Writes a message at a time; a turn is all that it ever holds."""

    name = "openai"

    def write(self, materials: Iterable[Material], out: ByteSink, context: ExportContext) -> None:
        """Write everything. Raises OSError, SessionError, ExportError."""
        for material in materials:
            _write_session(material, out, context)


def _write_session(material: Material, out: ByteSink, context: ExportContext) -> None:
    conversation = _Conversation(material, out, context)
    with_children: list[ToolCall] = []
    for exported in material.turns():
        conversation.add(exported)
        with_children += [call for call in exported.turn.tool_calls if call.child_key]
    conversation.end()
    # Behind the line of their parent: a line is never within another.
    for call in with_children:
        if (child := material.child_of(call)) is not None:
            with closing(child):
                _write_session(child, out, context)
    for child in material.other_children():
        with closing(child):
            _write_session(child, out, context)


class _Conversation:
    """The line that is being written, if any."""

    def __init__(self, material: Material, out: ByteSink, context: ExportContext) -> None:
        self._material = material
        self._out = out
        self._context = context
        self._is_begun = False
        self._before = (0, 0)
        """Number and segment of the turn before."""
        self._tools: dict[str, dict[str, str]] = {}
        """Tool → its arguments so far, and their types."""
        self._turns: list[dict[str, Any]] = []

    def add(self, exported: ExportedTurn) -> None:
        """One more turn, behind the one before or in a line of its own."""
        summary = exported.turn.summary
        number, segment = self._before
        self._before = (summary.number, summary.segment)
        if summary.number != number + 1 or summary.segment != segment:
            self.end()
        if summary.is_discarded:
            return
        messages = list(_messages(self._material, exported))
        if not self._is_begun and messages and messages[0]["role"] != "user":
            messages = [*_summary(self._material, exported.turn.steps), *messages]
        if not any(message["role"] == "assistant" for message in messages):
            return
        for message in messages:
            self._out.write(b"," if self._is_begun else b'{"messages":[')
            self._out.write(encode_json(message))
            self._is_begun = True
        for call in exported.turn.tool_calls:
            self._note_tool(call)
        annotation = turn_annotation_fields(exported.annotation)
        self._turns.append({"key": summary.key, "number": summary.number, "annotation": annotation})

    def end(self) -> None:
        """Finish the line, if one was begun."""
        if not self._is_begun:
            return
        session = self._material.session
        metadata = {
            "aimux": __version__,
            "created": self._context.created,
            "profile": self._context.profile,
            "session": session.key,
            "parent": session.parent_key or None,
            "models": session.models,
            "annotation": session_annotation_fields(self._material.annotations.session),
            "turns": self._turns,
        }
        if self._tools:
            tools = [_definition(name, given) for name, given in sorted(self._tools.items())]
            self._out.write(b'],"tools":' + encode_json(tools))
        else:
            self._out.write(b"]")
        self._out.write(b',"metadata":' + encode_json(metadata) + b"}\n")
        self._is_begun, self._tools, self._turns = False, {}, []

    def _note_tool(self, call: ToolCall) -> None:
        known = self._tools.setdefault(_tool_name(call), {})
        for name, value in self._material.arguments(call).items():
            known.setdefault(name, _JSON_TYPES.get(type(value), ""))


def _definition(name: str, arguments: dict[str, str]) -> dict[str, Any]:
    """A tool as far as its calls tell: logs do not hold the definitions."""
    properties = {key: {"type": kind} if kind else {} for key, kind in arguments.items()}
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def _messages(material: Material, exported: ExportedTurn) -> Iterator[Message]:
    """What was asked, and each answer of the model with the results of its calls."""
    turn = exported.turn
    if asked := "\n\n".join(_part(material, part) for part in turn.prompt):
        yield {"role": "user", "content": asked}
    annotation = exported.annotation
    is_model = annotation is None or annotation.label not in {Label.BAD, Label.WASTE}
    for index, (words, calls) in enumerate(_answers(turn.steps)):
        # Some logs have no ids of calls.
        keys = [
            call.id or f"call_{turn.summary.number}_{index}_{place}"
            for place, call in enumerate(calls)
        ]
        content = "\n\n".join(material.text(text.body) for text in words)
        message: Message = {"role": "assistant", "content": content or None}
        if calls:
            message["tool_calls"] = [
                _call(material, call, key) for call, key in zip(calls, keys, strict=True)
            ]
        if not is_model:
            message["weight"] = 0
        yield message
        for call, key in zip(calls, keys, strict=True):
            yield {
                "role": "tool",
                "tool_call_id": key,
                "content": material.text(call.output) or call.error or _without_result(call),
            }


def _summary(material: Material, steps: Iterable[Step]) -> Iterator[Message]:
    """What the model was told of the turns before, where the agent compacted them."""
    for step in steps:
        if isinstance(step, Notice) and step.kind is NoticeKind.COMPACTION and step.body:
            yield {"role": "user", "content": material.text(step.body)}
            return


def _answers(steps: Iterable[Step]) -> Iterator[tuple[list[Text], list[ToolCall]]]:
    """Words and calls that came in one answer of the model."""
    words: list[Text] = []
    calls: list[ToolCall] = []
    request = 0
    for step in steps:
        if not isinstance(step, Text | ToolCall):
            continue
        is_other = bool(request and step.request and step.request != request)
        if (words or calls) and (is_other or (isinstance(step, Text) and calls)):
            yield words, calls
            words, calls = [], []
        request = step.request
        if isinstance(step, Text):
            words.append(step)
        else:
            calls.append(step)
    if words or calls:
        yield words, calls


def _part(material: Material, part: Text | Image) -> str:
    if isinstance(part, Text):
        return material.text(part.body)
    return f"[image: {part.media_type}, {part.size} bytes]"


def _call(material: Material, call: ToolCall, key: str) -> dict[str, Any]:
    arguments = encode_json(material.arguments(call)).decode()
    function = {"name": _tool_name(call), "arguments": arguments}
    return {"id": key, "type": "function", "function": function}


def _tool_name(call: ToolCall) -> str:
    """As the API allows names."""
    return _NOT_IN_NAMES.sub("_", call.name)[:_NAME_LIMIT] or "tool"


def _without_result(call: ToolCall) -> str:
    return "" if call.status is ToolStatus.OK else f"[no result: {call.status}]"


EXPORTER = OpenAiExporter()
