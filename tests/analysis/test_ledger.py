"""Why a session costs what it costs."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aimux_tui.analysis.ledger import make_ledger
from aimux_tui.errors import SessionError
from aimux_tui.model.log import LogSummary
from aimux_tui.model.usage import Cost, Request, Usage
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import recognise_log
from aimux_tui.store.accounts import Account, account_of, spending
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from tests.tui.fake_sessions import make_session

AT = datetime(2026, 11, 1, tzinfo=UTC)
PRICES = PriceTable()
USAGE = Usage(input=1000, cache_read=20_000, cache_write_1h=500, output=300, requests=1)


def account(*requests: Request, owners: dict[int, str] | None = None) -> Account:
    session = make_session("claude:api", "Fix the API", children=("claude:api/helper",))
    summary = LogSummary("claude", "api", "claude:api", lines=40, bad_lines=1, repeated_usage=7)
    costs = tuple(PRICES.cost(request) for request in requests)
    return Account(session, summary, requests, costs, owners or {})


def ask(key: int, model: str = "claude-sonnet-4-5", usage: Usage = USAGE) -> Request:
    return Request(key, AT, model, usage)


def test_tokens_times_prices_come_to_the_cost() -> None:
    ledger = make_ledger(account(ask(1), ask(2)), PRICES, lambda _: None)
    (charge,) = ledger.charges
    assert charge.amounts == (
        ("input", 2000, 3.0),
        ("cache read", 40_000, 0.3),
        ("cache write 1h", 1000, 6.0),
        ("output", 600, 15.0),
    )
    product = sum(tokens * price / 1e6 for _, tokens, price in charge.amounts)
    assert product == pytest.approx(ledger.cost.usd) == pytest.approx(charge.cost.usd)
    assert (ledger.lines, ledger.bad_lines, ledger.repeated) == (40, 1, 7)


def test_a_long_prompt_at_a_higher_price_is_a_charge_of_its_own() -> None:
    long = ask(2, "claude-sonnet-4-5", Usage(input=250_000, output=10, requests=1))
    ledger = make_ledger(account(ask(1), long), PRICES, lambda _: None)
    assert [charge.prices.above for charge in ledger.charges if charge.prices] == [200_000, 0]


def test_what_another_session_pays_for_is_told_apart() -> None:
    given = account(ask(1), ask(2), ask(3), owners={1: "claude:original", 3: "claude:original"})
    ledger = make_ledger(given, PRICES, lambda _: None)
    (share,) = ledger.elsewhere
    assert (share.session_key, share.usage.requests) == ("claude:original", 2)
    assert ledger.cost.usd == pytest.approx(given.costs[1].usd)


def test_a_model_without_a_price_is_a_charge_without_one() -> None:
    ledger = make_ledger(account(ask(1), ask(2, "mystery-1")), PRICES, lambda _: None)
    charge = ledger.charges[-1]
    assert (charge.model, charge.prices, charge.cost.is_known) == ("mystery-1", None, False)
    assert ledger.cost.unpriced_models == ("mystery-1",)


def test_sub_agents_are_added_once() -> None:
    helper = make_session("claude:api/helper", "Look", cost=Cost(0.5), total_cost=Cost(0.75))
    ledger = make_ledger(account(ask(1)), PRICES, {"claude:api/helper": helper}.get)
    assert [child.cost.usd for child in ledger.children] == [0.75]
    assert ledger.total.usd == pytest.approx(ledger.cost.usd + 0.75)


SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples here")
@pytest.mark.parametrize("provider", ["claude", "codex", "gemini"])
def test_the_ledger_of_every_sample_comes_to_its_sessions_cost(
    provider: str, tmp_path: Path
) -> None:
    paths = [path for path in sorted((SAMPLES / provider).rglob("*.json*")) if path.is_file()]
    logs = []
    for path in paths:
        with contextlib.suppress(SessionError):
            logs.append(recognise_log(path))
    library = Library([], Index(tmp_path / "index.db"), PRICES, logs=logs)
    library.load_fully()
    sessions = library.sessions()
    assert any(session.cost.usd for session in sessions)
    for session in sessions:
        ledger = make_ledger(account_of(library, session.key), PRICES, library.get)
        assert ledger.cost.usd == pytest.approx(session.cost.usd, abs=1e-9)
        assert ledger.total.usd == pytest.approx(session.total_cost.usd, abs=1e-9)
        spent = {one.key: buckets for one, buckets in spending(library)}[session.key]
        assert sum(bucket.cost.usd for bucket in spent) == pytest.approx(session.cost.usd, abs=1e-9)
