from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from aimux_tui.config.schema import PriceOverride
from aimux_tui.model.usage import Cost, Pricer, Request, Usage
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.pricing.table import Period

LATE_2026 = datetime(2026, 11, 20, 12, tzinfo=UTC)


def request(model: str, usage: Usage, at: datetime | None = LATE_2026, tier: str = "") -> Request:
    return Request(key=1, at=at, model=model, usage=usage, tier=tier)


def usd(model: str, usage: Usage, at: datetime | None = LATE_2026, tier: str = "") -> float:
    cost = PriceTable().cost(request(model, usage, at, tier))
    assert not cost.unpriced_models
    return cost.usd


def test_each_kind_of_token_has_its_own_price() -> None:
    table: Pricer = PriceTable()
    usage = Usage(
        input=1_000_000,
        cache_read=2_000_000,
        cache_write_5m=1_000_000,
        cache_write_1h=1_000_000,
        output=100_000,
        reasoning=90_000,
        requests=1,
    )
    # Opus 4.8: 5 in, 0.5 read, 6.25 and 10 written, 25 out.
    assert table.cost(request("claude-opus-4-8", usage)).usd == pytest.approx(
        5 + 2 * 0.5 + 6.25 + 10 + 2.5
    )


def test_a_kind_without_a_price_is_billed_as_what_it_is_part_of() -> None:
    # gpt-5.4-pro has no price for cached input, and none of gpt-5's age has one for cache writes.
    assert usd("gpt-5.4-pro", Usage(cache_read=1000)) == pytest.approx(30 / 1000)
    assert usd("gpt-5", Usage(cache_write_5m=1000)) == pytest.approx(1.25 / 1000)
    assert usd("gpt-6-sol", Usage(cache_write_1h=1000)) == pytest.approx(2.5 / 1000)


def test_the_whole_request_pays_the_long_context_price_above_the_threshold() -> None:
    at = datetime(2026, 2, 1, tzinfo=UTC)
    below = Usage(input=100_000, cache_read=50_000, cache_write_5m=50_000, output=1000)
    above = Usage(input=100_001, cache_read=50_000, cache_write_5m=50_000, output=1000)
    assert usd("claude-opus-4-6", below, at) == pytest.approx(0.5 + 0.025 + 0.3125 + 0.025)
    assert usd("claude-opus-4-6", above, at) == pytest.approx(1.00001 + 0.05 + 0.625 + 0.0375)


def test_prices_follow_the_day_of_the_request() -> None:
    long_prompt = Usage(input=300_000)
    switch = datetime(2026, 3, 13, tzinfo=UTC)
    assert usd("claude-opus-4-6", long_prompt, switch - timedelta(seconds=1)) == pytest.approx(3)
    assert usd("claude-opus-4-6", long_prompt, switch) == pytest.approx(1.5)
    # Still the day before in UTC, although the user's calendar says otherwise.
    ahead = datetime(2026, 3, 13, 5, tzinfo=timezone(timedelta(hours=9)))
    assert usd("claude-opus-4-6", long_prompt, ahead) == pytest.approx(3)
    without_zone = switch.replace(tzinfo=None)
    assert usd("claude-opus-4-6", long_prompt, without_zone) == pytest.approx(1.5)


def test_a_price_announced_for_later_is_not_used_before() -> None:
    usage = Usage(input=1_000_000)
    assert usd("gemini-4-argon", usage, datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == 2
    assert usd("gemini-4-argon", usage, datetime(2026, 12, 1, tzinfo=UTC)) == 4


def test_a_request_without_a_time_is_priced_as_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Later:
            return cls(2027, 6, 1, tzinfo=tz)

    usage = Usage(input=1_000_000)
    monkeypatch.setattr("aimux_tui.pricing.arithmetic.datetime", Later)
    assert usd("gemini-4-argon", usage, None) == 4
    assert usd("gpt-5.6-sol", Usage(input=100_000), None) == pytest.approx(0.4)


def test_prices_by_the_time_of_day() -> None:
    usage = Usage(input=1_000_000)
    at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert usd("deepseek-v4-pro", usage, at) == pytest.approx(1.32)
    assert usd("deepseek-v4-pro", usage, at.replace(hour=12)) == pytest.approx(0.66)


def test_a_daily_period_may_run_over_midnight() -> None:
    night = Period((0, 0, 0, 0, 0), daily=(22 * 3600, 6 * 3600))
    midnight = LATE_2026.replace(hour=0).timestamp()
    held = [hour for hour in range(24) if night.holds_at(midnight + hour * 3600)]
    assert held == [0, 1, 2, 3, 4, 5, 22, 23]


def test_service_tiers() -> None:
    usage = Usage(input=1_000_000, output=100_000)
    assert usd("claude-opus-5-5", usage) == pytest.approx(4 + 2)
    assert usd("claude-opus-5-5", usage, tier="fast") == pytest.approx(8 + 4)
    assert usd("gpt-5", usage, tier="flex") == pytest.approx((1.25 + 1) / 2)
    assert usd("gpt-5", usage, tier="priority") == pytest.approx((1.25 + 1) * 2)
    assert usd("claude-opus-5-5", usage, tier="batch") == pytest.approx((4 + 2) / 2)


def test_a_dearer_tier_without_a_known_price_is_a_lower_bound() -> None:
    table = PriceTable()
    usage = Usage(input=1_000_000)
    fast = table.cost(request("claude-opus-4-6", usage, tier="fast"))
    assert fast == Cost(5.0, (), is_lower_bound=True)
    before = datetime(2026, 9, 1, tzinfo=UTC)
    assert table.cost(request("gpt-5", usage, before, "priority")).is_lower_bound
    assert not table.cost(request("gpt-5", usage, tier="priority")).is_lower_bound
    assert not table.cost(request("gpt-5", usage, before, "flex")).is_lower_bound
    assert not table.cost(request("gpt-5", usage, before)).is_lower_bound


def test_web_searches_cost_by_the_piece() -> None:
    assert usd("claude-opus-5", Usage(web_searches=3)) == pytest.approx(0.03)
    without_price = PriceTable().cost(request("claude-3-haiku", Usage(web_searches=3, output=4)))
    assert without_price.is_lower_bound


def test_a_lower_bound_stays_one() -> None:
    cost = PriceTable().cost(request("claude-opus-5", Usage(output=4, is_lower_bound=True)))
    assert cost.is_lower_bound
    assert cost.is_partial


def test_an_unknown_model_is_named_and_never_counted_as_nothing() -> None:
    table = PriceTable()
    cost = table.cost(request("claude-mythos-5", Usage(input=10)))
    assert cost == Cost(0.0, ("claude-mythos-5",))
    assert not cost.is_known
    assert table.cost(request("", Usage(output=1))).unpriced_models == ("unknown model",)
    # Listed, but not paid by the token.
    assert table.cost(request("whisper-1", Usage(input=1))).unpriced_models == ("whisper-1",)


def test_nothing_used_costs_nothing() -> None:
    table = PriceTable()
    assert table.cost(request("claude-mythos-5", Usage(requests=1))) == Cost()
    assert table.cost(request("<synthetic>", Usage(input=5, output=5))) == Cost()


def test_context_windows() -> None:
    table = PriceTable()
    assert table.context_window("claude-haiku-4-5-20251001") == 200_000
    assert table.context_window("claude-sonnet-4-5") == 200_000
    assert table.context_window("claude-sonnet-4-5[1m]") == 1_000_000
    assert table.context_window("gemini-4-argon") == 1_048_576
    assert table.context_window("claude-mythos-5") is None
    assert table.context_window("mythos[1m]") is None


MINE = PriceOverride(input=2.0, output=8.0)


def test_the_users_price_comes_first() -> None:
    table = PriceTable({"claude-opus-5": MINE})
    usage = Usage(
        input=1_000_000, cache_read=1_000_000, cache_write_5m=1_000_000, cache_write_1h=1_000_000
    )
    assert table.cost(request("claude-opus-5", usage)).usd == pytest.approx(8)
    assert table.cost(request("claude-opus-5[1m]", usage)).usd == pytest.approx(8)
    assert table.cost(request("claude-opus-5-5", usage)).usd != pytest.approx(8)
    assert table.context_window("claude-opus-5") == 1_000_000


def test_the_users_price_of_an_unknown_model_and_by_pattern() -> None:
    free = PriceOverride(input=0.0, output=0.0)
    table = PriceTable({"ollama/*": free, "*-spark": MINE, "ollama/paid": MINE, "odd[1]?": free})
    usage = Usage(output=1_000_000)
    assert table.cost(request("ollama/deepseek-r1", usage)) == Cost()
    assert table.cost(request("gpt-5.3-codex-spark", usage)).usd == pytest.approx(8)
    # The name itself is nearer than any pattern.
    assert table.cost(request("ollama/paid", usage)).usd == pytest.approx(8)
    # Only the star is special.
    assert table.cost(request("odd[1]?", usage)) == Cost()
    assert table.cost(request("oddly", usage)).unpriced_models == ("oddly",)


def test_the_users_price_fills_in_what_is_left_out() -> None:
    prices = PriceOverride(input=2.0, output=8.0, cache_read=0.1, cache_write_5m=2.5)
    unit = PriceTable({"m": prices}).unit_prices("m")
    assert unit is not None
    assert (unit.cache_read, unit.cache_write_5m, unit.cache_write_1h) == (0.1, 2.5, 2.5)
    assert unit.provider == ""


def test_unit_prices_say_why_a_cost_is_what_it_is() -> None:
    table = PriceTable()
    unit = table.unit_prices("gpt-5.6", LATE_2026, context=300_000)
    assert unit is not None
    assert (unit.provider, unit.model) == ("openai", "gpt-5.6-sol")
    assert (unit.input, unit.cache_read, unit.cache_write_5m, unit.output) == (8, 0.8, 10, 30)
    assert (unit.since, unit.above, unit.web_search) == (date(2026, 8, 21), 272_000, 10)
    assert table.unit_prices("claude-mythos-5") is None


def test_the_fingerprint_changes_with_the_users_prices() -> None:
    prints = {
        PriceTable().fingerprint,
        PriceTable({"a": MINE}).fingerprint,
        PriceTable({"b": MINE}).fingerprint,
        PriceTable({"a": PriceOverride(input=2.0, output=8.5)}).fingerprint,
    }
    assert len(prints) == 4
    assert PriceTable({"a": MINE}).fingerprint == PriceTable({"A ": MINE}).fingerprint


def test_the_data_tells_its_age_and_source() -> None:
    assert PriceTable().as_of >= date(2026, 11, 21)
    assert PriceTable().source.startswith("genai-prices ")


def test_nothing_is_read_before_the_first_request() -> None:
    script = (
        "import pathlib\n"
        "from aimux_tui.pricing.arithmetic import PriceTable\n"
        "def refuse(*_): raise AssertionError('read')\n"
        "pathlib.Path.read_bytes = refuse\n"
        "PriceTable()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
