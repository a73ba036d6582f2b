"""The texts of the records of a Codex rollout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aimux_tui.model.passage import Passage, PassageKind
from aimux_tui.providers.argument_texts import argument_passages, texts_in
from aimux_tui.providers.codex.documents import objects_in
from aimux_tui.providers.codex.messages import AgentMessage
from aimux_tui.providers.codex.outputs import read_output
from aimux_tui.providers.codex.prompts import content_texts, injection_of, split_request
from aimux_tui.providers.codex.records import list_of, mapping_of, payload_in, text_of
from aimux_tui.providers.codex.toolcalls import UNNAMED, arguments_of, patch_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = re.compile(r"^\*\*\* (?:(?:Add|Delete|Update) File|Move to): (.*?)\r?$", re.MULTILINE)
_CALLS = frozenset({"function_call", "custom_tool_call", *UNNAMED})
_SAID = {
    "agent_message": "message",
    "agent_reasoning": "text",
    "agent_reasoning_raw_content": "text",
}
_NOTICES = frozenset(
    {
        "error",
        "stream_error",
        "warning",
        "guardian_warning",
        "background_event",
        "deprecation_notice",
        "thread_name_updated",
        "thread_goal_updated",
        "entered_review_mode",
        "exited_review_mode",
        "compacted",
    }
)
_COMMANDS = frozenset({"CommandExecution", "McpToolCall", "exec_command_end", "mcp_tool_call_end"})


def passages(data: bytes, *, is_document: bool) -> Iterator[Passage]:
    """The texts of a record, or of a run of objects in a document."""
    if not is_document:
        yield from _passages(payload_in(data))
        return
    for _, line in objects_in(data):
        yield from _passages(payload_in(line))


def _passages(payload: dict[str, Any]) -> Iterator[Passage]:
    kind = text_of(payload, "type")
    if kind == "message":
        yield from _message(payload)
    elif kind == "reasoning":
        for name in ("summary", "content"):
            for part in list_of(payload, name):
                text = part.get("text") if isinstance(part, dict) else None
                if isinstance(text, str):
                    yield Passage(PassageKind.THINKING, text)
    elif kind in _CALLS:
        yield from _call(payload)
    elif kind.endswith("_output"):
        text = read_output(payload.get("output")).text
        yield Passage(PassageKind.OUTPUT, text, text_of(payload, "call_id"))
    elif kind == "user_message":
        yield from _typed(text_of(payload, "message"))
    elif kind in _SAID:
        yield _said(kind, payload)
    elif kind == "item_completed":
        yield from _item(mapping_of(payload, "item"))
    elif kind.startswith("patch_apply"):
        yield from _changed(payload)
    elif kind in _COMMANDS:
        yield from _ran(payload, text_of(payload, "call_id"))
    elif kind in _NOTICES or (not kind and "message" in payload):
        for text in texts_in({name: payload[name] for name in payload if name != "type"}):
            yield Passage(PassageKind.NOTICE, text)


def _said(kind: str, payload: dict[str, Any]) -> Passage:
    """An event that repeats what the model said or thought, or what another agent told it."""
    if kind != "agent_message":
        return Passage(PassageKind.THINKING, text_of(payload, _SAID[kind]))
    if "content" in payload:
        return Passage(PassageKind.NOTICE, AgentMessage.of(payload).text)
    return Passage(PassageKind.RESPONSE, text_of(payload, _SAID[kind]))


def _message(payload: dict[str, Any]) -> Iterator[Passage]:
    role = text_of(payload, "role")
    for _, text in content_texts(payload):
        if role == "assistant":
            yield Passage(PassageKind.RESPONSE, text)
        elif role == "user" and injection_of(text) is None:
            yield from _typed(text)
        else:
            yield Passage(PassageKind.NOTICE, text)


def _typed(text: str) -> Iterator[Passage]:
    """What was typed, and the context that an editor put before it."""
    typed, context = split_request(text)
    yield Passage(PassageKind.PROMPT, typed.strip("\n"))
    if context:
        yield Passage(PassageKind.NOTICE, context)


def _call(payload: dict[str, Any]) -> Iterator[Passage]:
    call_id = text_of(payload, "call_id")
    patch = patch_of(payload)
    if not patch:
        yield from argument_passages(arguments_of(payload), call_id, is_edit=False)
        return
    yield Passage(PassageKind.EDIT, patch, call_id)
    for path in _FILE.findall(patch):
        yield Passage(PassageKind.PATH, path.strip(), call_id)
    for text in texts_in(arguments_of(payload)):
        if text != patch:
            yield Passage(PassageKind.INPUT, text, call_id)


def _item(item: dict[str, Any]) -> Iterator[Passage]:
    """A finished item, as late versions tell of them beside the records of the conversation."""
    texts = [text for _, text in content_texts(item)]
    item_id = text_of(item, "id")
    match text_of(item, "type"):
        case "UserMessage":
            yield from _typed("\n".join(texts))
        case "AgentMessage":
            yield Passage(PassageKind.RESPONSE, "\n".join(texts))
        case "Plan":
            yield Passage(PassageKind.RESPONSE, text_of(item, "text"))
        case "Reasoning":
            for text in list_of(item, "summary_text"):
                if isinstance(text, str):
                    yield Passage(PassageKind.THINKING, text)
        case "FileChange":
            yield from _changed(item)
        case kind if kind in _COMMANDS:
            yield from _ran(item, item_id)


def _changed(fields: dict[str, Any]) -> Iterator[Passage]:
    """The files that a patch has changed."""
    call_id = text_of(fields, "call_id") or text_of(fields, "id")
    changes = fields.get("changes")
    named = changes.items() if isinstance(changes, dict) else ()
    listed = changes if isinstance(changes, list) else ()
    for path, change in (*named, *((text_of(c, "path"), c) for c in listed if isinstance(c, dict))):
        yield Passage(PassageKind.PATH, path, call_id)
        moved = text_of(change, "move_path") if isinstance(change, dict) else ""
        if moved:
            yield Passage(PassageKind.PATH, moved, call_id)


def _ran(fields: dict[str, Any], call_id: str) -> Iterator[Passage]:
    """A command that a script ran, and what it printed."""
    for text in texts_in([fields.get("command"), fields.get("arguments")]):
        yield Passage(PassageKind.INPUT, text, call_id)
    for text in texts_in([fields.get("aggregated_output"), fields.get("result")]):
        yield Passage(PassageKind.OUTPUT, text, call_id)
