"""What the detail pane is about: a session, a turn, a step of a turn, or all edits of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.session import Session
from aimux_tui.model.tools import FileEdit, ToolCall
from aimux_tui.model.turn import Step, Turn, TurnSummary

if TYPE_CHECKING:
    from collections.abc import Hashable

    from aimux_tui.model.body import Span


class Subject(Struct, frozen=True):
    """The narrowest of its fields that is there says what it is."""

    session: Session
    turn: TurnSummary | None = None
    details: Turn | None = None
    """The turn's steps, if they have been read."""
    part: str = ""
    """Which part of the turn, as the list of turns names it."""
    step: Step | None = None
    edit: int | None = None
    """Which of the tool call's edits."""
    is_about_edits: bool = False
    has_telemetry: bool = False
    """Something was received of its session."""

    @property
    def identity(self) -> Hashable:
        """The same for the same thing, however it has changed in the meantime."""
        turn = self.turn.key if self.turn is not None else ""
        return (self.session.key, turn, self.part, self.is_about_edits)

    @property
    def essence(self) -> object:
        """What views show of it: when this is the same, there is nothing to draw anew."""
        if self.step is not None:
            return self.step
        if self.turn is not None:
            return (self.turn, self.details)
        return self.session

    @property
    def tool_call(self) -> ToolCall | None:
        """The tool call, if it is one."""
        return self.step if isinstance(self.step, ToolCall) else None

    @property
    def edits(self) -> tuple[FileEdit, ...]:
        """The edits of the tool call, or the one of them that it is about."""
        call = self.tool_call
        if call is None:
            return ()
        return call.edits if self.edit is None else call.edits[self.edit : self.edit + 1]

    @property
    def child_key(self) -> str:
        """Key of the sub-agent's session that it spawned."""
        call = self.tool_call
        return call.child_key if call is not None else ""

    @property
    def records(self) -> tuple[Span, ...]:
        """Where its records lie in the log."""
        if isinstance(self.step, ToolCall):
            spans = (self.step.record, self.step.result_record)
        elif self.step is not None:
            spans = (self.step.record, None)
        elif self.turn is not None:
            return self.turn.spans
        else:
            return ()
        return tuple(span for span in spans if span is not None)


def subject_at(
    session: Session, turn: TurnSummary | None, details: Turn | None, part: str
) -> Subject:
    """What lies at a place in the list of turns."""
    if details is None:
        return Subject(session, turn, details, part)
    from aimux_tui.tui.format.steps import place_of

    place = place_of(part)
    if place is None or place[0] >= len(details.steps):
        return Subject(session, turn, details, part)
    return Subject(session, turn, details, part, details.steps[place[0]], place[1])
