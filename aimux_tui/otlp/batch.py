"""What is known of a batch when it is accepted: what it holds, by which keys it is found."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import Encoding

NEVER = (1 << 63) - 1
"""Later than every time."""


class TracePart(Struct):
    """What a batch holds of one trace."""

    spans: int = 0
    errors: int = 0
    folded: int = 0
    start_ns: int = NEVER
    end_ns: int = 0
    name: str = ""
    service: str = ""
    has_root: bool = False
    session: str = ""
    links: bytearray = field(default_factory=bytearray)
    """The id and the parent's id of each folded span, eight bytes each."""


class Batch(Struct):
    """A request that was understood."""

    signal: Signal
    encoding: Encoding
    body: bytes
    """As it was received; without what was rejected or folded, if anything was."""
    records: int = 0
    rejected: int = 0
    problem: str = ""
    """Why the first one was rejected."""
    services: dict[str, int] = field(default_factory=dict)
    """Service → how many records."""
    sessions: set[str] = field(default_factory=set)
    """Every session that a record names."""
    traces: dict[bytes, TracePart] = field(default_factory=dict)
    log_traces: set[bytes] = field(default_factory=set)
    """The traces that log records belong to."""
    folded: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(service, name) → how many were left out."""
    start_ns: int = NEVER
    """The earliest time in it; NEVER if it names none."""
    end_ns: int = 0

    def reject(self, problem: str) -> None:
        """Count a record that cannot be kept."""
        self.rejected += 1
        self.problem = self.problem or problem

    def count(self, service: str, records: int) -> None:
        """Count records of a service."""
        if records:
            self.records += records
            self.services[service] = self.services.get(service, 0) + records

    def span_time(self, start_ns: int, end_ns: int) -> None:
        """Take times into account; 0 means that there is none."""
        if start_ns and start_ns < self.start_ns:
            self.start_ns = start_ns
        self.end_ns = max(self.end_ns, end_ns)
