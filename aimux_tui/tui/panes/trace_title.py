"""The two lines above the turns: where we are, and what is known of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content

from aimux_tui.model.session import Status
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_count, format_spent, format_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.session import Session
    from aimux_tui.tui.format.look import Look

_SEPARATOR = "  "


class ListState(Struct, frozen=True, kw_only=True):
    """How the list of turns is shown."""

    tally: str = ""
    """How many turns a filter lets by."""
    labelled: tuple[int, int] = (0, 0)
    """Turns with a label, and turns that have one or should have one."""
    marked: int = 0
    is_following: bool = False
    unseen: int = 0
    """New turns below those that are seen."""
    is_complete: bool = True
    error: str = ""


def format_place(
    sessions: Sequence[Session], look: Look, state: ListState
) -> tuple[Content, Content]:
    """(the trail of titles, how the list is shown)."""
    palette, glyphs = look.palette, look.glyphs
    trail = [
        Content.styled(one_line(session.agent_name or session.title), palette.heading)
        for session in sessions
    ]
    left = Content.styled(f" {glyphs.closed} ", palette.muted).join(trail)
    if not sessions:
        left = Content.styled("Trace", palette.heading)
    elif len(sessions) == 1 and sessions[0].project:
        project = Content.styled(one_line(sessions[0].project) + " ", palette.accent)
        left = Content.assemble(project, left)
    right = []
    if state.error:
        right.append(Content.styled("unreadable", palette.failed))
    if not state.is_complete:
        right.append(Content.styled("reading the beginning…", palette.running))
    if state.tally:
        right.append(Content.styled(state.tally, palette.text))
    if state.marked:
        right.append(Content.styled(f"{state.marked:,} marked", palette.picked))
    labelled, total = state.labelled
    if labelled:
        right.append(Content.styled(f"{labelled:,} of {total:,} labelled", palette.muted))
    if state.unseen:
        right.append(Content.styled(f"{state.unseen} new below", palette.waiting))
    if state.is_following:
        right.append(Content.styled("following", palette.ok))
    return left, Content(_SEPARATOR).join(right)


def format_session_line(
    session: Session, look: Look, *, shows_cost: bool, source: str = ""
) -> tuple[Content, Content]:
    """(what it is doing, its numbers). `source` says where what is known of it is from."""
    palette, glyphs = look.palette, look.glyphs
    style = {
        Status.ACTIVE: palette.running,
        Status.WAITING: palette.waiting,
        Status.ERROR: palette.failed,
        Status.IDLE: palette.muted,
    }[session.status]
    reason = one_line(session.status_reason) or session.status.value
    left = [Content.styled(f"{glyphs.status[session.status]} {reason}", style)]
    if session.git_branch:
        left.append(Content.styled(one_line(session.git_branch), palette.muted))
    if session.models:
        left.append(Content.styled(one_line(session.models[-1]), palette.muted))
    right = [Content.styled(source, palette.faint)] if source else []
    right += [Content.styled(format_tokens(session.total_usage), palette.muted)]
    if session.context_tokens:
        right.append(_context(session, look))
    if shows_cost:
        right.append(
            Content.styled(format_spent(session.total_usage, session.total_cost), palette.strong)
        )
    return Content(_SEPARATOR).join(left), Content(_SEPARATOR).join(right)


def _context(session: Session, look: Look) -> Content:
    """How full the context is: a share where the window is known."""
    palette = look.palette
    if not session.context_window:
        return Content.styled(f"ctx {format_count(session.context_tokens)}", palette.muted)
    share = session.context_tokens / session.context_window
    style = palette.waiting if share > 0.8 else palette.muted
    return Content.styled(f"ctx {share:.0%}", style)
