"""Noticing that a session begins to need its user."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.model.session import Session


class AttentionWatch:
    """Remembers which sessions need attention, so that each news is told once."""

    def __init__(self) -> None:
        self._needing: set[str] | None = None

    def news(self, sessions: Iterable[Session]) -> list[Session]:
        """The listed sessions that need attention now and did not when last asked.

        Nothing is news the first time: those sessions have been waiting already.
        """
        needing = {
            session.key: session
            for session in sessions
            if session.needs_attention and not session.hidden_reason
        }
        known, self._needing = self._needing, set(needing)
        if known is None:
            return []
        return [session for key, session in needing.items() if key not in known]
