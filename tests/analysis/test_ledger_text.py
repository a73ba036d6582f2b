"""A ledger as it is read."""

from __future__ import annotations

from aimux_tui.analysis.ledger import make_ledger
from aimux_tui.analysis.ledger_text import format_ledger
from aimux_tui.model.usage import Cost, Usage
from tests.analysis.test_ledger import PRICES, account, ask
from tests.tui.fake_sessions import make_session

HELPER = make_session("claude:api/helper", "Look\x1b[31m around", total_cost=Cost(0.75))
ORIGINAL = make_session("claude:original", "Where it began")
TIMES = "\N{MULTIPLICATION SIGN}"
KNOWN = {session.key: session for session in (HELPER, ORIGINAL)}


def test_everything_that_makes_up_a_cost_is_told() -> None:
    searching = Usage(input=10, output=40, reasoning=30, web_searches=2, requests=1)
    given = account(
        ask(1),
        ask(2),
        ask(3, "claude-opus-4-8", searching),
        ask(4, "mystery-1"),
        owners={2: "claude:original"},
    )
    text = format_ledger(make_ledger(given, PRICES, KNOWN.get), KNOWN.get, "2026-11-21")
    lines = text.splitlines()
    assert lines[0].endswith("of its own  +  $0.7500 in 1 sub-agent")
    assert lines[0].startswith("≥$")  # a model has no price
    assert "claude-sonnet-4-5" in lines
    assert (
        "  cache write 1h            500 \N{MULTIPLICATION SIGN} $6/M             $0.0030" in lines
    )
    assert (
        "  web searches                2 \N{MULTIPLICATION SIGN} $10/k            $0.0200" in lines
    )
    assert "  of the output, 30 tokens were reasoning" in lines
    assert "  no price known: 21.8k tokens are in no sum" in lines
    assert "    $0.7500  Look around" in lines
    assert "  1 request, $0.0165, are billed to claude:original  Where it began" in lines
    assert "  7 statements of usage repeat what is counted already" in lines
    assert "  1 line could not be read: what they say is missing" in lines
    assert "\x1b" not in text


def test_a_session_without_requests_says_so() -> None:
    given = account()
    ledger = make_ledger(given, PRICES, lambda _: None)
    text = format_ledger(ledger, lambda _: None, "2026-11-21")
    assert "its log states no request of its own" in text


def test_where_there_is_little_room_numbers_are_rounded() -> None:
    ledger = make_ledger(account(ask(1)), PRICES, KNOWN.get)
    lines = format_ledger(ledger, KNOWN.get, "2026-11-21", is_narrow=True).splitlines()
    assert f"  cache read     20.0k {TIMES} $0.3   $0.0060" in lines
    assert max(len(line) for line in lines[3:8]) <= 39
