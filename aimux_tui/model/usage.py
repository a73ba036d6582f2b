"""Tokens and money, with one meaning for every provider."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

# There are hundreds of thousands of these, and they hold nothing that could lead back to them: the
# garbage collector need not know them.


class Usage(Struct, frozen=True, array_like=True, gc=False):
    """Tokens of one or more model requests. The kinds are disjoint; reasoning is part of output."""

    input: int = 0
    """Prompt tokens that came from no cache and were written to none."""
    cache_read: int = 0
    cache_write_5m: int = 0
    """Cache writes with the default life (also those whose life the log does not tell)."""
    cache_write_1h: int = 0
    output: int = 0
    """Generated tokens, reasoning included."""
    reasoning: int = 0
    web_searches: int = 0
    """Server-side searches, billed by the piece."""
    requests: int = 0
    is_lower_bound: bool = False
    """The log is known to have counted too few output tokens."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_write_5m + other.cache_write_5m,
            self.cache_write_1h + other.cache_write_1h,
            self.output + other.output,
            self.reasoning + other.reasoning,
            self.web_searches + other.web_searches,
            self.requests + other.requests,
            self.is_lower_bound or other.is_lower_bound,
        )

    @property
    def cache_write(self) -> int:
        """All tokens written to a cache."""
        return self.cache_write_5m + self.cache_write_1h

    @property
    def context(self) -> int:
        """Prompt tokens of every kind: for one request, how full its context was."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    @property
    def total(self) -> int:
        """Every token that was read, written or generated."""
        return self.context + self.output


class Request(Struct, frozen=True, array_like=True, gc=False):
    """One call of a model API, de-duplicated within its log."""

    key: int
    """64-bit hash of the provider's ids of the call; equal when a fork replays it in another log.
    0 where the log has no id."""
    at: datetime | None
    model: str
    usage: Usage
    tier: str = ""
    """"" (standard), "fast", "flex", "priority" or "batch"."""


class Cost(Struct, frozen=True, array_like=True, gc=False):
    """Money in USD. What could not be priced is named, never counted as nothing."""

    usd: float = 0.0
    unpriced_models: tuple[str, ...] = ()
    """Models that used tokens and have no known price."""
    is_lower_bound: bool = False

    def __add__(self, other: Cost) -> Cost:
        unpriced = self.unpriced_models
        if other.unpriced_models and other.unpriced_models != unpriced:
            unpriced = tuple(sorted({*unpriced, *other.unpriced_models}))
        return Cost(self.usd + other.usd, unpriced, self.is_lower_bound or other.is_lower_bound)

    @property
    def is_known(self) -> bool:
        """Whether anything at all could be priced."""
        return self.usd > 0 or not self.unpriced_models

    @property
    def is_partial(self) -> bool:
        """Whether the true amount is higher than `usd`."""
        return self.is_lower_bound or bool(self.unpriced_models)


class Pricer(Protocol):
    """Turns a request into money."""

    def cost(self, request: Request) -> Cost:
        """Price one request by its model, its time and its own size."""
        ...

    def context_window(self, model: str) -> int | None:
        """Tokens that fit into the model's context, if known."""
        ...
