"""The turns of a scan as they grow, and the frozen summaries made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aimux_tui.model.body import Span
from aimux_tui.model.turn import TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Usage

if TYPE_CHECKING:
    from aimux_tui.model.usage import Request


def parse_time(text: str) -> datetime | None:
    """A timestamp of the log, in UTC; None if it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


class OpenTurn:
    """A turn that still takes records."""

    __slots__ = (
        "additions",
        "agents",
        "cache_read",
        "cache_write",
        "candidate",
        "deletions",
        "duration_ms",
        "edits",
        "end",
        "ended",
        "failures",
        "first_request",
        "has_error",
        "has_prompt",
        "has_work",
        "index",
        "input",
        "is_closed",
        "is_dirty",
        "is_provisional",
        "key",
        "kind",
        "models",
        "output",
        "reasoning",
        "requests",
        "segment",
        "spans",
        "start",
        "started",
        "state",
        "task_id",
        "title",
        "tools",
    )

    def __init__(self, key: str, task_id: str, segment: int, first_request: int) -> None:
        self.key = key
        self.task_id = task_id
        self.segment = segment
        self.first_request = first_request
        self.kind = TurnKind.CONTINUATION
        self.title = ""
        self.candidate = ""
        """What was perhaps typed: a response item that no event has confirmed."""
        self.started = ""
        self.ended = ""
        self.state = TurnState.RUNNING
        self.input = self.cache_read = self.cache_write = self.output = self.reasoning = 0
        self.requests = 0
        self.models: list[str] = []
        self.tools: dict[str, int] = {}
        self.failures = 0
        self.edits = 0
        self.additions = 0
        self.deletions = 0
        self.agents = 0
        self.duration_ms: int | None = None
        self.spans: list[tuple[int, int]] = []
        """(start, end behind the newline) of the runs of records before the newest one."""
        self.start = self.end = -1
        """The newest run of records."""
        self.has_prompt = False
        self.has_work = False
        self.has_error = False
        self.is_provisional = False
        """The prompt is a response item that no event has confirmed yet."""
        self.is_closed = False
        self.is_dirty = False
        self.index = -1
        """Place among the shown turns; -1 while there is nothing to show."""

    def extend(self, offset: int, after: int, timestamp: str) -> None:
        """Add the record at [offset, after), its newline included."""
        if self.end == offset:
            self.end = after
        else:
            self._begin_run(offset, after)
        if not self.started:
            self.started = timestamp
        if not self.is_closed or not self.ended:
            self.ended = timestamp

    def absorb(self, other: OpenTurn) -> None:
        """Take over the records of a turn that turned out to be none."""
        for start, end in other.runs():
            if self.end == start:
                self.end = end
            else:
                self._begin_run(start, end)
        self.started = self.started or other.started
        self.ended = other.ended or self.ended

    def runs(self) -> list[tuple[int, int]]:
        """(start, end behind the newline) of each run of records."""
        return [*self.spans, (self.start, self.end)] if self.end >= 0 else self.spans

    def _begin_run(self, start: int, end: int) -> None:
        if self.end >= 0:
            self.spans.append((self.start, self.end))
        self.start, self.end = start, end

    def add_request(self, request: Request) -> None:
        """Count a request of the model."""
        usage = request.usage
        self.input += usage.input
        self.cache_read += usage.cache_read
        self.cache_write += usage.cache_write_5m
        self.output += usage.output
        self.reasoning += usage.reasoning
        self.requests += 1
        if request.model and request.model not in self.models:
            self.models.append(request.model)

    @property
    def usage(self) -> Usage:
        """Tokens of all requests so far."""
        return Usage(
            input=self.input,
            cache_read=self.cache_read,
            cache_write_5m=self.cache_write,
            output=self.output,
            reasoning=self.reasoning,
            requests=self.requests,
        )

    def freeze(self) -> TurnSummary:
        """The summary as of now."""
        duration = self.duration_ms
        return TurnSummary(
            key=self.key,
            number=self.index + 1,
            kind=self.kind,
            title=self.title,
            started=parse_time(self.started),
            ended=parse_time(self.ended),
            state=self.state,
            usage=self.usage,
            first_request=self.first_request,
            request_count=self.requests,
            models=tuple(self.models),
            tools=tuple(self.tools.items()),
            failures=self.failures,
            edits=self.edits,
            additions=self.additions,
            deletions=self.deletions,
            agents=self.agents,
            segment=self.segment,
            logged_duration=None if duration is None else timedelta(milliseconds=duration),
            spans=tuple(Span(start, end - start - 1) for start, end in self.runs()),
            prompt_only=not self.has_work,
        )


class TurnBook:
    """The shown turns, their frozen summaries, and since when each may differ."""

    def __init__(self) -> None:
        self.open: list[OpenTurn] = []
        self.frozen: list[TurnSummary] = []
        self._dirty: list[OpenTurn] = []
        self._first_changes: list[int] = []
        """For each publication, the first index that changed."""
        self._cut = -1
        self._keys: set[str] = set()

    def unique_key(self, key: str) -> str:
        """`key`, or a variant of it if another turn has it."""
        unique, count = key, 1
        while unique in self._keys:
            count += 1
            unique = f"{key}~{count}"
        return unique

    def show(self, turn: OpenTurn) -> None:
        """Add a turn at the end, if it is not shown yet."""
        if turn.index < 0:
            turn.key = self.unique_key(turn.key)
            self._keys.add(turn.key)
            turn.index = len(self.open)
            self.open.append(turn)
            self.touch(turn)

    def rename(self, turn: OpenTurn, key: str) -> None:
        """Give a turn another key."""
        self._keys.discard(turn.key)
        turn.key = self.unique_key(key)
        self._keys.add(turn.key)

    def touch(self, turn: OpenTurn) -> None:
        """Note that a turn changed."""
        if not turn.is_dirty:
            turn.is_dirty = True
            self._dirty.append(turn)

    def drop_last(self) -> None:
        """Take the last shown turn back."""
        turn = self.open.pop()
        self._keys.discard(turn.key)
        turn.index = -1
        self._cut = len(self.open) if self._cut < 0 else min(self._cut, len(self.open))

    def clear(self) -> None:
        """Take all turns back."""
        while self.open:
            self.drop_last()

    def publish(self) -> None:
        """Freeze what changed."""
        first = len(self.frozen)
        if self._cut >= 0:
            first = min(first, self._cut)
            del self.frozen[self._cut :]
            # What stood behind the cut is new, whether or not it changed.
            for turn in self.open[self._cut :]:
                self.touch(turn)
            self._cut = -1
        for turn in sorted(self._dirty, key=_index):
            turn.is_dirty = False
            if turn.index < 0:
                continue
            first = min(first, turn.index)
            if turn.index < len(self.frozen):
                self.frozen[turn.index] = turn.freeze()
            else:
                self.frozen.append(turn.freeze())
        self._dirty.clear()
        self._first_changes.append(first)

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(first index that may differ since `mark`, a new mark)."""
        now = len(self._first_changes)
        first = min(self._first_changes[max(mark, 0) :], default=len(self.frozen))
        return min(first, len(self.frozen)), now


def _index(turn: OpenTurn) -> int:
    return turn.index
