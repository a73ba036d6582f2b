"""Where a rollout's own part begins, when it first repeats the history of another thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from aimux_tui.providers.codex.identity import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from aimux_tui.providers.codex.identity import Identity
    from aimux_tui.providers.codex.records import Payload, Record

_STARTS = frozenset({"task_started", "turn_started"})
_SECOND = 19
"""Characters of a timestamp down to the second."""


class _Numbered(Struct, gc=False):
    ordinal: int | str | None = None


_decode_ordinal = Decoder(_Numbered).decode


class Lineage:
    """Tells the records that a fork or sub-agent copied from its parent from its own.

    Copies keep their turn ids but get new timestamps. So, in order of trust, the own part begins
    at the ordinal that the file names; at the first turn that is younger than the thread; at the
    first turn that the parent's file does not have; at the first turn in a later second.
    """

    def __init__(self, identity: Identity, parent_turns: Callable[[str], Collection[str]]) -> None:
        self._identity = identity
        self._parent_turns = parent_turns
        self._known_turns: Collection[str] | None = None
        self._first_second = ""
        self._index = -1
        self._has_tasks = False
        self._foreign_id = ""
        self._is_numbered = False
        self.is_replaying = False
        self.is_settled = False

    def take_own_meta(self, line: bytes) -> None:
        """The thread's own `session_meta` was read."""
        self._is_numbered = _ordinal_of(line) is not None
        start = self._identity.start_ordinal
        if start is not None and start > 0 and not self.is_settled:
            self.is_replaying = True

    def take_foreign_meta(self, thread_id: str) -> bool:
        """Another thread's `session_meta` was read. True if all before it was a copy."""
        if self.is_settled:
            return False
        is_news = not self._foreign_id
        self._foreign_id = self._foreign_id or thread_id
        self.is_replaying = True
        return is_news

    def settle(self) -> None:
        """All that follows is the thread's own."""
        self.is_replaying = False
        self.is_settled = True

    def observe(self, record: Record) -> None:
        """Count a record; must come first."""
        self._index += 1
        if not self._first_second:
            self._first_second = record.timestamp[:_SECOND]

    def watch(self, record: Record, payload: Payload) -> None:
        """See whether a record proves that nothing before it was copied."""
        if not self.is_settled and payload.type in _STARTS:
            self._has_tasks = True
            if self._is_younger(payload.turn_id) or self._is_later(record):
                self.is_settled = True

    def begins_own(self, record: Record, payload: Payload, line: bytes) -> bool:
        """Whether this record, met in a copy, is the first of the thread's own."""
        start = self._identity.start_ordinal
        if start is not None:
            return self._reaches(start, line)
        if payload.type in _STARTS:
            self._has_tasks = True
            return self._is_new_turn(record, payload.turn_id)
        # Versions without turn events: a prompt well after the copy was made.
        return not self._has_tasks and payload.type == "user_message" and self._is_later(record)

    def _reaches(self, start: int, line: bytes) -> bool:
        ordinal = _ordinal_of(line)
        if ordinal is not None:
            return ordinal >= start
        if self._is_numbered:
            return False
        # Unnumbered lines: the ordinal is the line's place, if the copy is there at all.
        return self._index >= start or not self._foreign_id

    def _is_new_turn(self, record: Record, turn_id: str | None) -> bool:
        younger = self._is_younger(turn_id)
        if younger is not None:
            return younger
        if turn_id:
            if self._known_turns is None:
                self._known_turns = self._parent_turns(self._foreign_id or self._parent_id())
            if self._known_turns:
                return turn_id not in self._known_turns
        return self._is_later(record)

    def _is_younger(self, turn_id: str | None) -> bool | None:
        """Whether a turn was begun after this thread; None if the ids do not tell."""
        turn = milliseconds_of(turn_id or "")
        thread = milliseconds_of(self._identity.thread_id)
        return None if turn is None or thread is None else turn >= thread

    def _is_later(self, record: Record) -> bool:
        return record.timestamp[:_SECOND] > self._first_second

    def _parent_id(self) -> str:
        return self._identity.parent_id or self._identity.forked_from


def _ordinal_of(line: bytes) -> int | None:
    try:
        ordinal = _decode_ordinal(line).ordinal
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(ordinal, str):
        return int(ordinal) if ordinal.isascii() and ordinal.isdigit() else None
    return ordinal
