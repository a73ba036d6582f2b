"""Chat messages in the shape of OpenTelemetry's GenAI conventions, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

Message = dict[str, Any]


def text_message(role: str, *texts: str) -> Message:
    """What somebody said. Reasoning never stands here: viewers refuse messages that hold it."""
    return {"role": role, "parts": [{"type": "text", "content": text} for text in texts]}


def tool_results(results: list[tuple[str, str]]) -> Message:
    """What tools answered: (call id, text)."""
    parts = [{"type": "tool_call_response", "id": key, "response": text} for key, text in results]
    return {"role": "tool", "parts": parts}


def answer(texts: list[str], calls: list[tuple[str, str, Any]]) -> Message:
    """What the model said and which tools it called: (call id, name, arguments)."""
    parts: list[dict[str, Any]] = [{"type": "text", "content": text} for text in texts]
    parts += [
        {"type": "tool_call", "id": key, "name": name, "arguments": arguments}
        for key, name, arguments in calls
    ]
    reason = "tool_call" if calls else "stop"
    return {"role": "assistant", "parts": parts, "finish_reason": reason}


def as_json(value: Any) -> str:
    """A value as JSON, whatever halves of characters are in it."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(value)).decode()


def chat_inputs(text: str) -> str:
    """A prompt as MLflow shows it without quotes."""
    return as_json({"messages": [{"role": "user", "content": text}]})


def chat_outputs(text: str) -> str:
    """An answer as MLflow shows it without quotes."""
    return as_json({"choices": [{"message": {"role": "assistant", "content": text}}]})


def clean(text: str) -> str:
    """Text that UTF-8 can hold and databases take: no halves of characters, no zeros."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(str(key)): _cleaned(item) for key, item in value.items()}
        case list() | tuple():
            return [_cleaned(item) for item in value]
    return value
