"""Which agent edited a file: every edit of it in all sessions, in the order of time."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.passage import PassageKind
from aimux_tui.model.session import Session
from aimux_tui.model.tools import FileEdit, ToolCall, ToolStatus
from aimux_tui.model.turn import TurnSummary
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.files import FileSource
from aimux_tui.store.search.needle import Needle
from aimux_tui.store.search.request import SearchRequest
from aimux_tui.store.session_tree import OLDEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from aimux_tui.query.terms import Term
    from aimux_tui.store.search.results import TurnHit
    from aimux_tui.store.search.text_search import TextSearch

_PATHS = frozenset({PassageKind.PATH})
_UNDONE = frozenset({ToolStatus.FAILED, ToolStatus.REJECTED, ToolStatus.CANCELLED})


class FoundEdit(Struct, frozen=True):
    """One edit of a file."""

    session: Session
    turn: TurnSummary
    call: ToolCall
    edit: FileEdit
    """With its diff."""

    @property
    def at(self) -> datetime | None:
        """When the call ended, else when it began."""
        return self.call.ended or self.call.started or self.turn.started


def edits_of(
    search: TextSearch,
    path: str,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    conditions: Iterable[Term] = (),
) -> Iterator[FoundEdit]:
    """Every edit of files whose path contains `path`, upper and lower case alike; oldest first.

    Edits that failed are left out. `conditions` are asked of the turns. Blocks; turns are read
    one by one as the iteration goes on. Raises QueryError before the first edit.
    """
    # A log may name a file by less of its path than what is looked for.
    name = path.rstrip("/").rpartition("/")[2] or path
    request = SearchRequest((Needle(name, kinds=_PATHS),), conditions=tuple(conditions))
    return _in_order(search.search(request, should_stop), path.casefold(), should_stop)


def _in_order(
    hits: Iterator[TurnHit], wanted: str, should_stop: Callable[[], bool]
) -> Iterator[FoundEdit]:
    found = [(hit, hit.turn) for hit in hits if hit.turn is not None]
    found.sort(key=lambda pair: pair[1].started or OLDEST)
    waiting: list[tuple[datetime, int, FoundEdit]] = []
    counter = itertools.count()
    for hit, turn in found:
        # No edit that is still to come was made before its turn began.
        while waiting and waiting[0][0] < (turn.started or OLDEST):
            yield heapq.heappop(waiting)[2]
        if should_stop():
            return
        for edit in _edits_in(hit, turn, wanted):
            heapq.heappush(waiting, (edit.at or OLDEST, next(counter), edit))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _edits_in(hit: TurnHit, turn: TurnSummary, wanted: str) -> Iterator[FoundEdit]:
    session, source = hit.session, FileSource(hit.log)
    try:
        read = load_provider(hit.log.provider).read_turn(source, turn)
    except OSError:
        return  # it has gone since
    finally:
        source.close()
    for call in read.tool_calls:
        for edit in call.edits if call.status not in _UNDONE else ():
            paths = (edit.path, edit.new_path, f"{session.cwd}/{edit.path}")
            if any(wanted in one.casefold() for one in paths):
                yield FoundEdit(session, turn, call, edit)
