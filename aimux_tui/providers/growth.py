"""Reading a turn again and again while it grows, without reading again what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aimux_tui.model.body import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.providers.base import LogSource


class TurnBuilder(Protocol):
    """Makes a turn of its records, which come bit by bit."""

    def take(self, spans: Sequence[Span]) -> bool:
        """Read further records. False if they give a new meaning to what was read before."""
        ...

    def turn(self, summary: TurnSummary) -> Turn:
        """The turn of all records that were taken."""
        ...


class GrowingTurn:
    """A `TurnReader` that keeps the builder of one turn for as long as the turn only grows."""

    def __init__(self, begin: Callable[[TurnSummary], TurnBuilder]) -> None:
        self._begin = begin
        self._builder: TurnBuilder | None = None
        self._known: TurnSummary | None = None
        """As it was read last."""

    def read(self, turn: TurnSummary) -> Turn:
        """See TurnReader."""
        builder, known = self._builder, self._known
        # Nothing is kept should a read fail halfway.
        self._builder = self._known = None
        rest = None if known is None else _growth(known, turn)
        if builder is None or rest is None or not builder.take(rest):
            builder = self._begin(turn)
            builder.take(turn.spans)
        made = builder.turn(turn)
        self._builder, self._known = builder, turn
        return made


class ReadingAnew:
    """A `TurnReader` that keeps nothing."""

    def __init__(self, read: Callable[[LogSource, TurnSummary], Turn], source: LogSource) -> None:
        self._read = read
        self._source = source

    def read(self, turn: TurnSummary) -> Turn:
        """See TurnReader."""
        return self._read(self._source, turn)


def _growth(before: TurnSummary, now: TurnSummary) -> tuple[Span, ...] | None:
    """Where the records lie that a turn has gained; None if it has not just gained some."""
    if _identity(before) != _identity(now) or not before.spans:
        return None
    *same, last = before.spans
    count = len(same)
    if len(now.spans) <= count or now.spans[:count] != tuple(same):
        return None
    grown = now.spans[count]
    if grown.offset != last.offset or grown.end < last.end:
        return None
    more = (Span(last.end, grown.end - last.end),) if grown.end > last.end else ()
    return (*more, *now.spans[count + 1 :])


def _identity(turn: TurnSummary) -> tuple[object, ...]:
    """What reading the records depends on, beside the records."""
    return turn.key, turn.kind, turn.title, turn.started, turn.models[:1]
