"""From annotations to the sessions and turns that they are about."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.annotations.matching import Match, content_hash, match_turns
from aimux_tui.errors import SessionError
from aimux_tui.model.annotation import Annotations
from aimux_tui.model.session import Session
from aimux_tui.model.turn import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.store.library import Library
    from aimux_tui.store.trace import Trace


class JudgedSession(Struct, frozen=True):
    """What is said of a session, and whom it is said of."""

    annotations: Annotations
    session: Session | None
    """None if no log of it is left."""
    matches: tuple[Match, ...]
    """One for each turn of which something is said."""
    trouble: str = ""
    """Why none of its turns can be found, in words."""


def judged_sessions(library: Library, judged: Iterable[Annotations]) -> Iterator[JudgedSession]:
    """Each session with its turns, which are read from its log. Blocks."""
    for one in judged:
        session = session_of(library, one.session_key)
        matches, trouble = None, "no log of this session is left, nor a copy of one"
        if session is not None:
            try:
                matches, trouble = _matches(library, session, one), ""
            except (OSError, SessionError) as error:
                trouble = f"its log cannot be read: {error}"
        if matches is None:
            matches = tuple(Match(annotation, None, None) for annotation in one.turns.values())
        yield JudgedSession(one, session, matches, trouble)


def _matches(library: Library, session: Session, annotations: Annotations) -> tuple[Match, ...]:
    if not annotations.turns:
        return ()
    with closing(library.open(session.key, is_kept=False)) as trace:
        trace.refresh()
        return tuple(match_annotations(trace, annotations))


def session_of(library: Library, session_key: str) -> Session | None:
    """The session that an annotation is about.

    Older files tell no agent, so that the first part of the key may have been guessed.
    """
    if session := library.get(session_key):
        return session
    session_id = session_key.partition(":")[2]
    found = [one for one in library.sessions() if one.session_id == session_id]
    return found[0] if len(found) == 1 else None


def content_hash_of(trace: Trace, turn: TurnSummary) -> str:
    """The `content_hash` of a turn. Blocks. Raises OSError, SessionError."""
    prompt = trace.read_turn(turn.key).prompt
    return content_hash(
        part.body.text if part.body.ref is None else trace.body(part.body.ref)
        for part in prompt
        if isinstance(part, Text)
    )


def match_annotations(trace: Trace, annotations: Annotations) -> list[Match]:
    """Each annotation of a session with its turn. Blocks. Raises OSError, SessionError."""
    return match_turns(annotations, trace.turns, lambda turn: content_hash_of(trace, turn))
