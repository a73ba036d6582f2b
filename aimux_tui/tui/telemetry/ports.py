"""What the screen needs of the receiver and of what it received, so that it can be shown alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.telemetry import FoldedCount, ServiceSummary, TraceSummary
    from aimux_tui.receiver.status import ReceiverStatus
    from aimux_tui.store.telemetry.listening import Listener
    from aimux_tui.store.telemetry.metrics import MetricSeries
    from aimux_tui.store.telemetry.session import SessionTelemetry
    from aimux_tui.store.telemetry.tree import TraceTree


class ReceiverPort(Protocol):
    """Who receives (see receiver.thread.ReceiverThread, which fulfils it)."""

    @property
    def status(self) -> ReceiverStatus:
        """How it is doing; costs nothing to ask."""
        ...


class TelemetryPort(Protocol):
    """What was received (see store.telemetry.reader.Telemetry, which fulfils it). It blocks."""

    trouble: str
    """Why nothing can be read, in words."""

    def version(self) -> int:
        """Grows with everything that is received; 0: nothing ever was."""
        ...

    def services(self) -> Sequence[ServiceSummary]:
        """Everyone who sent something, the latest first."""
        ...

    def traces(
        self, *, since: int = 0, service: str = "", session: str = "", limit: int = 1000
    ) -> Sequence[TraceSummary]:
        """Traces, those that changed last first."""
        ...

    def trace(self, trace_id: str) -> TraceTree:
        """A trace as a tree, with its log records."""
        ...

    def metrics(
        self, *, service: str = "", session: str = "", batches: int = 500
    ) -> Sequence[MetricSeries]:
        """Metrics, from their newest batches."""
        ...

    def session(self, session_id: str) -> SessionTelemetry:
        """What was received of a session. Nothing is read yet."""
        ...

    def sessions(self, *, since: int = 0) -> Sequence[str]:
        """The agents' ids of sessions that something came from, newer than a version."""
        ...

    def folded(self) -> Sequence[FoldedCount]:
        """What was counted but not kept."""
        ...

    def last_listener(self) -> Listener | None:
        """Who received last."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
