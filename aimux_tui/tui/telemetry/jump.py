"""From something that was received to the turn of a session that it belongs to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.tui.format.span_row import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aimux_tui.model.session import Session
    from aimux_tui.model.telemetry import Span
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.store.telemetry.tree import TraceTree
    from aimux_tui.tui.screens.main import MainScreen

_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 20.0


class Jump(Struct, frozen=True):
    """Where to go."""

    session: str
    """The agent's own id of the session."""
    agent: str = ""
    """Of its sub-agent, if it is in one."""
    turn: str = ""
    """An id of the turn, where the record has one."""
    time_ns: int = 0
    """When it happened; 0: nowhere in particular."""


def jump_from(span: Span, tree: TraceTree) -> Jump | None:
    """Where a span leads: it, or the nearest span above it, names a session."""
    by_id = {one.span_id: one for one in tree.spans}
    at: Span | None = span
    seen: set[str] = set()
    while at is not None and at.span_id not in seen:
        seen.add(at.span_id)
        if at.keys.session:
            agent = next((one.keys.agent for one in (span, at) if one.keys.agent), "")
            return Jump(at.keys.session, agent, at.keys.prompt, span.start_ns)
        at = by_id.get(at.parent_id)
    return None


def session_of(jump: Jump, sessions: Mapping[str, Session]) -> Session | None:
    """The session it leads to, by the agents' ids; None if there is no log of it."""
    if jump.agent:
        for session in sessions.values():
            if session.session_id == jump.agent and session.parent_key:
                return session
    found = [one for one in sessions.values() if one.session_id == jump.session]
    return min(found, key=lambda one: bool(one.parent_key), default=None)


def turn_of(jump: Jump, turns: Sequence[TurnSummary]) -> TurnSummary | None:
    """The turn that is named, else the last one that had begun by then."""
    for turn in turns:
        if jump.turn and turn.key == jump.turn:
            return turn
    if not jump.time_ns:
        return None
    # Clocks agree, but the agent may report the prompt a moment before it writes it down.
    at = moment(jump.time_ns)
    begun = [turn for turn in turns if turn.started is not None and turn.started <= at]
    ongoing = [turn for turn in begun if turn.ended is None or turn.ended >= at]
    if ongoing or begun:
        return (ongoing or begun)[-1]
    return turns[0] if turns else None


async def follow(jump: Jump, main: MainScreen) -> str:
    """Open the session at the turn. Returns why that is not possible; "" if it was done."""
    session = session_of(jump, main.navigator.snapshot.by_key)
    if session is None:
        return "no log of this session was found"
    main.navigator.choose(session.key)
    # The log is read in a thread; its end, with the newest turns, comes first.
    for _ in range(round(_PATIENCE_SECONDS / _LOOK_SECONDS)):
        feed = main.navigator.reader.feed
        if feed is None or feed.key != session.key:
            return ""  # the reader went elsewhere in the meantime
        if feed.error:
            return feed.error
        shown = main.trace.items.view.turns
        if feed.view.is_open and feed.view.is_complete and len(shown) == len(feed.view.turns):
            if (turn := turn_of(jump, shown)) is not None:
                main.trace.list.follow(is_following=False)
                main.trace.list.move_to(turn.key)
            return ""
        await asyncio.sleep(_LOOK_SECONDS)
    return ""
