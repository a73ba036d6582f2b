"""OpenAI's Responses API, spoken by the mock."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
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
from tests.e2e.script import Call, Message, Step

TEXT_KINDS = ("text", "input_text", "output_text")
CACHE_BLOCK = 128
"""The cache of this API counts in blocks."""


class Responses:
    """POST /v1/responses."""

    api = "openai"

    def asked(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
        """Read a request."""
        given = body.get("input")
        items = given if isinstance(given, list) else [{"role": "user", "content": given}]
        schema = ((body.get("text") or {}).get("format") or {}).get("schema")
        fixed = as_json([body.get("tools"), body.get("instructions")])
        return Asked(
            api=self.api,
            model=body.get("model", ""),
            messages=[message for item in items if (message := _message(item)) is not None],
            parts=[fixed, *map(as_json, items)],
            tools=_tools(body, items),
            purpose=_purpose(headers),
            is_streamed=bool(body.get("stream", True)),
            schema=schema,
        )

    def answer(self, asked: Asked, step: Step, usage: Usage) -> Answer:
        """Say `step`, item by item."""
        response_id = new_id("resp_", 32)
        items = list(_items(step, asked.tools))
        head = {
            "id": response_id,
            "object": "response",
            "created_at": int(time.time()),
            "model": asked.model,
        }
        document = {**head, "status": "completed", "output": items, "usage": _counts(usage)}
        return Answer(response_id, list(_stream(head, items, document)), document)

    def failure(self, status: int, type_: str, message: str) -> Mapping[str, Any]:
        """The body of an error."""
        return {"error": {"type": type_, "message": message, "code": None, "param": None}}


def usage_of(step: Step, found: int, total: int) -> Usage:
    """What a request costs; the cache works implicitly, in blocks."""
    output, reasoning = output_tokens(step)
    cached = found - found % CACHE_BLOCK
    return Usage(
        input=total - cached, cache_read=cached, output=output, reasoning=reasoning, requests=1
    )


def _purpose(headers: Mapping[str, str]) -> Purpose:
    """Codex tells in a header what a request is for."""
    try:
        lower = {name.lower(): value for name, value in headers.items()}
        told = json.loads(lower.get("x-codex-turn-metadata") or "{}")
    except ValueError:
        told = {}
    if told.get("thread_source") == "thread_title":
        return "title"
    return "summary" if told.get("request_kind") == "compaction" else "turn"


def _message(item: Mapping[str, Any]) -> Message | None:
    kind = item.get("type", "message")
    match kind:
        case "message":
            role = item.get("role")
            text = content_text(item.get("content"), TEXT_KINDS)
            if role == "assistant":
                return Message("model", text)
            return Message("user" if role == "user" else "system", text)
        case "agent_message":
            # The task of a sub-agent; its text lies where the real service keeps it encrypted.
            return Message("user", as_json(item))
        case "reasoning" | "web_search_call":
            return Message("model", "")
        case _ if kind.endswith("_call"):
            return Message("model", "")
        case _ if kind.endswith("_output"):
            return Message("tool", "")
    return None


def _tools(body: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> dict[str, Tool]:
    """What is offered: by name, also inside a namespace, also handed over in the input."""
    offered = list(body.get("tools") or ())
    for item in items:
        if item.get("type") == "additional_tools":
            offered += item.get("tools", ())
    tools: dict[str, Tool] = {}
    for tool in offered:
        name = tool.get("name") or tool.get("type", "")
        tools[name] = Tool(name, is_raw=tool.get("type") == "custom")
        for inner in tool.get("tools") or ():
            tools[inner["name"]] = Tool(inner["name"], inner.get("type") == "custom", name)
    return tools


def _items(step: Step, tools: Mapping[str, Tool]) -> Iterator[dict[str, Any]]:
    if step.thinking or step.thinking_tokens:
        summary = [{"type": "summary_text", "text": step.thinking}] if step.thinking else []
        yield {
            "type": "reasoning",
            "id": new_id("rs_"),
            "summary": summary,
            "encrypted_content": "bW9jaw==",
        }
    if step.text:
        yield {
            "type": "message",
            "id": new_id("msg_"),
            "role": "assistant",
            "status": "completed",
            "phase": "commentary" if step.calls else "final_answer",
            "content": [{"type": "output_text", "text": step.text, "annotations": []}],
        }
    for item in step.calls:
        yield _call(item, tools.get(item.tool) or Tool(item.tool, item.text is not None))


def _call(item: Call, tool: Tool) -> dict[str, Any]:
    common: dict[str, Any] = {"call_id": new_id("call_"), "name": item.tool, "status": "completed"}
    if tool.namespace:
        common["namespace"] = tool.namespace
    if item.text is not None:
        return {"type": "custom_tool_call", "id": new_id("ctc_"), "input": item.text, **common}
    arguments = as_json(item.args)
    return {"type": "function_call", "id": new_id("fc_"), "arguments": arguments, **common}


def _counts(usage: Usage) -> dict[str, Any]:
    """Here the cached tokens are part of the input, the reasoning is part of the output."""
    given = usage.input + usage.cache_read
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": usage.cache_read},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": given + usage.output,
    }


def _stream(
    head: Mapping[str, Any], items: Sequence[Mapping[str, Any]], document: Mapping[str, Any]
) -> Iterator[Event]:
    numbers = count()

    def event(name: str, *, is_delta: bool = False, **data: Any) -> Event:
        body = {"type": name, "sequence_number": next(numbers), **data}
        return Event(body, name, is_delta)

    begun = {**head, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    for index, item in enumerate(items):
        place = {"item_id": item["id"], "output_index": index}
        match item["type"]:
            case "message":
                empty = {**item, "content": [], "status": "in_progress"}
                yield event("response.output_item.added", output_index=index, item=empty)
                text = item["content"][0]["text"]
                part = {"type": "output_text", "text": "", "annotations": []}
                yield event("response.content_part.added", **place, content_index=0, part=part)
                for piece in pieces(text):
                    name = "response.output_text.delta"
                    yield event(name, is_delta=True, **place, content_index=0, delta=piece)
                yield event("response.output_text.done", **place, content_index=0, text=text)
            case "reasoning":
                empty = {**item, "summary": []}
                yield event("response.output_item.added", output_index=index, item=empty)
                for number, part in enumerate(item["summary"]):
                    named = {**place, "summary_index": number}
                    blank = {**part, "text": ""}
                    yield event("response.reasoning_summary_part.added", **named, part=blank)
                    for piece in pieces(part["text"]):
                        name = "response.reasoning_summary_text.delta"
                        yield event(name, is_delta=True, **named, delta=piece)
                    name = "response.reasoning_summary_text.done"
                    yield event(name, **named, text=part["text"])
            case _:
                begun_item = {**item, "status": "in_progress"}
                yield event("response.output_item.added", output_index=index, item=begun_item)
        yield event("response.output_item.done", output_index=index, item=item)
    yield event("response.completed", response=document)
