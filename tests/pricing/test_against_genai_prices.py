"""The vendored table and its arithmetic, held against the package that the data comes from."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aimux_tui.model.usage import Request, Usage
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.pricing.price_file import ModelPrices, load_price_file
from aimux_tui.pricing.table import find_model

genai_prices = pytest.importorskip("genai_prices", reason="a development dependency")

ROOT = Path(__file__).parents[2]
PRICES = load_price_file()

pytestmark = pytest.mark.skipif(
    genai_prices.__version__ != PRICES.version,
    reason=f"the table was made from genai-prices {PRICES.version}",
)

NAMED_LIKE_ANOTHERS = {"deepseek-v4-1-flash-1017"}
"""Sold by Mistral; a bare name that begins so is DeepSeek's, for the source as for us."""
AGENT_PROVIDERS = ("anthropic", "openai", "google")
DAYS = (
    datetime(2025, 5, 1, 8, tzinfo=UTC),
    datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 7, 30, tzinfo=UTC),
    datetime(2026, 11, 20, 3, tzinfo=UTC),
    datetime(2027, 1, 2, 20, tzinfo=UTC),
)
USAGES = (
    Usage(input=1234, cache_read=5678, cache_write_5m=910, output=1112, requests=1),
    Usage(input=3, cache_read=90_000, cache_write_5m=20_000, cache_write_1h=40_000, output=7),
    Usage(input=400_000, cache_read=33, cache_write_1h=1, output=2000, web_searches=2),
)
CONTEXTS: dict[str, dict[str, dict[str, str]]] = {
    "": {"": {}},
    "anthropic": {"fast": {"speed": "fast"}, "batch": {"processing": "batch"}},
    "openai": {
        "fast": {"service_tier": "fast"},
        "flex": {"service_tier": "flex"},
        "priority": {"service_tier": "priority"},
        "batch": {"processing": "batch"},
    },
    "google": {
        "flex": {"service_tier": "flex"},
        "priority": {"service_tier": "priority"},
        "batch": {"processing": "batch"},
    },
}


def price_of_source(
    provider: str, model: str, usage: Usage, at: datetime, context: dict[str, str]
) -> float:
    calculation = genai_prices.calc_price(
        genai_prices.Usage(
            input_tokens=usage.context,
            cache_read_tokens=usage.cache_read,
            cache_write_tokens=usage.cache_write,
            cache_write_1h_tokens=usage.cache_write_1h,
            output_tokens=usage.output,
            web_searches=usage.web_searches,
        ),
        model,
        provider_id=provider,
        genai_request_timestamp=at,
        price_context=context,
    )
    return float(calculation.total_price)


def example_name(model: ModelPrices) -> str:
    """A name that the model's own rule matches."""
    rule = model.match
    return next(iter((*rule.equals, *rule.starts, *rule.contains, *rule.ends)), model.id)


def priced_models(providers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for provider in PRICES.providers:
        if provider.id in providers:
            for model in provider.models:
                if model.prices and model.id not in NAMED_LIKE_ANOTHERS:
                    yield provider.id, example_name(model)


@pytest.mark.parametrize("provider", AGENT_PROVIDERS)
def test_costs_agree_over_models_days_tiers_and_sizes(provider: str) -> None:
    table = PriceTable()
    tiers = {**CONTEXTS[""], **CONTEXTS[provider]}
    compared = 0
    for (_, model), at, usage in itertools.product(priced_models((provider,)), DAYS, USAGES):
        for tier, context in tiers.items():
            ours = table.cost(Request(1, at, model, usage, tier))
            theirs = price_of_source(provider, model, usage, at, context)
            assert ours.usd == pytest.approx(theirs, rel=1e-12), (model, at, tier, usage)
            compared += 1
    assert compared > 1000


def test_costs_agree_for_every_other_provider_and_hour() -> None:
    table = PriceTable()
    others = tuple(p.id for p in PRICES.providers if p.id not in AGENT_PROVIDERS)
    hours = [datetime(2026, 10, 20, hour, 45, tzinfo=UTC) for hour in range(0, 24, 3)]
    compared = 0
    for (provider, model), at in itertools.product(priced_models(others), hours):
        ours = table.cost(Request(1, at, model, USAGES[0]))
        assert ours.usd == pytest.approx(
            price_of_source(provider, model, USAGES[0], at, {}), rel=1e-12
        ), (model, at)
        compared += 1
    assert compared > 500


def names_to_match() -> Iterator[tuple[str, str]]:
    """(provider, name): every name that occurs in a rule, alone and with endings."""
    for provider in PRICES.providers:
        for model in provider.models:
            rule = model.match
            names = (*rule.equals, *rule.starts, *rule.contains, *rule.ends)
            names += tuple(start for start, _ in rule.patterns)
            for name in names:
                for ending in ("", "-latest", "-20260101", "-2026-01-01", "1", "-tts"):
                    yield provider.id, name + ending


def test_names_are_matched_as_the_source_matches_them() -> None:
    snapshot = genai_prices.data_snapshot.get_snapshot()
    compared = 0
    for provider, name in names_to_match():
        source = next(p for p in snapshot.providers if p.id == provider)
        if source.model_match is None or not source.model_match.is_match(name.lower()):
            continue
        theirs = source.find_model(name)
        if theirs is None:
            continue
        ours = find_model(PRICES, name)
        assert ours is not None, name
        assert (ours[0], ours[1].id) == (provider, theirs.id), name
        compared += 1
    assert compared > 800


def test_the_file_is_what_the_script_writes() -> None:
    script = ROOT / "scripts" / "refresh_prices.py"
    result = subprocess.run([sys.executable, script, "--check"], check=False)
    assert result.returncode == 0, "run scripts/refresh_prices.py"


def test_the_licence_of_the_data_lies_beside_it() -> None:
    notice = (ROOT / "aimux_tui" / "pricing" / "NOTICE").read_text()
    assert "genai-prices" in notice
    assert "The MIT License" in notice
    assert "Copyright (c) Pydantic" in notice
