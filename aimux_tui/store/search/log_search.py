"""Searching one log: where it may be, whether it is there, and in which turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.annotation import Annotations, TurnAnnotation
from aimux_tui.model.body import Span
from aimux_tui.model.passage import Passage, PassageKind
from aimux_tui.model.session import Session
from aimux_tui.model.turn import TurnSummary
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import FoundLog
from aimux_tui.store.search.catalog import Covered, Slice
from aimux_tui.store.search.coverage import Reach
from aimux_tui.store.search.raw_logs import OpenLog, pieces_after
from aimux_tui.store.search.records import records_in
from aimux_tui.store.search.results import Excerpt, TurnHit, excerpt_of
from aimux_tui.store.search.segment import Block
from aimux_tui.store.search.turn_table import TurnTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.store.search.index import SearchIndex
    from aimux_tui.store.search.request import SearchRequest

_EVERYWHERE = 1 << 62
_LONG = 8 << 20
"""Bytes of a log whose turns are too many to be looked at all for one hit."""
_MOST_EXCERPTS = 40
"""Excerpts that are made for a turn; the most telling ones are handed out."""


Lookup = Callable[[Covered, Slice, int], Sequence[Block] | None]
"""Finds the blocks of a slice that may hold a needle, newest first; None if nobody knows."""


class SearchedLog(Struct, frozen=True):
    """The log of a session, and what helps to search it."""

    session: Session
    found: FoundLog
    annotations: Annotations
    covered: Covered | None
    reach: Reach
    live_turns: Callable[[], Sequence[TurnSummary]]
    """The turns of the log as it is now; reads all of it. Raises OSError, SessionError."""
    accepts: Callable[[TurnSummary, TurnAnnotation | None, LogSearch], bool]
    """Whether a turn fulfils the conditions of the request."""


class Gathered(Struct):
    """What was found in a turn so far."""

    turn: TurnSummary
    excerpts: dict[int, list[Excerpt]] = field(default_factory=dict)
    """Needle → excerpts."""
    counts: dict[int, int] = field(default_factory=dict)
    """Needle → hits."""
    seen: set[tuple[int, PassageKind, str]] = field(default_factory=set)
    """Passages with hits: some logs tell each twice."""

    def add(
        self,
        needle: int,
        passage: Passage,
        places: Sequence[tuple[int, int]],
        record: Span | None,
    ) -> None:
        """Take in the hits of a needle in a passage."""
        mark = (needle, passage.kind, passage.text)
        if mark in self.seen:
            return
        self.seen.add(mark)
        self.counts[needle] = self.counts.get(needle, 0) + len(places)
        kept = self.excerpts.setdefault(needle, [])
        if len(kept) < _MOST_EXCERPTS:
            kept.append(excerpt_of(passage, places, record))


class LogSearch:
    """One search in one log. Hits come newest first. Raises OSError, SessionError."""

    def __init__(
        self,
        log: SearchedLog,
        request: SearchRequest,
        index: SearchIndex,
        lookup: Lookup,
        should_stop: Callable[[], bool],
    ) -> None:
        self.log = log
        self._needles = (*request.needles, *request.excluded)
        self._wanted = range(len(request.needles))
        self._unwanted = range(len(request.needles), len(self._needles))
        self._asks_of_turns = request.asks_of_turns
        self._index = index
        self._find_blocks = lookup
        self._should_stop = should_stop
        self._file = log.found.file
        provider = load_provider(self._file.provider)
        self._passages = provider.passages
        self._is_opaque = provider.splits_words
        self._source = OpenLog(self._file)
        self._blocks: list[list[Block]] = [[] for _ in self._needles]
        self._examined: set[int] = set()
        self._gathered: dict[str, Gathered] = {}
        self._done: set[str] = set()
        self._tables: dict[int, TurnTable] = {}
        """Of pages of turns, by identity."""
        self._has_rest = False
        """Whether something was found behind what the index covers."""

    def hits(self) -> Iterator[TurnHit]:
        """Every turn that has all of it."""
        if self._wanted and not self._may_have_all():
            return
        if not self._wanted:
            if self._unwanted:
                self._look_up()
            for turn in reversed(self.turns.turns):
                if self._should_stop():
                    return
                yield from self._finished(Gathered(turn))
            return
        yield from self._search()

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def passages_of(self, turn: TurnSummary) -> Iterator[tuple[Passage, Span]]:
        """Every passage of a turn, with the record that holds it."""
        for span in turn.spans:
            for record in records_in(self._file, [turn], span.offset, self._source.read(span)):
                for passage in self._passages(self._file, record.data):
                    yield passage, record.span

    @cached_property
    def turns(self) -> TurnTable:
        """All turns: as the index knows them, unless what is found lies behind that."""
        covered = self.log.covered
        if covered is None or self.log.reach.position == 0 or self._has_rest:
            return TurnTable(self.log.live_turns())
        if not self._wanted and self.log.reach.missing:
            return TurnTable(self.log.live_turns())
        return TurnTable(chain.from_iterable(self._index.turn_pages(covered, 0, _EVERYWHERE)))

    def _may_have_all(self) -> bool:
        """Whether every needle may be somewhere; notes what they say and where to look."""
        self._look_up()
        noted = self._needles_in_notes()
        return all(self._blocks[n] or n in noted for n in self._wanted)

    def _look_up(self) -> None:
        """Find the blocks that may hold each needle, the newest first."""
        covered, reach = self.log.covered, self.log.reach
        start = reach.position
        if covered is not None and start:
            for one in reversed(covered.slices):
                for needle in range(len(self._needles)):
                    found = self._find_blocks(covered, one, needle)
                    if found is None:
                        start = 0  # a broken segment: all of the log is read
                        break
                    self._blocks[needle] += found
        if start == 0:
            self._blocks = [[] for _ in self._needles]
        if reach.missing or start == 0:
            self._look_behind(start)

    def _look_behind(self, start: int) -> None:
        """Look through what the index does not cover."""
        rest: list[list[Block]] = [[] for _ in self._needles]
        for offset, data in pieces_after(self._file, start):
            for number in self._needles_in(data):
                rest[number].append(Block(0, offset, len(data)))
            if self._should_stop():
                break
        self._has_rest = any(rest)
        for number, blocks in enumerate(rest):
            self._blocks[number] = blocks[::-1] + self._blocks[number]

    def _search(self) -> Iterator[TurnHit]:
        first = min(self._wanted, key=lambda n: len(self._blocks[n]))
        self._take_notes()
        yield from self._session_note()
        if self._should_stop():
            return
        for block in self._blocks[first]:
            if self._should_stop():
                return
            self._examine(block)
            ready = [
                one
                for one in self._gathered.values()
                if first in one.counts and _begin(one.turn) >= block.start
            ]
            for one in sorted(ready, key=lambda one: -_begin(one.turn)):
                yield from self._finished(one)
        for one in sorted(self._gathered.values(), key=lambda one: -_begin(one.turn)):
            yield from self._finished(one)

    def _finished(self, gathered: Gathered) -> Iterator[TurnHit]:
        """The turn as a hit, if all that is asked is true of it."""
        turn = gathered.turn
        if turn.key in self._done:
            return
        self._done.add(turn.key)
        self._gathered.setdefault(turn.key, gathered)
        annotation = annotation_of(self.log.annotations, turn)
        for needle in (*self._wanted, *self._unwanted):
            self._complete(turn, needle)
        gathered = self._gathered.pop(turn.key)
        if self._should_stop() or any(n not in gathered.counts for n in self._wanted):
            return
        if any(n in gathered.counts for n in self._unwanted):
            return
        if not self.log.accepts(turn, annotation, self):
            return
        excerpts = [e for n in self._wanted for e in gathered.excerpts.get(n, ())]
        excerpts.sort(key=lambda one: (one.rank, one.record.offset if one.record else -1))
        count = sum(gathered.counts[n] for n in self._wanted)
        yield TurnHit(self.log.session, self._file, turn, tuple(excerpts), count)

    def _complete(self, turn: TurnSummary, needle: int) -> None:
        """Look at every block of a turn that may hold a needle."""
        begin, end = _begin(turn), max((span.end for span in turn.spans), default=0)
        for block in self._blocks[needle]:
            if self._should_stop():
                return
            if block.start < end and block.end > begin:
                self._examine(block)

    def _examine(self, block: Block) -> None:
        """Find what is in a block, once."""
        if block.start in self._examined:
            return
        self._examined.add(block.start)
        span = Span(block.start, block.length)
        data = self._source.read(span)
        if not self._needles_in(data):
            return
        for record in records_in(self._file, self._turns_at(span), span.offset, data):
            if record.turn.key in self._done and record.turn.key not in self._gathered:
                continue
            needles = [(n, self._needles[n]) for n in self._needles_in(record.data)]
            if not needles:
                continue
            for passage in self._passages(self._file, record.data):
                for number, needle in needles:
                    if needle.kinds is not None and passage.kind not in needle.kinds:
                        continue
                    if places := needle.find(passage.text):
                        self._gather(record.turn).add(number, passage, places, record.span)

    def _needles_in(self, data: bytes) -> Sequence[int]:
        """The needles that these records may hold."""
        if self._is_opaque:
            return range(len(self._needles))
        lowered = data.lower()
        return [n for n, needle in enumerate(self._needles) if needle.may_be_in(data, lowered)]

    def _turns_at(self, span: Span) -> list[TurnSummary]:
        """The turns with records in a span, without reading all turns of a long log for it."""
        covered = self.log.covered
        if covered is None or self.log.reach.position < _LONG or self._has_rest:
            return self.turns.overlapping(span.offset, span.end)
        found: list[TurnSummary] = []
        for page in self._index.turn_pages(covered, span.offset, span.end):
            table = self._tables.get(id(page))
            if table is None or table.turns is not page:
                table = self._tables[id(page)] = TurnTable(page)
            found += table.overlapping(span.offset, span.end)
        return found

    def _gather(self, turn: TurnSummary) -> Gathered:
        return self._gathered.setdefault(turn.key, Gathered(turn))

    def _needles_in_notes(self) -> set[int]:
        """The needles that some note on a turn holds."""
        annotations = self.log.annotations
        notes = [one.note for one in annotations.turns.values() if one.note]
        if annotations.session.note:
            notes.append(annotations.session.note)
        if not notes:
            return set()
        return {
            number
            for number, needle in enumerate(self._needles)
            if needle.kinds is None and any(needle.find(note) for note in notes)
        }

    def _take_notes(self) -> None:
        """Count what notes on turns say to what the turns say."""
        if not self._needles_in_notes():
            return
        for turn in self.turns.turns:
            annotation = annotation_of(self.log.annotations, turn)
            if annotation is None or not annotation.note:
                continue
            passage = Passage(PassageKind.NOTE, annotation.note)
            for number, needle in enumerate(self._needles):
                if needle.kinds is None and (places := needle.find(annotation.note)):
                    self._gather(turn).add(number, passage, places, None)

    def _session_note(self) -> Iterator[TurnHit]:
        """The session itself, if the note on it says it all and nothing is asked of a turn."""
        note = self.log.annotations.session.note
        if not note or self._unwanted or self._asks_of_turns:
            return
        passage = Passage(PassageKind.NOTE, note)
        found = [self._needles[n].find(note) for n in self._wanted if not self._needles[n].kinds]
        if len(found) == len(self._wanted) and all(found):
            excerpts = tuple(excerpt_of(passage, places, None) for places in found)
            yield TurnHit(self.log.session, self._file, None, excerpts, sum(map(len, found)))


def annotation_of(annotations: Annotations, turn: TurnSummary) -> TurnAnnotation | None:
    """What is said of a turn; older annotations name it by its number alone."""
    if not annotations.turns:
        return None
    if (found := annotations.turns.get(turn.key)) is not None:
        return found
    numbered = (one for one in annotations.turns.values() if not one.turn_key)
    return next((one for one in numbered if one.number == turn.number), None)


def _begin(turn: TurnSummary) -> int:
    return min((span.offset for span in turn.spans), default=0)
