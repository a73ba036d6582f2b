"""The table of sessions, and what is said when there are none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aimux_tui.cli.tables import Column, format_table, terminal_width
from aimux_tui.model.session import Status
from aimux_tui.model.usage import Cost
from aimux_tui.text.units import (
    UNKNOWN,
    format_age,
    format_cost,
    format_count,
    format_spent,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.session import Session
    from aimux_tui.store.library import Place

_GLYPHS = {Status.ACTIVE: "●", Status.WAITING: "!", Status.IDLE: "○", Status.ERROR: "✗"}
_COLUMNS = (
    Column(""),
    Column("agent"),
    Column("session"),
    Column("project", is_flexible=True),
    Column("title", is_flexible=True),
    Column("age", is_right=True),
    Column("turns", is_right=True),
    Column("tools", is_right=True),
    Column("failed", is_right=True),
    Column("tokens", is_right=True),
    Column("cost", is_right=True),
)
_LABELS = Column("labels")
"""Only where a session of the list is judged."""


def format_sessions(sessions: Sequence[Session], labels_of: Callable[[str], Annotations]) -> str:
    """The sessions as a table, with a line that sums them up."""
    now = datetime.now(UTC)
    rows = [
        [
            _GLYPHS[session.status],
            session.provider,
            ("  " if session.parent_key else "") + short_id(session.provider, session.session_id),
            session.project,
            ("(archived) " if session.archived_from else "") + (session.title or "(no prompt yet)"),
            format_age(session.updated, now),
            str(session.turns),
            str(session.tool_calls),
            str(session.failed_tool_calls or ""),
            format_count(session.total_usage.total) if session.total_usage.total else UNKNOWN,
            format_spent(session.total_usage, session.total_cost),
            _format_tally(labels_of(session.key)),
        ]
        for session in sessions
    ]
    columns = [*_COLUMNS, *([_LABELS] if any(row[-1] for row in rows) else [])]
    table = format_table(columns, [row[: len(columns)] for row in rows], terminal_width())
    listed = {session.key for session in sessions}
    total = Cost()
    for session in sessions:
        if session.parent_key not in listed:
            total += session.total_cost
    summary = f"{plural(len(sessions), 'session')}, {format_cost(total)} at API list prices"
    if total.unpriced_models:
        summary += f"; no price known for {', '.join(total.unpriced_models)}"
    if total.is_lower_bound:
        summary += "; ≥ where a log counts too few tokens"
    return f"{table}\n\n{summary}"


def _format_tally(said: Annotations) -> str:
    """How a session's turns are labelled, in few letters."""
    tally = said.tally
    counts = (("g", tally.good), ("b", tally.bad), ("w", tally.waste))
    return " ".join(f"{number}{letter}" for letter, number in counts if number)


def format_nothing(places: Sequence[Place]) -> str:
    """Where it looked in vain, and what to do."""
    looked = "\n".join(
        f"  {place.path}  ({place.provider}: "
        + (f"{plural(place.logs, 'log')}, none fits" if place.logs else "no logs")
        + ("" if place.exists else ", no such folder")
        + ")"
        for place in places
    )
    if any(place.logs for place in places):
        return f"No session fits. aimux looked in\n{looked}"
    return (
        f"No sessions. aimux looked in\n{looked}\n\n"
        "Start an agent (claude, codex, gemini) in any folder, name another place in the settings\n"
        "(providers.claude.paths, …), or see `aimux demo`."
    )


def short_id(provider: str, session_id: str) -> str:
    """Enough of the id to name the session."""
    name = session_id.rsplit("/", 1)[-1]
    # The ids of Codex begin with a time stamp, so that neighbours differ only at the end.
    return name[:8] if provider != "codex" else name[:13]
