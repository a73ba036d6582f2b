"""Which model request each step of a turn came from: the next one that the log tells of."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import ValidationError, convert

from aimux_tui.providers.codex.records import TokenInfo, text_of
from aimux_tui.providers.codex.usage import UNIQUE_ID, UsageLedger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.providers.codex.reading import Line

_RECORD = "token_usage_record"
_THREAD_ID_LENGTH = 36


class RequestFinder:
    """Finds the request that the words at a place in a turn came from.

    Codex writes what a response says while it arrives, and what it used when it has ended. Words
    behind the last such record belong to a response that has not told yet.
    """

    def __init__(self, turn_key: str, path: str) -> None:
        """`path` is that of the log."""
        task_id = turn_key.partition("#")[0]
        self._task_id = task_id if len(task_id) >= UNIQUE_ID else ""
        self._thread_id = Path(path).name.partition(".")[0][-_THREAD_ID_LENGTH:]
        self._ledger: UsageLedger | None = None
        self._has_records = False
        self._offsets: list[int] = []
        """Of the records that tell of a request, in order."""
        self._keys: list[int] = []

    def take(self, lines: Sequence[Line]) -> bool:
        """Take further records. False if they give another meaning to those before."""
        has_records = any(line.envelope == _RECORD for line in lines)
        if self._ledger is None:
            self._ledger = UsageLedger(has_records=has_records)
            self._has_records = has_records
        elif has_records and not self._has_records:
            return False
        for line in lines:
            timestamp = text_of(line.value, "timestamp")
            request = None
            if line.envelope == _RECORD:
                request = self._ledger.take_record(line.payload, timestamp)
            elif line.type == "token_count" and (info := _info_of(line)) is not None:
                request = self._ledger.take_count(info, timestamp, self._task_id, self._thread_id)
            if request is not None:
                self._offsets.append(line.span.offset)
                self._keys.append(request.key)
        return True

    def key_at(self, offset: int) -> int:
        """The key of the request that ended behind `offset`; 0 if none is known."""
        index = bisect_left(self._offsets, offset)
        return self._keys[index] if index < len(self._keys) else 0


def _info_of(line: Line) -> TokenInfo | None:
    try:
        return convert(line.payload.get("info"), TokenInfo | None, strict=False)
    except ValidationError:
        return None
