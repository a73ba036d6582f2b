"""What a request costs: its tokens times the prices of its model, tier, time and size."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from math import inf
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import astuple

from aimux_tui.model.usage import Cost, Request
from aimux_tui.pricing.names import asks_for_million, spellings
from aimux_tui.pricing.price_file import load_price_file
from aimux_tui.pricing.table import (
    MILLION,
    UNPRICED,
    Period,
    Quote,
    Rates,
    find_model,
    per_token,
    quote_model,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.config.schema import PriceOverride

RULES_VERSION = 1
"""Grows when the same data and request come to another cost, so that indexes price anew."""

SYNTHETIC_MODEL = "<synthetic>"
"""Claude Code's own name for messages that no model wrote."""

FREE = Cost()


class UnitPrices(msgspec.Struct, frozen=True, kw_only=True):
    """The prices behind a cost, in USD per million tokens."""

    model: str
    """As it is listed, or the pattern of the user's own price."""
    provider: str
    """Empty for a user's own price."""
    input: float
    cache_read: float
    cache_write_5m: float
    cache_write_1h: float
    output: float
    web_search: float | None
    """USD per thousand."""
    since: date | None
    """First day on which these prices hold, where that is known."""
    above: int
    """The prompt is larger than this many tokens; 0 for the base prices."""
    is_floor: bool
    """The tier costs more, and how much more is not known."""


class PriceTable:
    """Prices requests by the vendored data and the user's own prices, which come first.

    Costs nothing until the first request; each (model, tier) is looked up once.
    """

    def __init__(self, overrides: Mapping[str, PriceOverride] | None = None) -> None:
        """`overrides`: model name, or pattern with `*`, → prices; earlier patterns win."""
        self.overrides = dict(overrides or {})
        self._overrides = {
            pattern.strip().lower(): prices for pattern, prices in (overrides or {}).items()
        }
        self._quotes: dict[tuple[str, str], Quote] = {}
        self._windows: dict[str, int | None] = {}

    def cost(self, request: Request) -> Cost:
        """The cost of one request; a model without a price is named in it.

        A request without a time is priced as of now.
        """
        try:
            quote = self._quotes[request.model, request.tier]
        except KeyError:
            quote = self._look_up(request.model, request.tier)
        usage = request.usage
        period = quote.only or quote.period_at(request.at or datetime.now(UTC))
        if period is None:
            return self._unpriced(request)
        rates = period.rates_for(usage.context) if period.above else period.rates
        input_rate, read_rate, write_5m_rate, write_1h_rate, output_rate = rates
        usd = (
            usage.input * input_rate
            + usage.cache_read * read_rate
            + usage.cache_write_5m * write_5m_rate
            + usage.cache_write_1h * write_1h_rate
            + usage.output * output_rate
        )
        is_floor = usage.is_lower_bound or period.is_floor
        if usage.web_searches:
            if period.search is None:
                is_floor = True
            else:
                usd += usage.web_searches * period.search
        return Cost(usd, (), is_floor)

    def context_window(self, model: str) -> int | None:
        """Tokens that fit into the model's context, if the data says so."""
        if model not in self._windows:
            found = find_model(load_price_file(), model)
            window = found[1].context_window if found else None
            if window is not None and asks_for_million(model):
                window = max(window, MILLION)
            self._windows[model] = window
        return self._windows[model]

    def unit_prices(
        self, model: str, at: datetime | None = None, tier: str = "", context: int = 0
    ) -> UnitPrices | None:
        """The prices of a request with `context` prompt tokens at a time (now by default)."""
        quote = self._quotes.get((model, tier)) or self._look_up(model, tier)
        period = quote.period_at(at or datetime.now(UTC))
        if period is None:
            return None
        above = next((threshold for threshold, _ in period.above if context > threshold), 0)
        rates = (round(rate * MILLION, 9) for rate in period.rates_for(context))
        input_price, cache_read, write_5m, write_1h, output = rates
        return UnitPrices(
            model=quote.model,
            provider=quote.provider,
            input=input_price,
            cache_read=cache_read,
            cache_write_5m=write_5m,
            cache_write_1h=write_1h,
            output=output,
            web_search=None if period.search is None else period.search * 1000,
            since=None
            if period.start == -inf
            else datetime.fromtimestamp(period.start, UTC).date(),
            above=above,
            is_floor=period.is_floor,
        )

    @property
    def as_of(self) -> date:
        """The day on which the vendored prices were last refreshed."""
        return date.fromisoformat(load_price_file().refreshed)

    @property
    def source(self) -> str:
        """Where the vendored prices come from: name and version."""
        data = load_price_file()
        return f"{data.source} {data.version}"

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean equal costs of equal dated requests."""
        own = repr([(pattern, astuple(prices)) for pattern, prices in self._overrides.items()])
        return f"{RULES_VERSION}-{load_price_file().checksum}-{zlib.crc32(own.encode()):08x}"

    def _look_up(self, model: str, tier: str) -> Quote:
        """Find the prices of a model in a tier and keep them."""
        quote = self._override(model)
        if quote is None:
            found = find_model(load_price_file(), model)
            quote = quote_model(*found, tier) if found else UNPRICED
        self._quotes[model, tier] = quote
        return quote

    def _override(self, model: str) -> Quote | None:
        """The user's own price of a model: by its name as logged or as listed, then by pattern."""
        if not self._overrides:
            return None
        names = dict.fromkeys((model.strip().lower(), *spellings(model)))
        exact = (name for name in names if name in self._overrides)
        globs = (
            pattern
            for pattern in self._overrides
            if "*" in pattern and any(matches_pattern(name, pattern) for name in names)
        )
        pattern = next(exact, None) or next(globs, None)
        if pattern is None:
            return None
        return Quote.of((Period(own_rates(self._overrides[pattern])),), pattern)

    @staticmethod
    def _unpriced(request: Request) -> Cost:
        """The cost of a request to a model without a price."""
        usage = request.usage
        if request.model == SYNTHETIC_MODEL or not (usage.total or usage.web_searches):
            return FREE
        return Cost(0.0, (request.model or "unknown model",), usage.is_lower_bound)


def own_rates(prices: PriceOverride) -> Rates:
    """The rates of the user's own price: a kind without one is billed as what it is a part of."""
    write_5m = prices.input if prices.cache_write_5m is None else prices.cache_write_5m
    return per_token(
        (
            prices.input,
            prices.input if prices.cache_read is None else prices.cache_read,
            write_5m,
            write_5m if prices.cache_write_1h is None else prices.cache_write_1h,
            prices.output,
        )
    )


def matches_pattern(name: str, pattern: str) -> bool:
    """Whether `pattern`, in which only `*` is special, covers the whole of `name`."""
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
