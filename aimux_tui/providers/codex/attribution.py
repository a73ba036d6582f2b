"""Which model request each step of a turn came from: the next one that the log tells of."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import ValidationError, convert
from msgspec.structs import replace

from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Text, Thinking
from aimux_tui.providers.codex.records import TokenInfo, text_of
from aimux_tui.providers.codex.usage import UNIQUE_ID, UsageLedger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.turn import Step, Turn
    from aimux_tui.providers.codex.reading import Line

_RECORD = "token_usage_record"
_THREAD_ID_LENGTH = 36


def with_requests(turn: Turn, lines: Sequence[Line], path: str) -> Turn:
    """The turn with the keys of its steps' requests; `lines` are its records in the log at `path`.

    Codex writes what a response says while it arrives, and what it used when it has ended. Words
    behind the last such record belong to a response that never told.
    """
    ends = _ends(lines, turn.summary.key, path)
    offsets = [offset for offset, _ in ends]
    found: list[Step] = []
    for step in turn.steps:
        if isinstance(step, Text | Thinking | ToolCall) and step.record is not None:
            index = bisect_left(offsets, step.record.offset)
            if index < len(ends):
                found.append(replace(step, request=ends[index][1]))
                continue
        found.append(step)
    return replace(turn, steps=tuple(found))


def _ends(lines: Sequence[Line], turn_key: str, path: str) -> list[tuple[int, int]]:
    """(offset of the record that tells of a request, the request's key), in order."""
    ledger = UsageLedger(has_records=any(line.envelope == _RECORD for line in lines))
    task_id = turn_key.partition("#")[0]
    task_id = task_id if len(task_id) >= UNIQUE_ID else ""
    thread_id = Path(path).name.partition(".")[0][-_THREAD_ID_LENGTH:]
    ends = []
    for line in lines:
        timestamp = text_of(line.value, "timestamp")
        request = None
        if line.envelope == _RECORD:
            request = ledger.take_record(line.payload, timestamp)
        elif line.type == "token_count" and (info := _info_of(line)) is not None:
            request = ledger.take_count(info, timestamp, task_id, thread_id)
        if request is not None:
            ends.append((line.span.offset, request.key))
    return ends


def _info_of(line: Line) -> TokenInfo | None:
    try:
        return convert(line.payload.get("info"), TokenInfo | None, strict=False)
    except ValidationError:
        return None
