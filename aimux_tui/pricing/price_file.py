"""The vendored price data: what `prices.json` holds, read once when a price is first needed.

`scripts/refresh_prices.py` writes the file and says what each decision in it means.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from pathlib import Path

import msgspec


class NameRule(msgspec.Struct, frozen=True):
    """Which model names are meant: any one of the alternatives. Names are in lower case."""

    equals: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    """(what a match begins with, regular expression): the first spares compiling the second."""

    def matches(self, name: str) -> bool:
        """Whether `name`, in lower case, is meant."""
        if name in self.equals or name.startswith(self.starts) or name.endswith(self.ends):
            return True
        for part in self.contains:
            if part in name:
                return True
        return bool(self.patterns) and any(
            name.startswith(start) and re.search(pattern, name) for start, pattern in self.patterns
        )


class PricePeriod(msgspec.Struct, frozen=True, rename={"start": "from"}):
    """Prices for a time. Rates are USD per million tokens, in the order of `UnitPrices`."""

    rates: tuple[float, float, float, float, float]
    above: tuple[tuple[int, float, float, float, float, float], ...] = ()
    """(prompt tokens, rates of a request with more than that), smallest first."""
    search: float | None = None
    """USD per thousand web searches."""
    start: str | None = None
    """First day (UTC), YYYY-MM-DD; None for always."""
    daily: tuple[int, int] | None = None
    """Minutes of the day (UTC) between which the period holds."""


class ModelPrices(msgspec.Struct, frozen=True):
    """A model with its standard prices and those of its service tiers."""

    id: str
    match: NameRule
    context_window: int | None = None
    prices: tuple[PricePeriod, ...] = ()
    """The last active one holds, else the first. Empty for a model not paid by the token."""
    tiers: dict[str, tuple[PricePeriod, ...]] = {}
    """Prices by service tier, from the day they are known."""


class ProviderPrices(msgspec.Struct, frozen=True):
    """A provider: the names that are its own, and its models, in order of precedence."""

    id: str
    claims: NameRule
    models: tuple[ModelPrices, ...]


class PriceFile(msgspec.Struct, frozen=True):
    """The whole file."""

    source: str
    version: str
    refreshed: str
    """Day (UTC) on which `version` was taken over, YYYY-MM-DD."""
    providers: tuple[ProviderPrices, ...]
    checksum: str = ""
    """Of the file's bytes."""


@cache
def load_price_file() -> PriceFile:
    """The data that came with this version of aimux."""
    data = Path(__file__).with_name("prices.json").read_bytes()
    content = msgspec.json.decode(data, type=PriceFile)
    return msgspec.structs.replace(content, checksum=f"{zlib.crc32(data):08x}")
