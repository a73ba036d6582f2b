"""From annotations to the sessions and turns that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.annotations.matching import content_hash, match_turns
from aimux_tui.model.turn import Text

if TYPE_CHECKING:
    from aimux_tui.annotations.matching import Match
    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.store.library import Library
    from aimux_tui.store.trace import Trace


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
