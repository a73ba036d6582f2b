"""Anthropic's Messages API, spoken by the mock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aimux_tui.model.usage import Usage
from tests.e2e.exchange import (
    Answer,
    Asked,
    Event,
    Purpose,
    Tool,
    as_json,
    content_text,
    new_id,
    output_tokens,
    pieces,
)
from tests.e2e.script import Message, Role, Step

SUMMARY_SIGN = "detailed summary of"
"""What an agent asks for when it compacts its context."""
SIGNATURE = "bW9jaw=="


class Anthropic:
    """POST /v1/messages."""

    api = "anthropic"

    def asked(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
        """Read a request."""
        tools = {tool["name"]: Tool(tool["name"]) for tool in body.get("tools", ())}
        messages = [_message(item) for item in body.get("messages", ())]
        output = body.get("output_config") or {}
        schema = (output.get("format") or body.get("output_format") or {}).get("schema")
        return Asked(
            api=self.api,
            model=body.get("model", ""),
            messages=messages,
            parts=_parts(body),
            tools=tools,
            purpose=_purpose(messages, tools, schema),
            is_streamed=bool(body.get("stream")),
            schema=schema,
            cache_life="1h" if '"ttl":"1h"' in as_json(body) else "5m",
        )

    def answer(self, asked: Asked, step: Step, usage: Usage) -> Answer:
        """Say `step`, block by block."""
        message_id = new_id("msg_01", 22)
        blocks = list(_blocks(step))
        head = {"id": message_id, "type": "message", "role": "assistant", "model": asked.model}
        stop = "tool_use" if step.calls else "end_turn"
        counts = _counts(usage)
        document = {
            **head,
            "content": blocks,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": counts,
        }
        return Answer(message_id, list(_stream(head, blocks, stop, counts)), document)

    def failure(self, status: int, type_: str, message: str) -> Mapping[str, Any]:
        """The body of an error."""
        return {"type": "error", "error": {"type": type_, "message": message}}


def usage_of(step: Step, found: int, total: int, life: str) -> Usage:
    """What a request costs: nearly all that was not in the cache is written to it."""
    fresh = total - found
    uncached = min(fresh, 3 + total % 9)
    output, reasoning = output_tokens(step)
    written = fresh - uncached
    return Usage(
        input=uncached,
        cache_read=found,
        cache_write_5m=written if life == "5m" else 0,
        cache_write_1h=written if life == "1h" else 0,
        output=output,
        reasoning=reasoning,
        requests=1,
    )


def _message(item: Mapping[str, Any]) -> Message:
    role: Role = "model" if item.get("role") == "assistant" else "user"
    return Message(role, content_text(item.get("content")))


def _parts(body: Mapping[str, Any]) -> list[str]:
    fixed = as_json([body.get("tools"), _without_marks(body.get("system"))])
    return [fixed, *(as_json(_without_marks(item)) for item in body.get("messages", ()))]


def _without_marks(value: Any) -> Any:
    """The prompt without its cache marks, which wander from request to request."""
    if isinstance(value, dict):
        return {key: _without_marks(item) for key, item in value.items() if key != "cache_control"}
    if isinstance(value, list):
        return [_without_marks(item) for item in value]
    return value


def _purpose(
    messages: Sequence[Message], tools: Mapping[str, Tool], schema: Mapping[str, Any] | None
) -> Purpose:
    if messages and messages[-1].role == "user" and SUMMARY_SIGN in messages[-1].text[-20_000:]:
        return "summary"
    if tools:
        return "turn"
    return "schema" if schema else "title"


def _blocks(step: Step) -> Iterator[dict[str, Any]]:
    if step.thinking or step.thinking_tokens:
        # Tokens without words: the service keeps most reasoning to itself.
        yield {"type": "thinking", "thinking": step.thinking, "signature": SIGNATURE}
    if step.text:
        yield {"type": "text", "text": step.text}
    for item in step.calls:
        tool_id = new_id("toolu_01", 22)
        yield {"type": "tool_use", "id": tool_id, "name": item.tool, "input": dict(item.args)}


def _counts(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write_5m,
            "ephemeral_1h_input_tokens": usage.cache_write_1h,
        },
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        "service_tier": "standard",
    }


def _stream(
    head: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]], stop: str, counts: dict[str, Any]
) -> Iterator[Event]:
    begun = {
        **head,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**counts, "output_tokens": 1},
    }
    yield _event("message_start", message=begun)
    yield _event("ping")
    for index, block in enumerate(blocks):
        yield from _stream_block(index, block)
    delta = {"stop_reason": stop, "stop_sequence": None}
    final = {key: count for key, count in counts.items() if "_tokens" in key}
    yield _event("message_delta", delta=delta, usage=final)
    yield _event("message_stop")


def _stream_block(index: int, block: Mapping[str, Any]) -> Iterator[Event]:
    def start(**empty: Any) -> Event:
        return _event("content_block_start", index=index, content_block={**block, **empty})

    def delta(kind: str, **piece: str) -> Event:
        return _event("content_block_delta", index=index, delta={"type": kind, **piece})

    match block["type"]:
        case "thinking":
            yield start(thinking="", signature="")
            for piece in pieces(block["thinking"]):
                if piece:
                    yield delta("thinking_delta", thinking=piece)
            yield delta("signature_delta", signature=block["signature"])
        case "text":
            yield start(text="")
            for piece in pieces(block["text"]):
                yield delta("text_delta", text=piece)
        case _:
            yield start(input={})
            for piece in pieces(as_json(block["input"]), 64):
                yield delta("input_json_delta", partial_json=piece)
    yield _event("content_block_stop", index=index)


def _event(name: str, **data: Any) -> Event:
    return Event({"type": name, **data}, name, is_delta=name == "content_block_delta")
