"""What was received of the sessions on the screen: read in a thread, asked for by views."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from aimux_tui.analysis.telemetry_join import records_of_call, records_of_turn, telemetry_id
from aimux_tui.store.telemetry.session import TurnTelemetry
from aimux_tui.tui.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aimux_tui.model.session import Session
    from aimux_tui.model.telemetry import LogEvent, Span
    from aimux_tui.model.turn import Turn
    from aimux_tui.store.telemetry.session import SessionTelemetry
    from aimux_tui.tui.telemetry.ports import TelemetryPort

T = TypeVar("T")

_LOOK_SECONDS = 2.0
"""Between two looks whether something came."""
_KEPT = 3
"""Sessions whose records are kept in memory."""


def _ignore() -> None:
    pass


class TelemetryFeed:
    """Knows which sessions something was received of, and fetches it when somebody looks."""

    def __init__(self, port: TelemetryPort) -> None:
        self.port = port
        self.sessions: frozenset[str] = frozenset()
        """The agents' ids of all sessions that something was received of."""
        self.version = 0
        self.on_change: Callable[[], None] = _ignore
        """Called on the event loop when something came."""
        self._lane = Lane("telemetry")
        self._read: OrderedDict[str, SessionTelemetry] = OrderedDict()

    async def run(self) -> None:
        """Look for what comes, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Take note of what came since the last time."""
        version, found = await self._lane.run(self._look, self.version)
        if version == self.version:
            return
        # A smaller one means that the file was replaced.
        self.sessions = found if version < self.version else self.sessions | found
        self.version = version
        self.on_change()

    def _look(self, since: int) -> tuple[int, frozenset[str]]:
        version = self.port.version()
        if version == since:
            return version, frozenset()
        if version < since:
            self._read.clear()
            since = 0
        return version, frozenset(self.port.sessions(since=since))

    def has(self, session: Session) -> bool:
        """Whether something was received of a session."""
        return bool(self.sessions) and telemetry_id(session)[0] in self.sessions

    def source(self, session: Session) -> str:
        """Where what is known of a session is from; "" where nobody ever sent anything."""
        if not self.sessions:
            return ""
        return "FILE+OTLP" if self.has(session) else "FILE"

    async def of_turn(self, session: Session, turn: Turn, until: datetime | None) -> TurnTelemetry:
        """What was received of a turn; `until` is when the next one began."""

        def find(telemetry: SessionTelemetry) -> TurnTelemetry:
            return records_of_turn(telemetry, session, turn, until)

        return await self._lane.run(self._found, session, find)

    async def of_call(self, session: Session, call_id: str) -> TurnTelemetry:
        """What was received of a tool call."""
        return await self._lane.run(self._found, session, lambda one: records_of_call(one, call_id))

    async def of_session(self, session: Session) -> TurnTelemetry:
        """Everything that was received of a session, or of a sub-agent."""
        return await self._lane.run(self._found, session, lambda one: _whole(one, session))

    def close(self) -> None:
        """Nobody looks any more."""
        self._lane.stop()
        self.port.close()

    def _found(
        self, session: Session, find: Callable[[SessionTelemetry], TurnTelemetry]
    ) -> TurnTelemetry:
        """What somebody finds in a session's records. Blocks; only for the lane."""
        telemetry = self._refreshed(session)
        found = find(telemetry)
        return TurnTelemetry(tuple(telemetry.unfolded(found.spans)), found.logs)

    def _refreshed(self, session: Session) -> SessionTelemetry:
        """What is known of a session now. Blocks; only for the lane."""
        session_id, _ = telemetry_id(session)
        telemetry = self._read.get(session_id)
        if telemetry is None:
            telemetry = self._read[session_id] = self.port.session(session_id)
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        self._read.move_to_end(session_id)
        telemetry.refresh()
        return telemetry


def _whole(telemetry: SessionTelemetry, session: Session) -> TurnTelemetry:
    """Everything of a session; of a sub-agent what names it."""
    _, agent = telemetry_id(session)
    return TurnTelemetry(
        tuple(span for span in telemetry.spans if not agent or _is_of(agent, span)),
        tuple(log for log in telemetry.logs if not agent or _is_of(agent, log)),
    )


def _is_of(agent: str, record: Span | LogEvent) -> bool:
    return record.keys.agent == agent or record.keys.prompt.startswith(f"{agent}#")
