"""The lines at the top and at the bottom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aimux_tui.model.session import Status
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.tui.attention import AttentionWatch
from aimux_tui.tui.feeds import Snapshot
from aimux_tui.tui.format.glyphs import ASCII, UNICODE
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.panes.footer import FooterKey, format_footer
from aimux_tui.tui.panes.header import HeaderFacts, format_header, gather_facts
from aimux_tui.tui.spending import spent_today
from aimux_tui.tui.theme import AIMUX
from tests.tui.fake_sessions import LOGIN, NOW, PARSER, all_sessions, make_session
from tests.tui.harness import running

PALETTE = palette_for(AIMUX)
LOOK = Look(PALETTE, UNICODE)


def snapshot() -> Snapshot:
    sessions = tuple(all_sessions())
    by_key = {session.key: session for session in sessions}
    return Snapshot(1, sessions, by_key, (), (8, 10), {}, is_loaded=True)


def test_the_facts_count_listed_sessions_once():
    facts = gather_facts(snapshot(), NOW)
    assert facts.counts[Status.ACTIVE] == 1
    assert sum(facts.counts.values()) == 7
    assert facts.attention == 2
    assert facts.progress == (8, 10)


@pytest.mark.parametrize("width", [200, 100, 60, 45, 30])
def test_the_header_never_loses_who_needs_attention(width: int):
    text = format_header(gather_facts(snapshot(), NOW), LOOK, width).plain
    assert "●" in text
    assert "! 2" in text
    if width >= 45:
        assert len(text) <= width


def test_the_header_in_plain_signs():
    facts = gather_facts(snapshot(), NOW)
    facts = replace(facts, cost=Cost(1.0, ("x",)), is_muted=True)
    text = format_header(facts, Look(PALETTE, ASCII), 160).plain
    assert text.isascii()
    assert "muted" in text


def test_before_anything_is_known_the_header_says_so():
    assert "looking" in format_header(HeaderFacts(is_loaded=False), LOOK, 80).plain


def test_today_is_what_began_today_and_a_lower_bound_if_older_sessions_went_on():
    began = make_session("claude:a", "a", usage=Usage(input=10), cost=Cost(1.0))
    usage, cost = spent_today([began], NOW)
    assert (usage.input, cost) == (10, Cost(1.0))
    older = replace(began, started=NOW - timedelta(days=2))
    usage, cost = spent_today([began, older], NOW)
    assert usage.input == 10
    assert usage.is_lower_bound
    assert cost == Cost(1.0, (), is_lower_bound=True)
    done = replace(older, updated=NOW - timedelta(days=1))
    assert spent_today([done], NOW) == (Usage(), Cost())


def test_attention_is_news_once():
    watch = AttentionWatch()
    sessions = {session.key: session for session in all_sessions()}
    assert watch.news(sessions.values(), NOW) == []
    waiting = replace(sessions[LOGIN], status=Status.WAITING)
    sessions[LOGIN] = waiting
    assert watch.news(sessions.values(), NOW) == [waiting]
    assert watch.news(sessions.values(), NOW) == []
    sessions[LOGIN] = replace(waiting, status=Status.ACTIVE)
    assert watch.news(sessions.values(), NOW) == []
    sessions[LOGIN] = waiting
    assert watch.news(sessions.values(), NOW) == [waiting]


def test_an_old_error_needs_nobody():
    old = make_session(
        PARSER, "p", status=Status.ERROR, updated=NOW - timedelta(days=3), started=None
    )
    watch = AttentionWatch()
    watch.news([], NOW)
    assert watch.news([old], NOW) == []


def test_the_footer_shows_whole_keys_only_and_help_before_all_others():
    keys = [
        FooterKey("item.open", "⏎", "open"),
        FooterKey("app.help", "?", "help"),
        FooterKey("app.quit", "q", "quit"),
    ]
    assert format_footer(keys, PALETTE, 40).plain == "⏎ open  q quit  ? help"
    assert format_footer(keys, PALETTE, 16).plain == "⏎ open  ? help"
    assert format_footer(keys, PALETTE, 8).plain == "? help"
    assert format_footer(keys[:1], PALETTE, 6).plain == "⏎ open"


async def test_all_of_the_screen_is_painted_when_a_message_has_gone(
    monkeypatch: pytest.MonkeyPatch,
):
    async with running() as app:
        painted: list[bool] = []
        monkeypatch.setattr(app.main, "refresh", lambda **_: painted.append("A word" in app.text))
        app.app.notify("A word", timeout=0.1)
        await app.see("A word")
        await app.until(lambda: painted[-1:] == [False])
