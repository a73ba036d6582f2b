"""Every view of the detail pane. For a subject, the first that accepts it is shown at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.tui.views.diff import DiffView
from aimux_tui.tui.views.message import MessageView
from aimux_tui.tui.views.record import JsonView, RawView
from aimux_tui.tui.views.session import SessionView
from aimux_tui.tui.views.telemetry import TelemetryView
from aimux_tui.tui.views.tool import ToolView

if TYPE_CHECKING:
    from aimux_tui.tui.views.base import DetailView
    from aimux_tui.tui.views.subject import Subject

VIEWS: tuple[DetailView, ...] = (
    SessionView(),
    ToolView(),
    MessageView(),
    DiffView(),
    TelemetryView(),
    JsonView(),
    RawView(),
)


def views_of(subject: Subject) -> list[DetailView]:
    """The views that have something to show."""
    found = [view for view in VIEWS if view.accepts(subject)]
    if subject.tool_call is not None and subject.tool_call.edits:
        # Of an edit, what it changed says more than what was asked for.
        found.sort(key=lambda view: view.id != "diff")
    return found
