"""Cuts a Gemini CLI log: no session context, no wrappings that only the model is to see."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from scripts.demo_stories.cut import Record, walked

OBJECTIVE = re.compile(r"<objective>\s*(.*?)\s*</objective>", re.DOTALL)
WRAPPING = re.compile(r"</?untrusted_context>\n?")
PROJECT_HASH = hashlib.sha256(b"/home/dev/shop").hexdigest()


def cut(records: list[Record]) -> list[Record]:
    """The records that tell the story."""
    kept: list[Record] = []
    for record in records:
        change = record.get("$set")
        if isinstance(change, dict) and "messages" in change:
            change["messages"] = [item for item in change["messages"] if not _is_context(item)]
            if not change["messages"] and len(change) == 1:
                continue
        if "projectHash" in record:
            record["projectHash"] = PROJECT_HASH
        kept.append(_plain(walked(record)))
    return kept


def _is_context(message: Record) -> bool:
    content = message.get("content")
    return isinstance(content, list) and any(
        str(part.get("text", "")).startswith("<session_context>") for part in content
    )


def _plain(value: Any) -> Any:
    match value:
        case dict():
            plain = {key: _plain(item) for key, item in value.items()}
            if plain.get("name") == "complete_task" and "description" in plain:
                # What stands here is the instruction of the tool, not of this call.
                plain["description"] = "Complete Task"
            return plain
        case list():
            return [_plain(item) for item in value]
        case str():
            found = OBJECTIVE.search(value)
            return found[1] if found else WRAPPING.sub("", value)
    return value
