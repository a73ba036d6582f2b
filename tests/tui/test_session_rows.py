"""Which rows the session list has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aimux_tui.config.schema import SessionSort
from aimux_tui.tui.session_rows import SessionRows
from tests.tui import fake_sessions
from tests.tui.fake_sessions import EXPLORER, GUARDIAN, LOGIN, PARSER, REVIEWER


def arranged(rows: SessionRows) -> list[tuple[str, int]]:
    sessions = sorted(
        fake_sessions.all_sessions(), key=lambda session: session.updated, reverse=True
    )
    rows.arrange(sessions, {session.key: session for session in sessions}, fake_sessions.NOW)
    return [(row.session.key, row.depth) for row in rows.rows]


def test_sub_agents_are_folded_and_hidden_sessions_are_away():
    rows = SessionRows()
    keys = [key for key, _ in arranged(rows)]
    assert keys[:2] == [LOGIN, PARSER]
    assert EXPLORER not in keys
    assert GUARDIAN not in keys
    assert rows.hidden == 1
    assert rows.listed == rows.shown == 7


def test_unfolding_shows_sub_agents_below_their_session():
    rows = SessionRows()
    rows.unfolded.add(LOGIN)
    assert arranged(rows)[:4] == [(LOGIN, 0), (EXPLORER, 1), (REVIEWER, 1), (PARSER, 0)]
    assert rows.rows[0].is_open
    assert rows.listed == 7


def test_hidden_sessions_can_be_shown():
    rows = SessionRows(show_hidden=True)
    assert (GUARDIAN, 0) in arranged(rows)
    assert rows.hidden == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("LOGIN redirect", [LOGIN]),
        ("gpt-5.2", [PARSER]),
        ("streaming codex", [PARSER]),
        ("no such words", []),
    ],
)
def test_every_word_of_a_filter_must_be_there(query: str, expected: list[str]):
    rows = SessionRows()
    rows.query = query
    assert [key for key, _ in arranged(rows)] == expected
    assert rows.shown == len(expected)
    assert rows.listed == 7


def test_a_filter_finds_folded_sub_agents_and_shows_what_they_belong_to():
    rows = SessionRows()
    rows.query = "cookie"
    assert arranged(rows) == [(LOGIN, 0), (EXPLORER, 1)]
    assert rows.rows[0].is_open
    assert rows.shown == 1


def test_sorting_goes_round_and_by_project():
    rows = SessionRows()
    seen = [rows.sort]
    while (sort := rows.next_sort()) not in seen:
        seen.append(sort)
    assert seen == list(SessionSort)
    rows.sort = SessionSort.PROJECT
    arranged(rows)
    projects = [row.session.project.casefold() for row in rows.rows]
    assert projects == sorted(projects)


def test_a_changed_title_is_found_by_its_new_words():
    rows = SessionRows()
    rows.query = "login"
    sessions = [fake_sessions.make_session("claude:a", "login")]
    rows.arrange(sessions, {"claude:a": sessions[0]}, fake_sessions.NOW)
    assert len(rows.rows) == 1
    changed = [replace(sessions[0], title="logout")]
    rows.arrange(changed, {"claude:a": changed[0]}, fake_sessions.NOW)
    assert rows.rows == []


def test_sessions_at_work_keep_their_places_while_they_write():
    now = fake_sessions.NOW
    first, second = (
        fake_sessions.make_session(
            f"claude:{name}", name, started=now - timedelta(minutes=age), updated=now
        )
        for name, age in (("first", 30), ("second", 10))
    )
    rows = SessionRows()
    for sessions in ([first, second], [second, first]):
        rows.arrange(sessions, {one.key: one for one in sessions}, now)
        assert [row.session for row in rows.rows] == [second, first]
    later = now + timedelta(minutes=5)
    rows.arrange([first, second], {one.key: one for one in (first, second)}, later)
    assert [row.session for row in rows.rows] == [first, second]


def test_rows_of_unchanged_sessions_are_the_same_objects():
    rows = SessionRows()
    arranged(rows)
    before = list(rows.rows)
    sessions = [row.session for row in before]
    rows.arrange(sessions, {one.key: one for one in sessions}, fake_sessions.NOW)
    assert all(new is old for new, old in zip(rows.rows, before, strict=True))
