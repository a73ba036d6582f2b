"""Noticing that a session begins to need its user."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aimux_tui.model.session import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aimux_tui.model.session import Session

_FORGOTTEN = timedelta(hours=12)
"""An error older than this has been seen, or nobody cares."""


def needs_user(session: Session, now: datetime) -> bool:
    """Whether the session's user should look at it, today rather than some day."""
    if not session.needs_attention or session.hidden_reason:
        return False
    return session.updated is not None and now - session.updated < _FORGOTTEN


class AttentionWatch:
    """Remembers which sessions need attention, so that each news is told once."""

    def __init__(self) -> None:
        self._needing: set[str] | None = None

    def news(self, sessions: Iterable[Session], now: datetime) -> list[Session]:
        """The listed sessions that need attention now and did not when last asked.

        Nothing is news the first time: those sessions have been waiting already.
        """
        needing = {
            session.key: session
            for session in sessions
            if session.status is not Status.IDLE and needs_user(session, now)
        }
        known, self._needing = self._needing, set(needing)
        if known is None:
            return []
        return [session for key, session in needing.items() if key not in known]
