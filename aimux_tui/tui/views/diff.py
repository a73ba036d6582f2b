"""Edits as diffs: those of a tool call, of a turn, or of a whole session, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_clock, plural
from aimux_tui.tui.format.diff import (
    SIDE_BY_SIDE,
    edit_heading,
    side_by_side_diff,
    unified_diff,
)
from aimux_tui.tui.format.lines import Line
from aimux_tui.tui.format.paths import Paths
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, heading, note

if TYPE_CHECKING:
    from aimux_tui.model.tools import FileEdit
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.tui.views.subject import Subject

MOST_EDITS = 2_000
"""Edits of one session that are shown."""


class DiffView:
    """Unified, or side by side where there is room and the reader wants it."""

    id = "diff"
    title = "diff"

    def accepts(self, subject: Subject) -> bool:
        """Whatever edited something."""
        if subject.is_about_edits:
            return True
        if subject.tool_call is not None:
            return bool(subject.edits)
        return subject.step is None and subject.turn is not None and subject.turn.edits > 0

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """Nothing: a diff in plain would have to be read twice."""
        del subject, context
        return None

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """The diffs, those of one file together."""
        edits = await self._edits(subject, context)
        return Page(await context.feed.compute(lambda: _lines(edits, subject, context)))

    async def _edits(
        self, subject: Subject, context: ViewContext
    ) -> list[tuple[TurnSummary | None, FileEdit]]:
        if subject.tool_call is not None:
            return [(None, edit) for edit in subject.edits]
        turns = [
            turn
            for turn in ([subject.turn] if subject.turn is not None else context.feed.view.turns)
            if turn.edits
        ]
        edits: list[tuple[TurnSummary | None, FileEdit]] = []
        for turn in turns:
            details = await context.feed.read_turn(turn.key)
            for call in details.tool_calls:
                edits += [(turn, edit) for edit in call.edits]
            if len(edits) >= MOST_EDITS:
                break
        return edits


def _lines(
    edits: list[tuple[TurnSummary | None, FileEdit]], subject: Subject, context: ViewContext
) -> list[Line]:
    look = context.look
    files: dict[str, list[tuple[TurnSummary | None, FileEdit]]] = {}
    for turn, edit in edits[:MOST_EDITS]:
        files.setdefault(edit.new_path or edit.path, []).append((turn, edit))
    lines: list[Line] = []
    paths = Paths(subject.session.cwd, context.width)
    if subject.is_about_edits:
        tally = f"{plural(len(edits), 'edit')} of {plural(len(files), 'file')}"
        lines += [heading(tally, look), BLANK]
    for of_file in files.values():
        for number, (turn, edit) in enumerate(of_file):
            if number == 0 or edit.operation != "update":
                lines.append(edit_heading(edit, look, paths=paths))
            if turn is not None:
                lines.append(_origin(turn, context))
            lines += _diff(edit, context)
        lines.append(BLANK)
    if not edits:
        lines.append(note("no edits", look))
    if len(edits) >= MOST_EDITS:
        lines.append(note(f"… the first {MOST_EDITS:,} edits", look))
    return lines


def _origin(turn: TurnSummary, context: ViewContext) -> Line:
    look = context.look
    when = format_clock(turn.started, look.zone)
    text = f"turn {turn.number}, {when}: {one_line(turn.title, 100)}"
    return Line(Content.styled(text, look.palette.muted))


def _diff(edit: FileEdit, context: ViewContext) -> list[Line]:
    if context.is_side_by_side and context.width >= SIDE_BY_SIDE:
        return side_by_side_diff(edit, context.look, context.width)
    return unified_diff(edit, context.look)
