"""Google's Gemini API, spoken by the mock."""

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
    new_id,
    output_tokens,
    pieces,
)
from tests.e2e.script import Message, Role, Step


class Gemini:
    """POST /v1beta/models/MODEL:streamGenerateContent and :generateContent."""

    api = "gemini"

    def asked(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
        """Read a request."""
        model, _, verb = path.rsplit("/", 1)[-1].partition(":")
        tools = {
            declared["name"]: Tool(declared["name"])
            for group in body.get("tools") or ()
            for declared in group.get("functionDeclarations", ())
        }
        contents = body.get("contents") or ()
        settings = body.get("generationConfig") or {}
        schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
        purpose: Purpose = "schema" if schema else "turn" if tools else "summary"
        fixed = as_json([body.get("tools"), body.get("systemInstruction")])
        return Asked(
            api=self.api,
            model=model,
            messages=[_message(item) for item in contents],
            parts=[fixed, *map(as_json, contents)],
            tools=tools,
            purpose=purpose,
            is_streamed=verb.startswith("stream"),
            schema=schema,
        )

    def answer(self, asked: Asked, step: Step, usage: Usage) -> Answer:
        """Say `step`, part by part."""
        response_id = new_id("", 22)
        counts = _counts(usage)
        parts = list(_parts(step))

        def chunk(parts: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
            candidate = {"content": {"role": "model", "parts": parts}, "index": 0, **more}
            head = {"modelVersion": asked.model, "responseId": response_id}
            return {"candidates": [candidate], **head}

        events = [Event(chunk([part]), is_delta=True) for part in _streamed(parts)]
        events.append(
            Event({**chunk([{"text": ""}], finishReason="STOP"), "usageMetadata": counts})
        )
        document = {**chunk(parts, finishReason="STOP"), "usageMetadata": counts}
        return Answer(response_id, events, document)

    def failure(self, status: int, type_: str, message: str) -> Mapping[str, Any]:
        """The body of an error."""
        return {"error": {"code": status, "message": message, "status": type_}}


def usage_of(step: Step, found: int, total: int) -> Usage:
    """What a request costs; the cache works implicitly and is not billed for writing."""
    output, reasoning = output_tokens(step)
    return Usage(
        input=total - found, cache_read=found, output=output, reasoning=reasoning, requests=1
    )


def _message(item: Mapping[str, Any]) -> Message:
    parts = item.get("parts") or ()
    text = "\n".join(part.get("text", "") for part in parts if not part.get("thought"))
    role: Role = "user"
    if item.get("role") == "model":
        role = "model"
    elif any("functionResponse" in part for part in parts):
        role = "tool"
    return Message(role, text)


def _parts(step: Step) -> Iterator[dict[str, Any]]:
    if step.thinking:
        yield {"text": step.thinking, "thought": True}
    if step.text:
        yield {"text": step.text}
    for item in step.calls:
        made = {"id": new_id("call-", 12), "name": item.tool, "args": dict(item.args)}
        yield {"functionCall": made, "thoughtSignature": "bW9jaw=="}


def _streamed(parts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for part in parts:
        if "text" in part and not part.get("thought"):
            for piece in pieces(part["text"]):
                yield {"text": piece}
        else:
            yield part


def _counts(usage: Usage) -> dict[str, Any]:
    """Here the cached tokens are part of the prompt, and thoughts are no part of the answer."""
    prompt = usage.input + usage.cache_read
    return {
        "promptTokenCount": prompt,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "thoughtsTokenCount": usage.reasoning,
        "cachedContentTokenCount": usage.cache_read,
        "totalTokenCount": prompt + usage.output,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
    }
