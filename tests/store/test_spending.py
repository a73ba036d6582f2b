"""What logs spent, quarter by quarter of an hour."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from aimux_tui.model.usage import Cost, Request, Usage
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.store.index import Index
from aimux_tui.store.spending import NO_TIME, SLOT, roll_up
from tests.store.build import PRICER, T0, record, request

SLOT_0 = int(T0.timestamp()) // SLOT


def at(minutes: int, key: int, output: int = 1, model: str = "m") -> Request:
    usage = Usage(input=10, output=output, requests=1)
    return Request(key, T0 + timedelta(minutes=minutes), model, usage)


def test_requests_of_a_slot_and_a_model_are_added_up() -> None:
    requests = [at(0, 1, 2), at(14, 2, 3), at(15, 3, 5), at(16, 4, 7, "other")]
    buckets = roll_up(requests, [PRICER.cost(one) for one in requests], PRICER)
    assert [
        (one.slot - SLOT_0, one.model, one.cost.usd, one.usage.requests) for one in buckets
    ] == [
        (0, "m", 5.0, 2),
        (1, "m", 5.0, 1),
        (1, "other", 7.0, 1),
    ]


def test_what_another_log_owns_is_left_out_and_requests_without_time_or_key_are_kept() -> None:
    requests = [at(0, 1), at(0, 2, 3), Request(0, None, "m", Usage(output=4, requests=1))]
    buckets = roll_up(requests, [PRICER.cost(one) for one in requests], PRICER, {1, 0})
    assert [(one.slot, one.cost.usd) for one in buckets] == [(NO_TIME, 4.0), (SLOT_0, 3.0)]


def test_the_cache_saves_what_its_tokens_would_have_cost_as_input() -> None:
    prices = PriceTable()
    cached = Request(1, T0, "claude-sonnet-4-5", Usage(cache_read=100_000, output=10, requests=1))
    written = Request(2, T0, "claude-sonnet-4-5", Usage(cache_write_5m=100_000, requests=1))
    (read,) = roll_up([cached], [prices.cost(cached)], prices)
    (wrote,) = roll_up([written], [prices.cost(written)], prices)
    assert round(read.saved, 6) == round(100_000 * (3.0 - 0.3) / 1e6, 6)
    assert round(wrote.saved, 6) == round(100_000 * (3.0 - 3.75) / 1e6, 6)


def test_a_model_without_a_price_saves_nothing_that_is_known() -> None:
    one = Request(1, T0, "unknown", Usage(cache_read=5, requests=1))
    (bucket,) = roll_up([one], [PRICER.cost(one)], PRICER)
    assert (bucket.saved, bucket.cost) == (0.0, Cost(0.0, ("unknown",)))


def test_the_index_adds_up_to_what_its_records_own(tmp_path: Path) -> None:
    original = record("claude:a", request(1, 2), request(2, 3))
    fork = record("claude:b", request(1, 2), request(2, 3), request(9, 5), forked_from="claude:a")
    index = Index(tmp_path / "index.db")
    index.store([fork, original], "v1")

    def spent() -> dict[str, float]:
        return {
            path: sum(bucket.cost.usd for bucket in buckets)
            for path, buckets in index.spending(PRICER).items()
        }

    expected = {path: one.own_cost.usd for path, one in index.load("v1").items()}
    assert spent() == expected == {original[0].file.path: 5.0, fork[0].file.path: 5.0}
    assert spent() == expected  # from what was kept of it
    index.forget([original[0].file.path])
    assert spent() == {fork[0].file.path: 10.0}
    index.store([record("claude:b", request(1, 2), forked_from="claude:a")], "v1")
    assert spent() == {fork[0].file.path: 2.0}
