"""Cuts a Codex rollout: no instructions, no tool descriptions, no dumps of the surroundings."""

from __future__ import annotations

from typing import Any

from scripts.demo_stories.cut import Record, only, walked, without

DROPPED_ITEMS = frozenset({"additional_tools"})
DROPPED_TYPES = frozenset({"world_state"})
META = (
    "id", "session_id", "forked_from_id", "parent_thread_id", "timestamp", "cwd", "originator",
    "cli_version", "source", "thread_source", "agent_nickname", "agent_role", "agent_path", "git",
    "history_mode", "subagent_history_start_ordinal", "model_provider",
)  # fmt: skip
CONTEXT = (
    "turn_id", "root_turn_id", "cwd", "approval_policy", "sandbox_policy", "model", "effort",
    "summary",
)  # fmt: skip
SETTINGS = ("model", "service_tier", "reasoning_effort", "cwd", "approval_policy")
COMPACTED = ("message", "window_number", "first_window_id", "previous_window_id", "window_id")
NOISE = frozenset({"internal_chat_message_metadata_passthrough", "turn_attribution", "trace_id"})
HISTORY_START = "subagent_history_start_ordinal"


def cut(records: list[Record]) -> list[Record]:
    """The records that tell the story, numbered anew."""
    kept = [record for record in records if _tells(record)]
    first = next((record["payload"].get(HISTORY_START) for record in kept), None)
    result = [
        walked({**without(record, {"metadata"}), "payload": _payload(record)}) for record in kept
    ]
    if first is not None:
        before = sum(record["ordinal"] < int(first) for record in kept)
        result[0]["payload"][HISTORY_START] = before
    for number, record in enumerate(result):
        if "ordinal" in record:
            record["ordinal"] = number
    return result


def _tells(record: Record) -> bool:
    payload = record["payload"]
    if record["type"] in DROPPED_TYPES or payload.get("type") in DROPPED_ITEMS:
        return False
    if payload.get("type") != "message":
        return True
    return payload.get("role") != "developer" and not _text(payload).startswith("<")


def _text(payload: dict[str, Any]) -> str:
    content = payload.get("content") or [{}]
    return str(content[0].get("text", ""))


def _payload(record: Record) -> dict[str, Any]:
    payload = without(record["payload"], NOISE)
    match record["type"]:
        case "session_meta":
            return {**only(payload, META), "model_provider": "openai"}
        case "turn_context":
            return only(payload, CONTEXT)
        case "compacted":
            message = payload["message"].partition("<summary>")[2].partition("</summary>")[0]
            return {**only(payload, COMPACTED), "message": message.strip()}
    if payload.get("type") == "thread_settings_applied":
        payload["thread_settings"] = only(payload["thread_settings"], SETTINGS)
    return payload
