"""What the store keeps of each log file."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from aimux_tui.model.log import LogSummary
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.providers.base import LogFile
from aimux_tui.sources.reader import Stamp


class LogRecord(Struct, frozen=True, omit_defaults=True):
    """A log file's summary with its price, as the index keeps it."""

    file: LogFile
    stamp: Stamp
    summary: LogSummary
    """Without its requests when it came from the index."""
    cost: Cost
    """Of all its requests."""
    shared_usage: Usage = field(default_factory=Usage)
    """The part of its usage that another log owns."""
    shared_cost: Cost = field(default_factory=Cost)

    @property
    def own_usage(self) -> Usage:
        """Its usage (rewound requests included: they were billed), less what another log owns."""
        usage, discarded = self.summary.usage, self.summary.discarded_usage
        if discarded.requests:
            usage += discarded
        return subtract(usage, self.shared_usage)

    @property
    def own_cost(self) -> Cost:
        """Its cost, less what another log owns."""
        if not self.shared_cost.usd:
            return self.cost
        return replace(self.cost, usd=max(0.0, self.cost.usd - self.shared_cost.usd))

    def without_requests(self) -> LogRecord:
        """The same record in little memory."""
        return replace(self, summary=replace(self.summary, requests=()))

    def with_shared(self, usage: Usage, cost: Cost) -> LogRecord:
        """The same record with another share owned elsewhere."""
        return replace(self, shared_usage=usage, shared_cost=cost)


def subtract(usage: Usage, part: Usage) -> Usage:
    """`usage` without `part`."""
    if not part.requests:
        return usage
    return Usage(
        usage.input - part.input,
        usage.cache_read - part.cache_read,
        usage.cache_write_5m - part.cache_write_5m,
        usage.cache_write_1h - part.cache_write_1h,
        usage.output - part.output,
        usage.reasoning - part.reasoning,
        usage.web_searches - part.web_searches,
        usage.requests - part.requests,
        usage.is_lower_bound,
    )
