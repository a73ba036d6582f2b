"""Finding the turns again that annotations are about, though their keys may have changed."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.annotation import TurnAnnotation
from aimux_tui.model.turn import TurnSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aimux_tui.model.annotation import Annotations


class FoundBy(StrEnum):
    """What told which turn an annotation is about."""

    KEY = "key"
    NUMBER = "number"
    """Of an older file, which knows no keys."""
    CONTENT = "content"
    """Its key has gone, but a turn asks the very same."""


class Match(Struct, frozen=True):
    """An annotation and its turn."""

    annotation: TurnAnnotation
    turn: TurnSummary | None
    """None if it is orphaned: no turn can be the one that is meant."""
    found_by: FoundBy | None


def content_hash(prompt: Iterable[str]) -> str:
    """Hash of what a turn asks: the whole text of its prompt, in its pieces. "" if there is none.

    White space around the pieces is not part of it.
    """
    text = "\n".join(stripped for piece in prompt if (stripped := piece.strip()))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""


def match_turns(
    annotations: Annotations,
    turns: Sequence[TurnSummary],
    hash_of: Callable[[TurnSummary], str],
) -> list[Match]:
    """Each annotation of a session with its turn.

    `hash_of` tells the `content_hash` of a turn; it is asked only if some key is not found. Of
    several turns that ask the same, the one nearest in number is taken.
    """
    by_key = {turn.key: turn for turn in turns}
    by_number = {turn.number: turn for turn in turns}
    matches: list[Match] = []
    lost: list[TurnAnnotation] = []
    for annotation in annotations.turns.values():
        if turn := by_key.pop(annotation.turn_key, None):
            matches.append(Match(annotation, turn, FoundBy.KEY))
        elif not annotation.turn_key and (turn := by_number.get(annotation.number)):
            matches.append(Match(annotation, turn, FoundBy.NUMBER))
        else:
            lost.append(annotation)
    if any(annotation.content_hash for annotation in lost):
        hashes = {turn.key: hash_of(turn) for turn in by_key.values()}
    for annotation in lost:
        candidates = [
            turn
            for turn in by_key.values()
            if annotation.content_hash and hashes[turn.key] == annotation.content_hash
        ]
        if candidates:
            nearest = min(candidates, key=lambda turn: abs(turn.number - annotation.number))
            del by_key[nearest.key]
            matches.append(Match(annotation, nearest, FoundBy.CONTENT))
        else:
            matches.append(Match(annotation, None, None))
    return matches
