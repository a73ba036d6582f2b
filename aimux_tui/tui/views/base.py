"""What a view of the detail pane is. A new one is a module here and a row in `views.registry`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from aimux_tui.model.session import Session
from aimux_tui.tui.format.lines import Line
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.review import UNSEEN, Review
from aimux_tui.tui.telemetry.feed import TelemetryFeed
from aimux_tui.tui.trace_feed import TraceFeed

if TYPE_CHECKING:
    from aimux_tui.tui.views.subject import Subject


class ViewContext(Struct, frozen=True):
    """What a view may use."""

    feed: TraceFeed
    """Of the subject's session: it reads what is not in memory."""
    look: Look
    width: int
    """Columns of the pane."""
    sessions: Mapping[str, Session]
    """Every session by its key."""
    is_side_by_side: bool = False
    """Diffs are shown in two columns where there is room."""
    review: Review = UNSEEN
    """What is said of the subject's session."""
    telemetry: TelemetryFeed | None = None
    """What was received over OTLP; None: it is not looked at."""


class Page(Struct, frozen=True):
    """What a view shows: lines, or a value as a tree."""

    lines: Sequence[Line] = ()
    tree: object = None
    is_tree: bool = False


class DetailView(Protocol):
    """One way to show a subject. It has no state, so one object serves everything."""

    id: str
    """As in the command `view.…`."""
    title: str

    def accepts(self, subject: Subject) -> bool:
        """Whether there is something to show."""
        ...

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """What can be shown within a few milliseconds, if anything."""
        ...

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """All of it. Slow work is done by `context.feed`; raises SessionError, OSError."""
        ...
