"""What people say of turns and sessions: labels, verdicts, tags and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class Label(StrEnum):
    """What a person thinks of a turn."""

    GOOD = "good"
    BAD = "bad"
    WASTE = "waste"
    """It may be right, but nobody needed it."""


class Verdict(StrEnum):
    """What became of a whole session's task."""

    ACHIEVED = "achieved"
    PARTIAL = "partial"
    FAILED = "failed"
    ABANDONED = "abandoned"


class TurnAnnotation(Struct, frozen=True, gc=False):
    """The label and the note of one turn; either may stand alone."""

    turn_key: str
    """As in `TurnSummary.key`; empty where an older file names only the number."""
    number: int
    """The turn's number when it was annotated: for people."""
    label: Label | None = None
    note: str = ""
    content_hash: str = ""
    """Hash of what the turn asked, by which it is found again should its key change."""
    author: str = ""
    updated: datetime | None = None

    def __bool__(self) -> bool:
        return self.label is not None or bool(self.note)


class SessionAnnotation(Struct, frozen=True):
    """What is said of a session as a whole."""

    verdict: Verdict | None = None
    tags: tuple[str, ...] = ()
    """Failure modes, in the order in which they were given."""
    note: str = ""
    author: str = ""
    updated: datetime | None = None

    def __bool__(self) -> bool:
        return self.verdict is not None or bool(self.tags) or bool(self.note)


class Tally(Struct, frozen=True):
    """How many turns carry which label."""

    good: int = 0
    bad: int = 0
    waste: int = 0
    notes: int = 0
    """Turns with a note, labelled or not."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.good + other.good,
            self.bad + other.bad,
            self.waste + other.waste,
            self.notes + other.notes,
        )

    @property
    def labelled(self) -> int:
        """Turns with a label."""
        return self.good + self.bad + self.waste


class Annotations(Struct, frozen=True):
    """Everything that is said of one session and its turns."""

    session_key: str
    session: SessionAnnotation = field(default_factory=SessionAnnotation)
    turns: Mapping[str, TurnAnnotation] = field(default_factory=dict)
    """Turn key (`number_key` where that is unknown) → annotation; empty ones are left out."""

    def of_turn(self, turn_key: str, number: int) -> TurnAnnotation | None:
        """What is said of a turn; older files name turns by their number alone."""
        return self.turns.get(turn_key) or self.turns.get(number_key(number))

    @property
    def tally(self) -> Tally:
        """The labels of its turns, counted."""
        labels = [turn.label for turn in self.turns.values()]
        return Tally(
            labels.count(Label.GOOD),
            labels.count(Label.BAD),
            labels.count(Label.WASTE),
            sum(1 for turn in self.turns.values() if turn.note),
        )


def number_key(number: int) -> str:
    """Stands for the key of a turn of which only the number is known."""
    return f"#{number}"
