"""What a `/` filter means: every word must be in the text, upper and lower case alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import TurnSummary

Words = tuple[str, ...]


def words_of(query: str) -> Words:
    """The words of a filter, ready to be compared; none of them: everything matches."""
    return tuple(query.casefold().split())


def session_text(session: Session) -> str:
    """What a filter of the session list looks at."""
    return "\n".join(
        (
            session.title,
            session.project,
            session.provider,
            session.cwd,
            session.git_branch,
            session.agent_name,
            session.status,
            *session.models,
        )
    ).casefold()


def turn_text(turn: TurnSummary) -> str:
    """What a filter of the trace looks at."""
    tools = " ".join(name for name, _ in turn.tools)
    return f"{turn.title}\n{tools}\n{turn.kind}\n{turn.state}".casefold()


def matches(text: str, words: Words) -> bool:
    """Whether every word is in a text of `session_text` or `turn_text`."""
    return all(word in text for word in words)
