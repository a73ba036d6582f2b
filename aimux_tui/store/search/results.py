"""What a search finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.body import Span
from aimux_tui.model.passage import PassageKind
from aimux_tui.model.session import Session
from aimux_tui.model.turn import TurnSummary
from aimux_tui.providers.base import LogFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.passage import Passage

_BEFORE, _LENGTH = 40, 200
"""Characters of an excerpt before its first hit, and in all."""
_BLANKS = re.compile(r"\s+")
_RANKS = {kind: rank for rank, kind in enumerate(PassageKind)}
_RANKS[PassageKind.NOTE] = -1


class Excerpt(Struct, frozen=True):
    """A hit with the words around it, on one line; as logged, not sanitised."""

    kind: PassageKind
    text: str
    ranges: tuple[tuple[int, int], ...]
    """(start, end) of each hit in the text."""
    count: int = 1
    """Hits in the passage, of which the excerpt may show only some."""
    record: Span | None = None
    """The record that says it; the steps of a turn name theirs too. None for a note."""
    call_id: str = ""
    """The tool call that it belongs to, where the record tells it."""

    @property
    def rank(self) -> int:
        """What a reader wants to see first: notes, prompts, responses, …"""
        return _RANKS[self.kind]


class TurnHit(Struct, frozen=True):
    """A turn in which all that was looked for was found."""

    session: Session
    log: LogFile
    turn: TurnSummary | None
    """None if it was found in a note on the session as a whole."""
    excerpts: tuple[Excerpt, ...]
    """The most telling ones first; none if nothing but conditions was asked."""
    count: int
    """Hits in the turn."""


def excerpt_of(passage: Passage, places: Sequence[tuple[int, int]], record: Span | None) -> Excerpt:
    """An excerpt around the first of the places at which something was found."""
    text = passage.text
    start = max(0, places[0][0] - _BEFORE)
    stop = min(len(text), max(start + _LENGTH, places[0][0] + _BEFORE))
    shown = "…" if start else ""
    ranges: list[tuple[int, int]] = []
    position = start
    for begin, end in sorted(places):
        if begin < position:
            continue
        if begin >= stop:
            break
        shown += _BLANKS.sub(" ", text[position:begin])
        found = _BLANKS.sub(" ", text[begin : min(end, stop)])
        ranges.append((len(shown), len(shown) + len(found)))
        shown += found
        position = min(end, stop)
    shown += _BLANKS.sub(" ", text[position:stop]) + ("…" if stop < len(text) else "")
    return Excerpt(passage.kind, shown, tuple(ranges), len(places), record, passage.call_id)
