"""A book of annotations in memory, which the test can delay and refuse."""

from __future__ import annotations

import threading
from collections import Counter

from msgspec import UNSET
from msgspec.structs import asdict, replace

from aimux_tui.annotations.changes import Change, SessionChange, TurnChange
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Annotations, TurnAnnotation


class MemoryBook:
    """Fulfils `AnnotationBook`."""

    def __init__(self) -> None:
        self.version = 0
        self.error: AnnotationError | None = None
        """Refuses every record."""
        self.gate = threading.Event()
        """Cleared: `record` waits, as on a slow disk."""
        self.gate.set()
        self.recorded: list[tuple[Change, ...]] = []
        self._sessions: dict[str, Annotations] = {}
        self._foreign: list[tuple[Change, ...]] = []

    def get(self, session_key: str) -> Annotations:
        return self._sessions.get(session_key, Annotations(session_key))

    def all(self) -> tuple[Annotations, ...]:
        return tuple(self._sessions.values())

    def tags(self) -> tuple[str, ...]:
        counts = Counter(tag for one in self._sessions.values() for tag in one.session.tags)
        return tuple(tag for tag, _ in counts.most_common())

    def load(self) -> None:
        self.refresh()

    def refresh(self) -> frozenset[str]:
        foreign, self._foreign = self._foreign, []
        for changes in foreign:
            self._take(changes)
        return frozenset(change.session_key for changes in foreign for change in changes)

    def record(self, changes: tuple[Change, ...]) -> None:
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        self.recorded.append(changes)
        self._take(changes)

    def from_elsewhere(self, *changes: Change) -> None:
        """Another process writes; seen with the next refresh."""
        self._foreign.append(changes)

    def _take(self, changes: tuple[Change, ...]) -> None:
        self.version += 1
        for change in changes:
            before = self.get(change.session_key)
            fields = {name: value for name, value in asdict(change).items() if value is not UNSET}
            del fields["session_key"]
            if isinstance(change, SessionChange):
                after = replace(before, session=replace(before.session, **fields))
            else:
                after = replace(before, turns=_turns(before, change, fields))
            self._sessions[change.session_key] = after


def _turns(
    before: Annotations, change: TurnChange, fields: dict[str, object]
) -> dict[str, TurnAnnotation]:
    turns = dict(before.turns)
    if not change.content_hash:
        fields.pop("content_hash")
    old = turns.pop(change.turn_key, TurnAnnotation(change.turn_key, change.number))
    if new := replace(old, **fields):
        turns[change.turn_key] = new
    return turns
