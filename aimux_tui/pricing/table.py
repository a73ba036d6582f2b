"""From a model's name, tier and time to its prices: periods compiled for quick use."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.pricing.names import spellings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.pricing.price_file import ModelPrices, PriceFile, PricePeriod

Rates = tuple[float, float, float, float, float]
"""USD per token: input, cache read, 5-minute write, 1-hour write, output."""

MILLION = 1_000_000
_SECONDS_A_DAY = 86_400
_DEARER_TIERS = frozenset({"fast", "priority"})


class Period(msgspec.Struct, frozen=True):
    """Prices between two times, per token."""

    rates: Rates
    above: tuple[tuple[int, Rates], ...] = ()
    """(prompt tokens, rates of a request with more than that), largest first."""
    search: float | None = None
    """USD per web search."""
    start: float = -inf
    """Seconds since the epoch."""
    daily: tuple[int, int] | None = None
    """Seconds of the day (UTC) between which the period holds; the second may be the smaller."""
    is_floor: bool = False
    """The tier costs more than this, and how much more is not known."""

    def holds_at(self, seconds: float) -> bool:
        """Whether the period covers a time, in seconds since the epoch."""
        if seconds < self.start:
            return False
        if self.daily is None:
            return True
        first, last = self.daily
        of_day = seconds % _SECONDS_A_DAY
        if last < first:
            return of_day >= first or of_day < last
        return first <= of_day < last

    def rates_for(self, prompt: int) -> Rates:
        """The rates of a request with that many prompt tokens."""
        for threshold, rates in self.above:
            if prompt > threshold:
                return rates
        return self.rates


class Quote(msgspec.Struct, frozen=True):
    """Every price of one model in one tier."""

    periods: tuple[Period, ...]
    """The last one that holds counts, else the first; empty when no price is known."""
    only: Period | None
    """The single period, when there is one: then the time of a request does not matter."""
    model: str = ""
    """The listed model, or the pattern of the user's own price."""
    provider: str = ""
    """Empty for a user's own price."""

    @classmethod
    def of(cls, periods: tuple[Period, ...], model: str = "", provider: str = "") -> Quote:
        """A quote of `periods`."""
        return cls(periods, periods[0] if len(periods) == 1 else None, model, provider)

    def period_at(self, at: datetime) -> Period | None:
        """The period that counts at a time (UTC if it names no zone)."""
        seconds = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
        for period in reversed(self.periods):
            if period.holds_at(seconds):
                return period
        return self.periods[0] if self.periods else None


UNPRICED = Quote((), None)


def find_model(prices: PriceFile, name: str) -> tuple[str, ModelPrices] | None:
    """(provider, model) of a name as a log spells it.

    The first provider that claims the name decides, as do its models in their order. A name that
    none claims may still be listed: then the first model that matches is taken.
    """
    for spelling in spellings(name):
        claiming = [p for p in prices.providers if p.claims.matches(spelling)][:1]
        for provider in claiming or prices.providers:
            for model in provider.models:
                if model.match.matches(spelling):
                    return provider.id, model
    return None


def quote_model(provider: str, model: ModelPrices, tier: str) -> Quote:
    """The prices of a listed model in a service tier ("" is the standard one).

    Where the tier's own prices are not known, the standard ones stand in, marked as a floor if the
    tier is a dearer one.
    """
    own = model.tiers.get(tier, ()) if tier else ()
    periods = tuple(compile_period(period) for period in own)
    if not periods or periods[0].start > -inf:
        is_floor = tier in _DEARER_TIERS
        standard = (compile_period(period, is_floor=is_floor) for period in model.prices)
        periods = (*standard, *periods)
    return Quote.of(periods, model.id, provider)


def compile_period(period: PricePeriod, *, is_floor: bool = False) -> Period:
    """A period of the file in the units that the arithmetic uses."""
    start = -inf
    if period.start is not None:
        start = datetime.fromisoformat(period.start).replace(tzinfo=UTC).timestamp()
    daily = period.daily
    return Period(
        rates=per_token(period.rates),
        above=tuple((step[0], per_token(step[1:])) for step in reversed(period.above)),
        search=None if period.search is None else period.search / 1000,
        start=start,
        daily=None if daily is None else (daily[0] * 60, daily[1] * 60),
        is_floor=is_floor,
    )


def per_token(per_million: Sequence[float]) -> Rates:
    """Rates per token of rates per million tokens."""
    read, cache_read, write_5m, write_1h, output = (rate / MILLION for rate in per_million)
    return read, cache_read, write_5m, write_1h, output
