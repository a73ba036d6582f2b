"""What somebody searches for, out of a query: words for the text, conditions for the turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.passage import PassageKind
from aimux_tui.query.fields import EVERYTHING, FIELDS, FLAGS, NONE
from aimux_tui.query.terms import Operator, Query, Term
from aimux_tui.store.search.needle import Needle

if TYPE_CHECKING:
    from collections.abc import Iterable

_PATHS = frozenset({PassageKind.PATH})


class SearchRequest(Struct, frozen=True):
    """A query taken apart."""

    needles: tuple[Needle, ...]
    """All of them must be found in a turn."""
    excluded: tuple[Needle, ...] = ()
    """None of them may be."""
    conditions: Query = ()
    """What the turn, or its session, must fulfil beside that."""
    includes_hidden: bool = False
    """Whether machine sessions that no list shows are searched too."""

    def __bool__(self) -> bool:
        return bool(self.needles or self.excluded or self.conditions)

    @property
    def session_conditions(self) -> Query:
        """The conditions that can be asked of the session, so that its log need not be read."""
        return tuple(term for term in self.conditions if _is_of_session(term))

    @property
    def asks_of_turns(self) -> bool:
        """Whether a condition is one that a session as a whole cannot fulfil."""
        return any(
            term.field in FLAGS or FIELDS[term.field].of_turn is not None
            for term in self.conditions
        )

    def asks_for(self, field: str) -> bool:
        """Whether a condition is about this field."""
        return any(term.field == field for term in self.conditions)


def request_of(
    query: Iterable[Term], *, whole_words: bool = False, includes_hidden: bool = False
) -> SearchRequest:
    """The request that a query makes. `whole_words`: words are not found within longer ones."""
    needles: list[Needle] = []
    excluded: list[Needle] = []
    conditions: list[Term] = []
    for term in query:
        if term.field and not _names_one_file(term):
            conditions.append(term)
            continue
        is_path = bool(term.field)
        needle = Needle(
            term.values[0],
            is_whole=whole_words and not is_path,
            kinds=_PATHS if is_path else None,
        )
        if needle:
            (excluded if term.is_negated else needles).append(needle)
    return SearchRequest(tuple(needles), tuple(excluded), tuple(conditions), includes_hidden)


def _names_one_file(term: Term) -> bool:
    """Whether a condition is one that the paths in the text can answer."""
    return (
        term.field == "file"
        and term.operator is Operator.HAS
        and len(term.values) == 1
        and term.values[0] != EVERYTHING
    )


def _is_of_session(term: Term) -> bool:
    if term.field in FLAGS:
        return False
    field = FIELDS[term.field]
    if field.of_session is None:
        return False
    if field.of_turn is None:
        return True
    if term.is_negated:
        return False
    # A turn that began since then is in a session that was written to since then, and a turn with
    # such a label or note is in a session that has one.
    is_labelled = term.field == "label" and NONE not in term.values
    return is_labelled or term.field in {"since", "note"}
