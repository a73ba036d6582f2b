"""Ground truth of generated logs: what was written is counted while it is written.

Nothing here is shared with aimux's own pricing or parsing, so that the two can disagree.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_NANO_USD = 1_000_000_000

# USD per million tokens: input, cache read, cache write 5 min, cache write 1 h, output. Only
# models whose price has one tier and did not change within the dates that are generated.
PRICES: dict[str, tuple[float, float, float, float, float]] = {
    "claude-opus-4-5-20251101": (5, 0.5, 6.25, 10, 25),
    "claude-opus-4-8": (5, 0.5, 6.25, 10, 25),
    "claude-fable-5": (10, 1, 12.5, 20, 50),
    "claude-sonnet-4-6": (3, 0.3, 3.75, 6, 15),
    "claude-sonnet-5": (2, 0.2, 2.5, 4, 10),
    "claude-haiku-4-5-20251001": (1, 0.1, 1.25, 2, 5),
    "gpt-5.3-codex": (1.75, 0.175, 0, 0, 14),
    "gpt-5.4": (2.5, 0.25, 0, 0, 15),
    "gpt-5.4-mini": (0.75, 0.075, 0, 0, 4.5),
    "gemini-2.5-pro": (1.25, 0.125, 0, 0, 10),
    "gemini-2.5-flash": (0.3, 0.03, 0, 0, 2.5),
    "gemini-3-flash-preview": (0.5, 0.05, 0, 0, 3),
}


@dataclass(slots=True)
class Tokens:
    """Tokens of one or more requests; the kinds are disjoint, output includes reasoning."""

    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(getattr(self, part.name) for part in fields(self))

    def add(self, other: Tokens) -> None:
        """Add `other` to this sum."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass(frozen=True, slots=True)
class BilledRequest:
    """One API call as it is billed."""

    id: str
    model: str
    tokens: Tokens

    @property
    def nano_usd(self) -> int:
        """The exact price in billionths of a dollar."""
        prices = PRICES[self.model]
        kinds = (getattr(self.tokens, part.name) for part in fields(self.tokens))
        # A price per million tokens is 1000 nano-dollars per token for each dollar.
        return sum(round(price * 1000) * count for price, count in zip(prices, kinds, strict=True))


@dataclass(slots=True)
class Bill:
    """What a set of requests used and cost."""

    requests: int = 0
    tokens: Tokens = field(default_factory=Tokens)
    nano_usd: int = 0

    def add(self, requests: Iterable[BilledRequest]) -> Bill:
        """Add the requests; returns itself."""
        for request in requests:
            self.requests += 1
            self.tokens.add(request.tokens)
            self.nano_usd += request.nano_usd
        return self

    def to_json(self) -> dict[str, Any]:
        """The form in the manifest."""
        return {
            "requests": self.requests,
            "tokens": asdict(self.tokens),
            "usd": self.nano_usd / _NANO_USD,
        }


@dataclass(slots=True)
class Counts:
    """What one log file holds besides its requests."""

    bytes: int = 0
    lines: int = 0
    bad_lines: int = 0
    turns: int = 0
    tool_calls: int = 0
    failed_tool_calls: int = 0
    edits: int = 0

    def add(self, other: Counts) -> None:
        """Add `other` to this sum."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))


@dataclass(slots=True)
class LogTruth:
    """One generated log file."""

    path: str
    """Relative to the corpus."""
    counts: Counts
    requests: list[BilledRequest]
    """Every request that the file shows, copied ones included."""
    copied_requests: int = 0
    """How many of them, from the first on, belong to the session that this one was forked from."""


@dataclass(slots=True)
class SessionTruth:
    """A session: its main log first, then its sub-agents'."""

    id: str
    provider: str
    cwd: str
    logs: list[LogTruth]
    forked_from: str = ""

    def own(self) -> Bill:
        """Its share of the bill when a request that several logs show counts where it was made."""
        bill = Bill()
        for log in self.logs:
            bill.add(log.requests[log.copied_requests :])
        return bill

    def alone(self) -> Bill:
        """Its bill when no other session is known."""
        bill = Bill()
        for log in self.logs:
            bill.add(log.requests)
        return bill

    def to_json(self) -> dict[str, Any]:
        """The form in the manifest."""
        return {
            "id": self.id,
            "provider": self.provider,
            "cwd": self.cwd,
            "forked_from": self.forked_from,
            "own": self.own().to_json(),
            "alone": self.alone().to_json(),
            "logs": [
                {"path": log.path, **asdict(log.counts), **Bill().add(log.requests).to_json()}
                for log in self.logs
            ],
        }


def manifest(sessions: list[SessionTruth], line_bytes: list[int]) -> dict[str, Any]:
    """Totals, the distribution of line sizes, and each session."""
    counts, bill = Counts(), Bill()
    for session in sessions:
        for log in session.logs:
            counts.add(log.counts)
            bill.add(log.requests[log.copied_requests :])
    sizes = sorted(line_bytes)
    return {
        "totals": {
            "sessions": len(sessions),
            "files": sum(len(session.logs) for session in sessions),
            "forks": sum(bool(session.forked_from) for session in sessions),
            **asdict(counts),
            **bill.to_json(),
        },
        "line_bytes": {
            "p50": sizes[len(sizes) // 2],
            "p90": sizes[len(sizes) * 9 // 10],
            "p99": sizes[len(sizes) * 99 // 100],
            "max": sizes[-1],
        },
        "sessions": [session.to_json() for session in sessions],
    }
