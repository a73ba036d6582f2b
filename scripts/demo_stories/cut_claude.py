"""Cuts a Claude Code log down to what happened: no prompts of the vendor, no blobs."""

from __future__ import annotations

from typing import Any

from scripts.demo_stories.cut import Record, walked, without

KEPT = frozenset({"user", "assistant", "system", "attachment", "queue-operation", "custom-title"})
KEPT_ATTACHMENTS = frozenset({"queued_command"})
NOISE = frozenset({
    "apiBlockIndex", "effort", "madeBy", "messageCount", "perTurnEffort", "promptCacheRequested",
    "requestRef", "requestedModel", "session_id", "slug", "thinkingDisplay", "toolInputStreamMs",
    "turnOrigin", "turnPosition", "promptSource", "permissionDecision", "delivery_id",
})  # fmt: skip
USAGE_NOISE = frozenset({"iterations", "fallback_credit", "inference_geo"})
SUMMARY_SIGN = "Summary:\n"


def cut(records: list[Record]) -> list[Record]:
    """The records that tell the story, their chain mended where something was cut out."""
    parents: dict[str, str | None] = {}
    kept: list[Record] = []
    last_prompt: Record | None = None
    for record in records:
        if record["type"] == "last-prompt":
            last_prompt = record
        elif _tells(record):
            kept.append(_cut(record))
        elif "uuid" in record:
            parents[record["uuid"]] = record.get("parentUuid")
    for record in kept:
        while record.get("parentUuid") in parents:
            record["parentUuid"] = parents[record["parentUuid"]]
    if last_prompt is not None:
        kept.append(without(last_prompt, {"leafUuid"}))
    return kept


def _tells(record: Record) -> bool:
    if record["type"] not in KEPT:
        return False
    if record["type"] == "attachment":
        return record["attachment"].get("type") in KEPT_ATTACHMENTS
    return not record.get("isMeta") or record["type"] == "system"


def _cut(record: Record) -> Record:
    record = walked(without(record, NOISE))
    message: dict[str, Any] = record.get("message") or {}
    message.pop("stop_details", None)
    if usage := message.get("usage"):
        message["usage"] = without(usage, USAGE_NOISE)
    content = message.get("content")
    if record.get("isCompactSummary") and isinstance(content, str):
        message["content"] = _summary(content)
    result = record.get("toolUseResult")
    if isinstance(result, dict):
        # The patch tells what changed; the whole file before it would only repeat that.
        result.pop("originalFile", None)
        if "agentId" in result and isinstance(content, list):
            _cut_report(result, content)
    return record


def _cut_report(result: dict[str, Any], content: list[Any]) -> None:
    """Leave of an agent's report what the agent said, not how it was handed over."""
    said = [part for part in result.get("content", ()) if not _is_wrapping(part)]
    for key in [key for key in result if key.startswith("harness")]:
        del result[key]
    result["content"] = said
    for block in content:
        block["content"] = said


def _is_wrapping(part: dict[str, Any]) -> bool:
    return str(part.get("text", "")).startswith("<tools-used")


def _summary(content: str) -> str:
    """The model's own words between what the agent puts around them."""
    told = content.partition(SUMMARY_SIGN)[2] or content
    return told.strip().split("\n\nIf you need specific")[0]
