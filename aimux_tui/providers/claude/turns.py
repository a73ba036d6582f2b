"""The turns of a log while it is being scanned."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING

from aimux_tui.model.body import Span
from aimux_tui.model.turn import PROMPT_KINDS, TurnKind, TurnState, TurnSummary
from aimux_tui.providers.claude.times import moment

if TYPE_CHECKING:
    from aimux_tui.providers.claude.ledger import Ledger


class OpenTurn:
    """A turn that may still grow."""

    __slots__ = (
        "additions", "agents", "code", "deletions", "duration_ms", "edits", "ended", "failures",
        "first_request", "has_work", "index", "key", "kind", "mark", "run_start", "segment",
        "spans", "started", "state", "summary", "title", "tools",
    )  # fmt: skip

    def __init__(self, index: int, kind: TurnKind, key: str, title: str) -> None:
        self.index = index
        self.code = index * 2
        """How a call that has not failed refers to its turn (see Calls)."""
        self.kind = kind
        self.key = key
        self.title = title
        self.started = self.ended = ""
        self.state = TurnState.RUNNING
        self.first_request = 0
        self.segment = 0
        self.has_work = False
        self.tools: dict[str, int] = {}
        self.failures = self.edits = self.additions = self.deletions = self.agents = 0
        self.duration_ms = 0.0
        self.spans: list[int] = []
        """Start and end of each closed run of lines, sorted."""
        self.run_start = -1
        """Where the run of lines began that is still growing; -1 in a turn that is over."""
        self.mark = 0
        self.summary: TurnSummary | None = None

    def close_run(self, end: int) -> None:
        """The growing run of lines ends before `end`, where a newline stands."""
        if 0 <= self.run_start < end:
            self.spans += (self.run_start, end)
        self.run_start = -1

    def take(self, start: int, end: int) -> None:
        """Take in a line that stands among the lines of another turn; once is enough."""
        spans = self.spans
        place = bisect_right(spans, start)
        # Inside a run there is an odd number of bounds before it.
        if place % 2:
            return
        if place and start - spans[place - 1] == 1:
            spans[place - 1] = end
        else:
            spans[place:place] = (start, end)

    def give(self, start: int, end: int) -> None:
        """Give a line away, which is inside one of the closed runs."""
        place = bisect_right(self.spans, start) - 1
        if place < 0 or place % 2:
            return
        first, last = self.spans[place], self.spans[place + 1]
        left = [first, start - 1] if first < start else []
        right = [end + 1, last] if end < last else []
        self.spans[place : place + 2] = left + right


class TurnBook:
    """Every turn so far, and since when which of them changed."""

    __slots__ = (
        "_changes", "_keys", "_mark", "_snapshot", "_snapshot_mark", "current", "end", "turns",
    )  # fmt: skip

    def __init__(self) -> None:
        self.turns: list[OpenTurn] = []
        self.current: OpenTurn | None = None
        """The turn in which each line stands, unless it is left out."""
        self.end = -1
        """Where the last line ended that was taken in."""
        self._keys: dict[str, int] = {}
        self._mark = 0
        self._changes: list[tuple[int, int]] = []
        """(mark, index): both grow; the first entry behind a mark has the lowest index since."""
        self._snapshot: tuple[TurnSummary, ...] = ()
        self._snapshot_mark = 0

    def tick(self) -> None:
        """Begin a batch of changes; the current turn will be one of them."""
        self._mark += 1
        if self.current is not None:
            self.touch(self.current)

    def touch(self, turn: OpenTurn) -> None:
        """Say that a turn changed."""
        if turn.mark == self._mark:
            return
        turn.mark = self._mark
        turn.summary = None
        changes = self._changes
        while changes and changes[-1][1] >= turn.index:
            changes.pop()
        changes.append((self._mark, turn.index))

    def begin(self, kind: TurnKind, key: str, title: str, start: int) -> OpenTurn:
        """Open the next turn at `start`. `key` may be taken already: lines can be repeated."""
        seen = self._keys.get(key, 0)
        self._keys[key] = seen + 1
        turn = OpenTurn(len(self.turns), kind, f"{key}#{seen + 1}" if seen else key, title)
        if self.current is not None:
            self.current.close_run(start - 1)
            turn.run_start = start
        else:
            # What stands before the first turn is shown with it.
            turn.run_start = 0
        self.turns.append(turn)
        self.current = turn
        turn.mark = -1
        self.touch(turn)
        return turn

    def leave_out(self, start: int, end: int) -> None:
        """A line, or several, that do not belong to the current turn."""
        current = self.current
        if current is not None:
            current.close_run(start - 1)
            current.run_start = end + 1

    def split(self, start: int) -> None:
        """Close the current run of lines before `start`, and go on there."""
        self.leave_out(start, start - 1)

    def owner(self, request: int) -> OpenTurn | None:
        """The turn of a request."""
        place = bisect_right(self.turns, request, key=lambda turn: turn.first_request)
        return self.turns[place - 1] if place else None

    def changed_since(self, mark: int) -> tuple[int, int]:
        """See LogScan."""
        place = bisect_right(self._changes, mark, key=lambda change: change[0])
        if place == len(self._changes):
            return len(self.turns), self._mark
        return self._changes[place][1], self._mark

    def snapshot(self, ledger: Ledger) -> tuple[TurnSummary, ...]:
        """The turns as values; those that did not change are the same objects as before."""
        if self._snapshot_mark == self._mark:
            return self._snapshot
        first, _ = self.changed_since(self._snapshot_mark)
        summaries = list(self._snapshot[:first])
        for turn in self.turns[first:]:
            if turn.summary is None:
                following = turn.index + 1
                end = (
                    self.turns[following].first_request
                    if following < len(self.turns)
                    else len(ledger)
                )
                turn.summary = _summary(turn, ledger, end, self._spans(turn))
            summaries.append(turn.summary)
        self._snapshot = tuple(summaries)
        self._snapshot_mark = self._mark
        return self._snapshot

    def _spans(self, turn: OpenTurn) -> tuple[Span, ...]:
        bounds = turn.spans
        if 0 <= turn.run_start < self.end:
            bounds = [*bounds, turn.run_start, self.end]
        return tuple(
            Span(bounds[place], bounds[place + 1] - bounds[place])
            for place in range(0, len(bounds), 2)
        )


def _summary(turn: OpenTurn, ledger: Ledger, end: int, spans: tuple[Span, ...]) -> TurnSummary:
    first = turn.first_request
    is_only_prompt = not turn.has_work
    return TurnSummary(
        key=turn.key,
        number=turn.index + 1,
        kind=turn.kind,
        title=turn.title,
        started=moment(turn.started),
        ended=None if is_only_prompt and turn.kind in PROMPT_KINDS else moment(turn.ended),
        state=turn.state,
        usage=ledger.usage_of(first, end),
        first_request=first,
        request_count=end - first,
        models=ledger.models_of(first, end),
        tools=tuple(turn.tools.items()),
        failures=turn.failures,
        edits=turn.edits,
        additions=turn.additions,
        deletions=turn.deletions,
        agents=turn.agents,
        segment=turn.segment,
        logged_duration=timedelta(milliseconds=turn.duration_ms) if turn.duration_ms else None,
        spans=spans,
        prompt_only=is_only_prompt,
    )
