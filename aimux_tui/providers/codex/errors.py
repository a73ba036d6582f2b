"""What went wrong, in the agent's words."""

from __future__ import annotations

from typing import Any

from msgspec import DecodeError
from msgspec.json import decode

from aimux_tui.providers.codex.records import text_of


def error_message(payload: dict[str, Any]) -> str:
    """What an error event, or the error of a task's end, says; never empty."""
    error = payload.get("error")
    if isinstance(error, dict):
        found = text_of(error, "message") or text_of(error, "kind")
    else:
        found = text_of(payload, "message") or (error if isinstance(error, str) else "")
    return _unwrapped(found) or "error"


def _unwrapped(message: str) -> str:
    """Services answer in JSON, which ends up in the message as it came."""
    if not message.startswith("{"):
        return message
    try:
        value = decode(message)
    except (DecodeError, RecursionError, UnicodeEncodeError):
        return message
    error = value.get("error") if isinstance(value, dict) else None
    inner = text_of(error, "message") if isinstance(error, dict) else ""
    return inner or message
