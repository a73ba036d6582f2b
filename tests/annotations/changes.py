"""Short ways to say what is recorded."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.model.annotation import Label, Verdict

SESSION = "claude:5a1d3a3e-0000-4000-8000-000000000001"
OTHER = "codex:01990000-0000-7000-8000-000000000002"


def turn(
    number: int,
    label: Label | UnsetType | None = UNSET,
    note: str | UnsetType = UNSET,
    *,
    session: str = SESSION,
    content_hash: str = "",
) -> TurnChange:
    return TurnChange(
        session_key=session,
        turn_key=f"turn-{number}",
        number=number,
        content_hash=content_hash,
        label=label,
        note=note,
    )


def whole(
    verdict: Verdict | UnsetType | None = UNSET,
    tags: tuple[str, ...] | UnsetType = UNSET,
    note: str | UnsetType = UNSET,
    *,
    session: str = SESSION,
) -> SessionChange:
    return SessionChange(session_key=session, verdict=verdict, tags=tags, note=note)
