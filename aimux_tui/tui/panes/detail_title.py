"""What the detail pane says it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Image, Notice, Text, Thinking, Unknown
from aimux_tui.text.sanitise import one_line
from aimux_tui.tui.format.turn_row import short_tool_name

if TYPE_CHECKING:
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.views.subject import Subject


def format_subject(subject: Subject, look: Look) -> Content:
    """A few words."""
    return Content.styled(_words(subject), look.palette.heading)


def _words(subject: Subject) -> str:
    if subject.is_about_edits:
        return "Edits of the session"
    if subject.turn is None:
        return "Session"
    number = subject.turn.number
    match subject.step:
        case ToolCall(name=name):
            return one_line(short_tool_name(name), 60)
        case Text():
            return f"Answer in turn {number}"
        case Thinking():
            return f"Thinking in turn {number}"
        case Notice():
            return f"Notice in turn {number}"
        case Image():
            return f"Image in turn {number}"
        case Unknown():
            return f"Record in turn {number}"
        case None:
            return f"Prompt {number}" if subject.part == "prompt" else f"Turn {number}"
