"""The list of sessions, as it is used."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from aimux_tui.config.schema import SessionSort
from aimux_tui.model.session import Status
from aimux_tui.store.library import Place
from tests.tui.fake_sessions import (
    EXPLORER,
    LOGIN,
    NOW,
    PARSER,
    REVIEWER,
    make_session,
    many_sessions,
)
from tests.tui.fakes import FakeLibrary, make_library
from tests.tui.harness import MEDIUM, NARROW, WIDE, running

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


@SIZES
async def test_the_list_at_every_size(size: tuple[int, int]):
    async with running(size) as app:
        await app.see("Sessions 7 +1 hidden", "Fix the login redirect", "Port the tokenizer")
        assert app.pane is Pane.SESSIONS
        assert app.shown[0] is Pane.SESSIONS
        assert "\x1b" not in app.text
        await app.press("down", "k", "j")
        assert app.session_cursor == PARSER
        await app.press("end")
        assert app.session_cursor == "gemini:broken"


async def test_opening_a_session_shows_its_turns_and_its_sub_agents():
    async with running() as app:
        await app.press("enter")
        await app.until(lambda: app.pane is Pane.TRACE)
        await app.see("build the release", "run the tests")
        await app.see("Find every place that sets the session cookie")


async def test_a_session_is_opened_beside_the_list_when_the_cursor_rests_on_it():
    async with running() as app:
        await app.until(lambda: app.main.navigator.reader.key == LOGIN)
        await app.press("j")
        await app.until(lambda: app.main.navigator.reader.key == PARSER)
        await app.see("parser Port the tokenizer", "▸  4")
        assert app.pane is Pane.SESSIONS
        assert app.library.traces[LOGIN].is_closed


async def test_nothing_is_opened_unasked_where_it_could_not_be_seen():
    async with running(NARROW) as app:
        await app.press("j", "k")
        await app.pilot.pause(0.3)
        assert app.main.navigator.reader.key == ""


async def test_sub_agents_fold():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("shift+tab")
        await app.until(lambda: app.pane is Pane.SESSIONS)
        await app.press("j")
        assert app.session_cursor == EXPLORER
        await app.press("escape")
        assert app.session_cursor == LOGIN
        await app.see_no("Review the redirect change")
        await app.press("right")
        await app.see("Review the redirect change")
        assert REVIEWER in app.main.navigator.snapshot.by_key


@SIZES
async def test_the_filter_follows_every_letter(size: tuple[int, int]):
    async with running(size) as app:
        await app.press("/")
        await app.press(*"parser")
        await app.see("1 of 7")
        await app.see_no("Fix the login redirect")
        await app.press("enter")
        assert app.session_cursor == PARSER
        await app.press("escape")
        await app.see("Fix the login redirect", "Sessions 7")


async def test_what_does_not_fit_beside_a_bad_filter_is_cut_with_an_ellipsis():
    async with running() as app:
        await app.press(*"/label:")
        await app.see("a value is missing: for example l…")


async def test_the_filter_says_when_nothing_matches_and_escape_clears_it():
    async with running() as app:
        await app.press(*"/zzz")
        await app.see("Nothing matches", "0 of 7")
        await app.press("escape")
        await app.see("Fix the login redirect")
        assert app.main.focused is app.main.sessions.list


async def test_keys_of_the_list_can_be_typed_into_the_filter():
    async with running() as app:
        await app.press(*"/q:/j?")
        field = app.main.sessions._filter.field
        await app.until(lambda: field.value == "q:/j?")
        assert app.app.screen is app.main
        await app.press(*["backspace"] * 6)
        assert app.main.focused is app.main.sessions.list


async def test_sorting_goes_round_and_is_shown():
    async with running() as app:
        await app.see("by updated")
        await app.press("s", "s")
        assert app.main.sessions.rows.sort is SessionSort.COST
        await app.see("by cost")
        first = app.main.sessions.items.row(0).session
        assert first.key == LOGIN


async def test_hidden_sessions_come_and_go():
    async with running() as app:
        await app.press("H")
        await app.see("Is this command safe?", "Sessions 8")
        await app.press("H")
        await app.see_no("Is this command safe?")


async def test_the_cursor_stays_on_its_session_while_others_pass_it():
    async with running() as app:
        await app.press("j", "j")
        chosen = app.session_cursor
        newer = [
            replace(session, updated=NOW + timedelta(seconds=number))
            for number, session in enumerate(many_sessions(30))
        ]
        app.library.put(*newer)
        await app.see("Sessions 37")
        assert app.session_cursor == chosen
        await app.see(app.main.sessions.current.title)


async def test_when_its_session_goes_away_the_cursor_goes_to_the_neighbour():
    async with running() as app:
        await app.press("j")
        app.library.remove(PARSER)
        await app.see_no("Port the tokenizer to the streaming parser ")
        assert app.session_cursor == "gemini:docs"


async def test_a_row_changes_in_place():
    async with running() as app:
        session = app.main.navigator.snapshot.by_key[PARSER]
        app.library.put(
            replace(session, status=Status.ACTIVE, status_reason="Edit is running", turns=99)
        )
        await app.see("Edit is running")


async def test_an_empty_machine_is_told_where_aimux_looked_and_how_to_begin():
    places = [
        Place("claude", Path("/home/u/.claude/projects"), exists=True, logs=0),
        Place("codex", Path("/home/u/.codex"), exists=False, logs=0),
    ]
    async with running(NARROW, FakeLibrary(places=places)) as app:
        await app.see("No sessions yet", "/home/u/.claude/projects", "does not exist", "aimux demo")


async def test_while_the_first_look_takes_long_the_screen_says_so_and_obeys():
    library = make_library()
    library.gate.clear()
    async with running(library=library, is_loaded=False) as app:
        await app.see("Looking for sessions", "looking for sessions")
        await app.press("question_mark")
        await app.see("Keys and commands")
        await app.press("escape")
        library.gate.set()
        await app.see("Fix the login redirect")


async def test_progress_of_reading_is_shown_until_it_is_done():
    sessions = [make_session(f"claude:{n}", f"session {n}", is_partial=True) for n in range(4)]
    library = FakeLibrary(sessions)
    library.pending = list(sessions)
    library.step.clear()
    async with running(library=library) as app:
        await app.see("reading 0/4")
        library.step.set()
        await app.see_no("reading")


async def test_two_thousand_sessions():
    async with running(library=FakeLibrary(many_sessions(2_000))) as app:
        await app.see("Sessions 2,000", "Task number 0")
        await app.press("end")
        await app.see("Task number 1999")
        await app.press(*"/1234")
        await app.see("1 of 2,000", "Task number 1234")
