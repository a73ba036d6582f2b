"""The records of a log that belong to its turns, read from where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.body import Span
from aimux_tui.model.turn import TurnSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aimux_tui.providers.base import LogFile, LogSource

_READ = 1 << 20
PIECE = 32 << 10
"""Bytes that a block of the index holds, more where a line is longer.

Twice as much would save a tenth of the index. But then the words of a phrase would be met in many
more blocks that do not hold the phrase, all of which would have to be read.
"""


class TurnRecord(Struct, frozen=True):
    """A record and the turn that it belongs to."""

    turn: TurnSummary
    span: Span
    data: bytes


def runs_of(turns: Iterable[TurnSummary], start: int, stop: int) -> list[tuple[int, int]]:
    """(start, end) of the bytes between `start` and `stop` that belong to turns, in order."""
    runs: list[tuple[int, int]] = []
    spans = (span for turn in turns for span in turn.spans)
    clipped = ((max(span.offset, start), min(span.end, stop)) for span in spans)
    for begin, end in sorted(pair for pair in clipped if pair[0] < pair[1]):
        # Lines next to each other have a newline between them.
        if runs and begin <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((begin, end))
    return runs


def pieces_of(source: LogSource, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """(offset, whole lines) of the bytes in the runs, a piece at a time. Raises OSError."""
    for start, end in runs:
        position = start
        while position < end:
            data = source.read(Span(position, min(_READ, end - position)))
            while data and b"\n" not in data and position + len(data) < end:
                more = source.read(Span(position + len(data), _READ))[: end - position - len(data)]
                if not more:
                    break
                data += more
            if not data:
                return  # the log has shrunk
            if position + len(data) < end:
                data = data[: data.rfind(b"\n") + 1] or data
            for begin, stop in _cuts(data):
                yield position + begin, data[begin:stop]
            position += len(data)


def _cuts(data: bytes) -> Iterator[tuple[int, int]]:
    """Where to cut lines into pieces; a longer line is a piece by itself."""
    begin = 0
    while begin < len(data):
        stop = len(data)
        if begin + PIECE < stop:
            stop = data.rfind(b"\n", begin, begin + PIECE) + 1
            stop = stop or data.find(b"\n", begin) + 1 or len(data)
        yield begin, stop
        begin = stop


def documents_of(source: LogSource, spans: Iterable[Span]) -> Iterator[tuple[int, bytes]]:
    """(offset, record) of each span of a log that is one document. Raises OSError."""
    for span in sorted(set(spans), key=lambda span: span.offset):
        yield span.offset, source.read(span)


def records_in(
    file: LogFile, turns: Sequence[TurnSummary], start: int, data: bytes
) -> Iterator[TurnRecord]:
    """The records in `data`, which stands at `start` in the log, each with its turn."""
    stop = start + len(data)
    for turn in turns:
        for span in turn.spans:
            begin, end = max(span.offset, start), min(span.end, stop)
            if begin >= end:
                continue
            if file.is_document:
                if begin == span.offset and end == span.end:
                    yield TurnRecord(turn, span, data[begin - start : end - start])
                continue
            position = begin - start
            for line in data[begin - start : end - start].split(b"\n"):
                if line:
                    yield TurnRecord(turn, Span(start + position, len(line)), line)
                position += len(line) + 1
