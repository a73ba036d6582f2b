"""Which panes are seen, and what a name stands for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from aimux_tui.errors import SessionError
from aimux_tui.tui.entry import find_session, newest_in
from aimux_tui.tui.layout import Layout, Width, width_class
from tests.tui.fake_sessions import LOGIN, PARSER, all_sessions, make_session

SESSIONS, TRACE, DETAIL = Pane


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        (20, Width.NARROW),
        (89, Width.NARROW),
        (90, Width.MEDIUM),
        (149, Width.MEDIUM),
        (150, Width.WIDE),
        (400, Width.WIDE),
    ],
)
def test_the_width_classes(columns: int, width: Width):
    assert width_class(columns) is width


@pytest.mark.parametrize(
    ("layout", "panes"),
    [
        (Layout(Width.WIDE), (SESSIONS, TRACE, DETAIL)),
        (Layout(Width.WIDE, TRACE, is_maximised=True), (TRACE,)),
        (Layout(Width.MEDIUM), (SESSIONS, TRACE)),
        (Layout(Width.MEDIUM, TRACE), (SESSIONS, TRACE)),
        (Layout(Width.MEDIUM, TRACE, is_detail_open=True), (TRACE, DETAIL)),
        (Layout(Width.MEDIUM, SESSIONS, is_detail_open=True), (SESSIONS, TRACE)),
        (Layout(Width.MEDIUM, DETAIL), (TRACE, DETAIL)),
        (Layout(Width.NARROW), (SESSIONS,)),
        (Layout(Width.NARROW, DETAIL), (DETAIL,)),
    ],
)
def test_the_panes_that_are_seen(layout: Layout, panes: tuple[Pane, ...]):
    assert layout.panes == panes


def test_going_round_leaves_out_an_empty_detail():
    layout = Layout(Width.NARROW, TRACE)
    assert layout.neighbour(1, has_detail=True) is DETAIL
    assert layout.neighbour(1, has_detail=False) is SESSIONS
    assert layout.neighbour(-1, has_detail=False) is SESSIONS


@pytest.mark.parametrize(
    "target", [LOGIN, "login", "log", "claude:log", "/home/u/.claude/login.jsonl"]
)
def test_a_session_is_found_by_what_people_know_of_it(target: str):
    assert find_session(all_sessions(), target).key == LOGIN


def test_what_is_not_found_is_said():
    with pytest.raises(SessionError, match="no session 'nothing'"):
        find_session(all_sessions(), "nothing")
    twins = [make_session("claude:abc1", "one"), make_session("claude:abc2", "two")]
    with pytest.raises(SessionError, match="start of 2 sessions"):
        find_session(twins, "abc")


def test_the_newest_session_of_a_folder():
    sessions = all_sessions()
    found = newest_in(sessions, "/home/u/src/parser")
    assert found is not None
    assert found.key == PARSER
    assert newest_in(sessions, "/home/u/elsewhere") is None


def test_a_session_in_the_very_folder_is_preferred_to_a_newer_one_near_it():
    below = make_session("claude:below", "below", cwd="/home/u/src/webshop/shop")
    exact = replace(make_session("claude:exact", "exact"), cwd="/home/u/src/webshop")
    found = newest_in([below, exact], "/home/u/src/webshop")
    assert found is exact
    assert newest_in([below], "/home/u/src/webshop") is below
    assert newest_in([exact], "/home/u/src/webshop/shop/tests") is exact
    assert newest_in([exact], "/home/u/src/webshop2") is None
