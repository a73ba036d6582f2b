"""The turns of a log, looked up by the bytes of their records."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.model.turn import TurnSummary


class TurnTable:
    """Turns by place. Their spans may interleave, and one record may belong to two of them."""

    def __init__(self, turns: Iterable[TurnSummary]) -> None:
        self.turns = tuple(turns)
        spans = sorted(
            (span.offset, span.end, index)
            for index, turn in enumerate(self.turns)
            for span in turn.spans
        )
        self._starts = [start for start, _, _ in spans]
        self._owners = [(end, index) for _, end, index in spans]
        self._furthest: list[int] = []
        """The furthest end of the spans up to each."""
        furthest = 0
        for _, end, _ in spans:
            furthest = max(furthest, end)
            self._furthest.append(furthest)

    def overlapping(self, start: int, stop: int) -> list[TurnSummary]:
        """The turns with records between these offsets, in the order of the log."""
        found: set[int] = set()
        position = bisect_left(self._starts, stop) - 1
        while position >= 0 and self._furthest[position] > start:
            end, index = self._owners[position]
            if end > start:
                found.add(index)
            position -= 1
        return [self.turns[index] for index in sorted(found)]
