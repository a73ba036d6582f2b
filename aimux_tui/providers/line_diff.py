"""Which lines changed between two texts, found in bounded time whatever the texts are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LINES = 40_000
"""Above this many lines left after trimming, the middle counts as one replacement."""

MAX_STEPS = 100_000
"""Work one comparison may spend on exact alignment; what is left then is replaced as a block."""


class Change(NamedTuple):
    """Lines `old_start:old_end` became lines `new_start:new_end` (counted from 0)."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """What turns `before` into `after`, in order, never touching each other.

    Common ends are trimmed, lines that occur once on both sides anchor the rest, and the gaps are
    aligned exactly (Myers) while the budget lasts.
    """
    return _Comparison(before, after).run()


class _Comparison:
    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        ids: dict[str, int] = {}
        self._old = [ids.setdefault(line, len(ids)) for line in before]
        self._new = [ids.setdefault(line, len(ids)) for line in after]
        self._steps_left = MAX_STEPS
        self._found: list[Change] = []

    def run(self) -> list[Change]:
        gap = self._trimmed(Change(0, len(self._old), 0, len(self._new)))
        if gap.old_end - gap.old_start + gap.new_end - gap.new_start > MAX_LINES:
            return [gap]
        self._compare(gap)
        return self._merged()

    def _trimmed(self, gap: Change) -> Change:
        old, new = self._old, self._new
        i, i_end, j, j_end = gap
        while i < i_end and j < j_end and old[i] == new[j]:
            i += 1
            j += 1
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end -= 1
            j_end -= 1
        return Change(i, i_end, j, j_end)

    def _compare(self, gap: Change) -> None:
        if gap.old_start == gap.old_end or gap.new_start == gap.new_end:
            if gap.old_end - gap.old_start or gap.new_end - gap.new_start:
                self._found.append(gap)
            return
        i, j = gap.old_start, gap.new_start
        for anchor_i, anchor_j in [*self._anchors(gap), (gap.old_end, gap.new_end)]:
            self._align(self._trimmed(Change(i, anchor_i, j, anchor_j)))
            i, j = anchor_i + 1, anchor_j + 1

    def _anchors(self, gap: Change) -> list[tuple[int, int]]:
        """Pairs of lines that occur once on each side, as many as keep their order on both."""
        old = self._old[gap.old_start : gap.old_end]
        new = self._new[gap.new_start : gap.new_end]
        old_counts, new_counts = Counter(old), Counter(new)
        places = {line: j for j, line in enumerate(new, gap.new_start) if new_counts[line] == 1}
        pairs = [
            (i, places[line])
            for i, line in enumerate(old, gap.old_start)
            if old_counts[line] == 1 and line in places
        ]
        return _longest_increasing(pairs)

    def _align(self, gap: Change) -> None:
        """Add the changes inside a gap that has no anchors, exactly if the budget allows."""
        if gap.old_start == gap.old_end and gap.new_start == gap.new_end:
            return
        if gap.old_start == gap.old_end or gap.new_start == gap.new_end:
            self._found.append(gap)
            return
        found, steps = _myers(
            self._old[gap.old_start : gap.old_end],
            self._new[gap.new_start : gap.new_end],
            self._steps_left,
        )
        self._steps_left -= steps
        if found is None:
            self._found.append(gap)
            return
        for part in found:
            self._found.append(
                Change(
                    part.old_start + gap.old_start,
                    part.old_end + gap.old_start,
                    part.new_start + gap.new_start,
                    part.new_end + gap.new_start,
                )
            )

    def _merged(self) -> list[Change]:
        merged: list[Change] = []
        for change in self._found:
            if merged and merged[-1].old_end == change.old_start:
                last = merged[-1]
                if last.new_end == change.new_start:
                    merged[-1] = last._replace(old_end=change.old_end, new_end=change.new_end)
                    continue
            merged.append(change)
        return merged


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs (sorted by their first) whose seconds grow, too."""
    tails: list[int] = []
    tail_at: list[int] = []
    previous: list[int] = []
    for index, (_, second) in enumerate(pairs):
        place = bisect_left(tails, second)
        previous.append(tail_at[place - 1] if place else -1)
        tails[place : place + 1] = [second]
        tail_at[place : place + 1] = [index]
    chain = []
    index = tail_at[-1] if tail_at else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _myers(old: list[int], new: list[int], budget: int) -> tuple[list[Change] | None, int]:
    """(the shortest edit script or None when it would cost more than `budget`, steps spent)."""
    furthest = {1: 0}
    history: list[dict[int, int]] = []
    steps = 0
    for distance in range(len(old) + len(new) + 1):
        # The history costs a copy of the frontier, so it counts as work, too.
        steps += 2 * distance + 1
        if steps > budget:
            return None, min(steps, budget)
        history.append(furthest.copy())
        for diagonal in range(-distance, distance + 1, 2):
            if diagonal == -distance or (
                diagonal != distance
                and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            ):
                i = furthest.get(diagonal + 1, 0)
            else:
                i = furthest.get(diagonal - 1, 0) + 1
            j = i - diagonal
            begin = i
            while i < len(old) and j < len(new) and old[i] == new[j]:
                i += 1
                j += 1
            steps += i - begin
            furthest[diagonal] = i
            if i >= len(old) and j >= len(new):
                return _script(history, len(old), len(new)), steps
    return None, steps


def _script(history: list[dict[int, int]], i: int, j: int) -> list[Change]:
    """Walk the frontiers back from the end; each step is one inserted or deleted line."""
    found: list[Change] = []
    for distance in range(len(history) - 1, 0, -1):
        furthest = history[distance]
        diagonal = i - j
        if diagonal == -distance or (
            diagonal != distance and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        ):
            came_from = diagonal + 1
        else:
            came_from = diagonal - 1
        old_i = furthest[came_from]
        old_j = old_i - came_from
        if came_from > diagonal:
            found.append(Change(old_i, old_i, old_j, old_j + 1))
        else:
            found.append(Change(old_i, old_i + 1, old_j, old_j))
        i, j = old_i, old_j
    return found[::-1]
