"""How far an export has come, and the way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from aimux_tui.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.session import Session


class ExportCancelledError(ExportError):
    """The user stopped the export; nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__("the export was cancelled", hint="nothing was written")


class ExportCounts(Struct, frozen=True):
    """What was exported so far."""

    sessions: int = 0
    """Those that no session brought along as its sub-agent."""
    agents: int = 0
    """Sub-agents that came with the session that spawned them."""
    turns: int = 0
    tool_calls: int = 0
    requests: int = 0

    @property
    def spans(self) -> int:
        """Spans that these are in a trace: each session, turn, model call and tool call."""
        return self.sessions + self.agents + self.turns + self.tool_calls + self.requests


class ExportTracker:
    """Shared by all materials of one export: counts, reports, stops. For one thread."""

    def __init__(
        self,
        report: Callable[[ExportCounts], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """`report` is called after each turn; `should_stop` before it, in the exporting thread."""
        self.counts = ExportCounts()
        self.missed: list[str] = []
        """Keys of sessions whose log is gone or cannot be opened."""
        self._report = report
        self._should_stop = should_stop
        self._taken: set[str] = set()

    def take(self, session_key: str) -> bool:
        """Whether a session is still to be exported; from now on it is not."""
        if session_key in self._taken:
            return False
        self._taken.add(session_key)
        return True

    def check(self) -> None:
        """Raise ExportCancelledError if the user wants to stop."""
        if self._should_stop():
            raise ExportCancelledError

    def begin(self, session: Session) -> None:
        """The turns of a session are about to come."""
        counts = self.counts
        if session.parent_key in self._taken:
            self.counts = replace(counts, agents=counts.agents + 1)
        else:
            self.counts = replace(counts, sessions=counts.sessions + 1)

    def count(self, turn: ExportedTurn) -> None:
        """A turn is handed out."""
        counts = self.counts
        self.counts = replace(
            counts,
            turns=counts.turns + 1,
            tool_calls=counts.tool_calls + len(turn.turn.tool_calls),
            requests=counts.requests + len(turn.requests),
        )
        self._report(self.counts)
