"""What a query may ask of a session and of a turn."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from aimux_tui.model.annotation import Annotations, TurnAnnotation
from aimux_tui.model.session import Session
from aimux_tui.model.turn import TurnSummary
from aimux_tui.model.usage import Cost


class SessionFacts(Struct, frozen=True):
    """A session and what is said of it."""

    session: Session
    annotations: Annotations


class TurnFacts(Struct, frozen=True):
    """A turn, what is said of it, and its session."""

    turn: TurnSummary
    cost: Cost
    session: SessionFacts | None = None
    """Where several sessions are asked; None within one."""
    annotation: TurnAnnotation | None = None
    files: Collection[str] | None = None
