"""By which attributes a record belongs to a session, a prompt, a request, a tool call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.telemetry import JoinKeys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SESSION_KEYS = (
    "session.id",
    "gen_ai.conversation.id",
    "conversation.id",
    "ai.telemetry.metadata.sessionId",
)
"""In the order in which they count."""
CODEX_SESSION_KEYS = ("conversation.id",)
"""Codex uses `session.id` for something of its own inside."""
_PROMPT_KEYS = ("prompt.id", "prompt_id", "qwen-code.prompt_id", "turn.id", "turn_id")
_REQUEST_KEYS = ("request_id", "gen_ai.response.id", "response_id", "ai.response.id")
_TOOL_CALL_KEYS = (
    "tool_use_id",
    "call_id",
    "gen_ai.tool.call.id",
    "gen_ai.tool.call_id",
    "tool.call_id",
    "ai.toolCall.id",
)
_AGENT_KEYS = ("agent_id", "qwen-code.subagent.id", "gen_ai.agent.id")
_MESSAGE_KEYS = ("message.uuid", "message.id")


def session_keys(service: str) -> tuple[str, ...]:
    """The attributes that may hold a session's id in what this service sends."""
    return CODEX_SESSION_KEYS if service.startswith("codex") else SESSION_KEYS


def join_keys(attributes: Mapping[str, Any], service: str) -> JoinKeys:
    """The ids in a record's attributes."""
    return JoinKeys(
        session=_first(attributes, session_keys(service)),
        prompt=_first(attributes, _PROMPT_KEYS),
        request=_first(attributes, _REQUEST_KEYS),
        tool_call=_first(attributes, _TOOL_CALL_KEYS),
        agent=_first(attributes, _AGENT_KEYS),
        message=_first(attributes, _MESSAGE_KEYS),
    )


def _first(attributes: Mapping[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str) and value:
            return value
    return ""
