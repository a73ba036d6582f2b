"""One line of an evaluation file, and what the lines of a session come to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from aimux_tui.annotations.changes import TurnChange
from aimux_tui.model.annotation import (
    Annotations,
    Label,
    SessionAnnotation,
    TurnAnnotation,
    Verdict,
    number_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.annotations.changes import Change

VERSION = 1
_T = TypeVar("_T")
_WrittenLabel = Literal["good", "bad", "waste", "wasteful", ""]
_LABELS: dict[_WrittenLabel | None, Label | None] = {
    "good": Label.GOOD,
    "bad": Label.BAD,
    "waste": Label.WASTE,
    # Of the earlier tool of the same name, whose lines have no version.
    "wasteful": Label.WASTE,
    "": None,
    None: None,
}


class Event(Struct, frozen=True, omit_defaults=True, gc=False):
    """A change as it is written down; what is unset stays as it was.

    It is about a turn if it names one, else about the session as a whole.
    """

    v: int = 0
    session: str = ""
    turn: int | None = None
    turn_key: str = ""
    turn_hash: str = ""
    label: _WrittenLabel | UnsetType | None = UNSET
    verdict: Verdict | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    author: str = ""
    timestamp: str = ""

    @property
    def is_of_turn(self) -> bool:
        """Whether it is about a turn."""
        return self.turn is not None or bool(self.turn_key)


class BadEventError(ValueError):
    """A line that says nothing; the message tells why."""


_decoder = msgspec.json.Decoder(Event)


def decode_event(line: bytes) -> Event:
    """The event in a line. Raises BadEventError."""
    try:
        event = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadEventError(str(error)) from None
    if event.v > VERSION:
        raise BadEventError(f"written by a newer aimux (version {event.v})")
    return event


def encode_change(change: Change, author: str, now: datetime) -> bytes:
    """A change as a line, newline included. Raises UnicodeEncodeError."""
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(change, TurnChange):
        event = Event(
            v=VERSION,
            session=change.session_key,
            turn=change.number,
            turn_key=change.turn_key,
            turn_hash=change.content_hash,
            label=_written(change.label),
            note=_or_null(change.note),
            author=author,
            timestamp=at,
        )
    else:
        event = Event(
            v=VERSION,
            session=change.session_key,
            verdict=change.verdict,
            tags=change.tags,
            note=_or_null(change.note),
            author=author,
            timestamp=at,
        )
    return msgspec.json.encode(event) + b"\n"


def fold(annotations: Annotations, events: Iterable[Event]) -> Annotations:
    """The annotations after further events of the session, the last value of each field."""
    session, turns = annotations.session, dict(annotations.turns)
    for event in events:
        if event.is_of_turn:
            _fold_turn(turns, event)
        else:
            session = SessionAnnotation(
                verdict=_given(event.verdict, session.verdict),
                tags=_given(event.tags, session.tags) or (),
                note=_given(event.note, session.note) or "",
                author=event.author,
                updated=_time_of(event) or session.updated,
            )
    return Annotations(annotations.session_key, session, turns)


def _fold_turn(turns: dict[str, TurnAnnotation], event: Event) -> None:
    number = event.turn or 0
    place = event.turn_key or _place_of_number(turns, number)
    old = turns.pop(place, None)
    if old is None and event.turn_key:
        # What the earlier tool said of the turn by its number is now known by its key.
        old = turns.pop(number_key(number), None)
    if old is None:
        old = TurnAnnotation(event.turn_key, number)
    # A hash that is written down later is nobody's judgement.
    is_judgement = event.label is not UNSET or event.note is not UNSET
    new = TurnAnnotation(
        turn_key=event.turn_key or old.turn_key,
        number=number or old.number,
        label=old.label if event.label is UNSET else _LABELS[event.label],
        note=_given(event.note, old.note) or "",
        content_hash=event.turn_hash or old.content_hash,
        author=event.author if is_judgement else old.author,
        updated=(is_judgement and _time_of(event)) or old.updated,
    )
    if new:
        turns[place] = new


def _place_of_number(turns: dict[str, TurnAnnotation], number: int) -> str:
    """Where an event that names only a number belongs."""
    place = number_key(number)
    if place in turns:
        return place
    return next((key for key in reversed(turns) if turns[key].number == number), place)


def _written(label: Label | UnsetType | None) -> _WrittenLabel | UnsetType | None:
    return label if label is None or isinstance(label, UnsetType) else label.value


def _given(value: _T | UnsetType | None, otherwise: _T | None) -> _T | None:
    return otherwise if isinstance(value, UnsetType) else value


def _or_null(note: str | UnsetType) -> str | UnsetType | None:
    return None if note == "" else note


def _time_of(event: Event) -> datetime | None:
    try:
        at = datetime.fromisoformat(event.timestamp)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
