"""Searching all sessions, newest first, with whatever the index covers and without it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aimux_tui.errors import SessionError
from aimux_tui.model.annotation import Annotations
from aimux_tui.model.passage import PassageKind
from aimux_tui.model.usage import Cost
from aimux_tui.query.facts import SessionFacts, TurnFacts
from aimux_tui.query.match import session_test, turn_test
from aimux_tui.sources.discovery import FoundLog
from aimux_tui.sources.reader import Stamp
from aimux_tui.store.search.log_search import LogSearch, SearchedLog
from aimux_tui.store.search.request import SearchRequest, request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.model.annotation import TurnAnnotation
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.query.terms import Query
    from aimux_tui.store.library import Library
    from aimux_tui.store.search.catalog import Covered, Slice
    from aimux_tui.store.search.coverage import Coverage, Reach
    from aimux_tui.store.search.index import SearchIndex
    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.store.search.segment import Block
    from aimux_tui.store.trace import Trace

_LIVELY = 600 * 10**9
"""Nanoseconds since the last write within which a log is looked at again by every search."""


class TextSearch:
    """Searches the sessions of a library. Every method blocks: call them in a worker."""

    def __init__(
        self, library: Library, index: SearchIndex, book: AnnotationBook | None = None
    ) -> None:
        self._library = library
        self.index = index
        self._book = book
        self._known: tuple[int, Sequence[tuple[Session, FoundLog]]] = (-1, ())
        """The library's version, and its sessions then."""

    def logs(self) -> list[FoundLog]:
        """Every log that searches go through: the one that tells the story of each session."""
        return [found for _, found in self._targets()]

    def coverage(self) -> Coverage:
        """How much of them the index covers."""
        return self.index.coverage(self.logs())

    def search(
        self,
        query: Query | SearchRequest,
        should_stop: Callable[[], bool] = lambda: False,
        *,
        reads_uncovered: bool = True,
    ) -> Iterator[TurnHit]:
        """Turns as they are found, the newest session first, in each the newest turn first.

        It ends early when `should_stop` says so; that is asked every few milliseconds. Unless
        `reads_uncovered`, logs of which the index knows nothing are left out. Logs that cannot be
        read are left out. Raises QueryError before the first hit.
        """
        request = query if isinstance(query, SearchRequest) else request_of(query)
        run = _Run(request, self.index, self._library, should_stop)
        return self._search(run, reads_uncovered=reads_uncovered) if request else iter(())

    def _search(self, run: _Run, *, reads_uncovered: bool) -> Iterator[TurnHit]:
        covered = self.index.covered()
        for session, found in self._targets():
            if run.should_stop():
                return
            if session.hidden_reason and not run.request.includes_hidden:
                continue
            annotations = self._annotations(session)
            if not run.fits(SessionFacts(session, annotations)):
                continue
            known = covered.get(found.file.path)
            if known is None and not reads_uncovered:
                continue
            reach = self.index.reach(found, known)
            if run.may_hit(known, reach, annotations):
                yield from run.search_log(session, found, annotations, known, reach)

    def _annotations(self, session: Session) -> Annotations:
        return Annotations(session.key) if self._book is None else self._book.get(session.key)

    def _targets(self) -> Iterator[tuple[Session, FoundLog]]:
        version = self._library.version
        if self._known[0] != version:
            records = {record.file.path: record for record in self._library.records()}
            self._known = (
                version,
                [
                    (session, FoundLog(record.file, record.stamp))
                    for session in self._library.sessions()
                    if (record := records.get(session.path)) is not None
                ],
            )
        lively = time.time_ns() - _LIVELY
        for session, found in self._known[1]:
            if found.stamp.mtime_ns < lively:
                yield session, found
            else:
                yield session, FoundLog(found.file, _stamp_now(session.path, found.stamp))


class _Run:
    """One search on its way."""

    def __init__(
        self,
        request: SearchRequest,
        index: SearchIndex,
        library: Library,
        should_stop: Callable[[], bool],
    ) -> None:
        self.request = request
        self.should_stop = should_stop
        now = datetime.now(UTC)
        self.fits = session_test(request.session_conditions, now)
        self._fits_turn = turn_test(request.conditions, now, within_session=False)
        self._index = index
        self._library = library
        self._needles = (*request.needles, *request.excluded)
        self._blocks: dict[tuple[int, int], Mapping[int, Sequence[Block]] | None] = {}
        """By segment and needle."""
        self._edits: dict[int, Mapping[int, Sequence[int]]] = {}
        """By needle."""

    def may_hit(self, covered: Covered | None, reach: Reach, annotations: Annotations) -> bool:
        """Whether a log is worth a closer look: whether the index has all words in it."""
        if covered is None or reach.missing or not reach.position:
            return True
        if annotations.turns or annotations.session.note:
            return True
        return all(
            any(self._look_up(covered, one, needle) != () for one in covered.slices)
            for needle in range(len(self.request.needles))
        )

    def search_log(
        self,
        session: Session,
        found: FoundLog,
        annotations: Annotations,
        covered: Covered | None,
        reach: Reach,
    ) -> Iterator[TurnHit]:
        """The hits in one log."""
        trace: list[Trace] = []

        def live() -> Trace:
            if not trace:
                trace.append(self._library.open(session.key, is_kept=False))
                trace[0].refresh()
            return trace[0]

        def accepts(
            turn: TurnSummary, annotation: TurnAnnotation | None, search: LogSearch
        ) -> bool:
            if not self.request.conditions:
                return True
            facts = SessionFacts(session, annotations)
            cost = _cost(live(), turn) if self.request.asks_for("cost") else Cost()
            files = _files(search, turn) if self.request.asks_for("file") else None
            return self._fits_turn(TurnFacts(turn, cost, facts, annotation, files))

        log = SearchedLog(
            session,
            found,
            annotations,
            covered,
            reach,
            lambda: live().turns,
            accepts,
        )
        search = LogSearch(log, self.request, self._index, self._look_up, self.should_stop)
        try:
            yield from search.hits()
        except (OSError, SessionError):
            return  # it has gone since
        finally:
            search.close()
            for one in trace:
                one.close()

    def _look_up(self, covered: Covered, part: Slice, needle: int) -> Sequence[Block] | None:
        """The blocks of a part of a log that may hold a needle; None if that is not known."""
        key = (part.segment, needle)
        if key not in self._blocks:
            self._blocks[key] = self._index.blocks_with(part.segment, self._needles[needle])
        found = self._blocks[key]
        if found is None:
            return None
        blocks = found.get(part.ordinal, ())
        return self._with_edits(covered, needle, blocks) if blocks else ()

    def _with_edits(
        self, covered: Covered, needle: int, blocks: Sequence[Block]
    ) -> Sequence[Block]:
        """If the needle is a path that was edited: the blocks that tell of such an edit."""
        if self._needles[needle].kinds is None:
            return blocks
        if needle not in self._edits:
            self._edits[needle] = self._index.edits(self._needles[needle])
        starts = self._edits[needle].get(covered.id, ())
        return tuple(
            block for block in blocks if any(block.start <= at < block.end for at in starts)
        )


def _stamp_now(path: str, stamp: Stamp) -> Stamp:
    try:
        return Stamp.of(os.stat(path))  # noqa: PTH116 - half the cost of Path.stat
    except OSError:
        return stamp


def _cost(trace: Trace, turn: TurnSummary) -> Cost:
    """What a turn costs; its requests are counted in the log as it is now."""
    now = next((one for one in trace.turns if one.key == turn.key), None)
    return trace.cost(now) if now is not None else Cost()


def _files(search: LogSearch, turn: TurnSummary) -> set[str]:
    """The files that a turn edited."""
    found = search.passages_of(turn)
    return {passage.text for passage, _ in found if passage.kind is PassageKind.PATH}
