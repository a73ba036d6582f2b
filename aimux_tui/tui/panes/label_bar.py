"""The buttons of the detail pane: label its turn, judge its session, without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content
from textual.message import Message
from textual.style import Style

from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.format.labels import verdict_style
from aimux_tui.tui.format.lines import fit, width_of
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.pane_title import drawable
from aimux_tui.tui.widgets.kept_line import KeptLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from aimux_tui.model.annotation import SessionAnnotation, TurnAnnotation
    from aimux_tui.tui.format.glyphs import Glyphs
    from aimux_tui.tui.review import Review
    from aimux_tui.tui.views.subject import Subject

_PRESSES = "presses"
_NOTE_FROM = 12
"""Columns that must be left for the first words of a note."""


class Button(Struct, frozen=True):
    """Something to click on."""

    command_id: str
    word: str
    arguments: tuple[str, ...] = ()
    style: Style = Style()
    """When it is on."""
    is_on: bool = False


def turn_buttons(annotation: TurnAnnotation | None, look: Look) -> list[Button]:
    """What can be said of a turn."""
    label, note = (annotation.label, annotation.note) if annotation else (None, "")
    buttons = [
        Button(
            f"turn.label-{one.value}",
            f"{look.glyphs.label[one]} {one.value}",
            style=look.palette.labels[one],
            is_on=one is label,
        )
        for one in Label
    ]
    pen = f"{look.glyphs.note} note"
    return [*buttons, Button("turn.note", pen, style=look.palette.note, is_on=bool(note))]


def session_buttons(annotation: SessionAnnotation, look: Look) -> list[Button]:
    """What can be said of a session."""
    buttons = [
        Button(
            "session.verdict",
            one.value,
            # What is clicked on again is taken back.
            ("none",) if one is annotation.verdict else (one.value,),
            verdict_style(one, look.palette) + Style(bold=True, reverse=True),
            one is annotation.verdict,
        )
        for one in Verdict
    ]
    has_more = bool(annotation.tags or annotation.note)
    pen = look.glyphs.note
    return [*buttons, Button("session.verdict", pen, style=look.palette.note, is_on=has_more)]


def format_buttons(buttons: Sequence[Button], said: str, look: Look, width: int) -> Content:
    """The buttons, and behind them what was said in words, if there is room."""
    parts: list[Content] = []
    for button in buttons:
        click = Style.from_meta({_PRESSES: (button.command_id, button.arguments)})
        style = button.style if button.is_on else look.palette.muted
        # Not by colour alone.
        word = button.word.upper() if button.is_on else button.word
        parts.append(Content.styled(f" {word} ", style + click))
    line = Content.assemble(*parts)
    room = width - width_of(line.plain) - 1
    if said and room >= _NOTE_FROM:
        line = Content.assemble(line, " ", fit(Content.styled(said, look.palette.note), room))
    return fit(line, width)


class LabelBar(KeptLine):
    """One row, seen while there is a turn or a session to judge."""

    DEFAULT_CSS = """
    LabelBar { height: 1; width: 1fr; padding: 0; display: none; }
    """

    class Pressed(Message):
        """A button was clicked on."""

        def __init__(self, command_id: str, arguments: tuple[str, ...]) -> None:
            super().__init__()
            self.command_id = command_id
            self.arguments = arguments

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._turn: TurnAnnotation | None = None
        self._session: SessionAnnotation | None = None
        """None: the buttons are those of a turn."""

    def show(self, subject: Subject | None, review: Review) -> None:
        """Show what is said of a subject."""
        if subject is not None and subject.turn is not None:
            turn = subject.turn
            self._turn, self._session = review.annotations.of_turn(turn.key, turn.number), None
        else:
            self._turn, self._session = None, review.annotations.session
        self.display = subject is not None and not subject.is_about_edits
        self.refresh()

    @property
    def text(self) -> str:
        """What it says."""
        return self.render().plain

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        pressed = event.style.meta.get(_PRESSES)
        if pressed:
            self.post_message(self.Pressed(*pressed))

    def render(self) -> Content:
        """The row."""
        look, session = Look(palette_of(self.app), self._glyphs), self._session
        if session is None:
            buttons = turn_buttons(self._turn, look)
            said = self._turn.note if self._turn else ""
        else:
            buttons = session_buttons(session, look)
            said = ", ".join(session.tags) or session.note
        width = self.content_size.width
        return drawable(format_buttons(buttons, one_line(said, 300), look, width), self._glyphs)
