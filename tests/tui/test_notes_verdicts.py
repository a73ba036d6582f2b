"""Notes on turns and verdicts on sessions: the editor, the dialog, and that nothing gets lost."""

from __future__ import annotations

import pytest
from textual import events

from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.commands.base import Pane
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Label, SessionAnnotation, Verdict
from aimux_tui.tui.screens.note import NoteScreen
from aimux_tui.tui.screens.verdict import VerdictScreen
from tests.tui.fake_sessions import DOCS, HOSTILE_TEXT, LOGIN, PARSER
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running
from tests.tui.memory_book import MemoryBook

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


def note_of(app: Driver, number: int) -> str:
    said = app.book.get(LOGIN).of_turn(f"turn-{number}", number)
    return said.note if said else ""


def said_of(app: Driver, key: str) -> SessionAnnotation:
    return app.book.get(key).session


async def open_editor(app: Driver, number: int = 1) -> NoteScreen:
    await app.open_session(LOGIN)
    await app.press("home", *["j"] * (number - 1), "n")
    await app.until(lambda: isinstance(app.app.screen, NoteScreen) and app.app.screen.focused)
    assert isinstance(app.app.screen, NoteScreen)
    return app.app.screen


async def closed(app: Driver) -> None:
    await app.until(lambda: app.app.screen is app.main)


def burst(app: Driver, text: str) -> None:
    """Keys that arrive in one read."""
    for key in text:
        app.app._driver.send_message(events.Key(key, key))


@SIZES
async def test_the_editor_owns_every_key_and_writes_several_lines(size: tuple[int, int]):
    async with running(size) as app:
        await open_editor(app)
        await app.press(*"gbwuq", "enter", *"?L.", "space", "v")
        await app.see("Note on turn 1", "gbwuq", "?L. v", "ctrl+s save")
        await app.press("ctrl+s")
        await closed(app)
        assert note_of(app, 1) == "gbwuq\n?L. v"
        assert app.book.get(LOGIN).turns["turn-1"].label is None
        await app.see("✎")


async def test_what_is_typed_right_behind_the_key_goes_into_the_note():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home")
        burst(app, "ngood")
        await app.until(lambda: isinstance(app.app.screen, NoteScreen))
        await app.until(lambda: app.app.screen.area.text == "good")
        assert app.book.recorded == []


async def test_an_open_turn_shows_its_whole_note_and_enter_goes_on_writing():
    async with running(MEDIUM) as app:
        await open_editor(app, 3)
        await app.press(*"first", "enter", *"second", "ctrl+s")
        await closed(app)
        await app.press("enter")
        await app.see("✎ first", "second", "pytest -q")
        await app.press("j")
        assert app.cursor == ("turn-3", "note")
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, NoteScreen))
        assert app.app.screen.area.text == "first\nsecond"


async def test_a_note_needs_no_label_and_survives_each_of_them():
    async with running() as app:
        await open_editor(app)
        await app.press(*"why", "ctrl+s")
        await closed(app)
        for key in "gbbwa":
            await app.press(key)
        await app.until(lambda: len(app.book.recorded) >= 6)
        assert note_of(app, 1) == "why"
        await app.see("✎ NOTE", "why")


async def test_an_empty_note_takes_it_away_and_undo_brings_it_back():
    async with running() as app:
        await open_editor(app)
        await app.press(*"no", "ctrl+s")
        await closed(app)
        await app.press("n", "backspace", "backspace", "ctrl+s")
        await app.until(lambda: note_of(app, 1) == "" and app.app.screen is app.main)
        await app.press("u")
        await app.see("undone: the note on turn 1")
        assert note_of(app, 1) == "no"


async def test_escape_asks_before_typed_text_is_thrown_away():
    async with running() as app:
        await open_editor(app)
        await app.press(*"precious", "escape")
        await app.see("not saved yet: ctrl+s save", "esc throw away")
        await app.press("!", "escape")
        await app.see("not saved yet")
        assert app.app.screen.area.text == "precious!"
        await app.press("escape")
        await closed(app)
        assert app.book.recorded == []
        assert app.pane is Pane.TRACE


async def test_escape_leaves_at_once_when_nothing_was_typed():
    async with running() as app:
        await open_editor(app)
        await app.press("escape")
        await closed(app)


async def test_a_note_that_cannot_be_written_stays_in_the_editor():
    async with running() as app:
        await open_editor(app)
        app.book.error = AnnotationError("labels.jsonl: Read-only file system", "make it writable")
        await app.press(*"precious", "ctrl+s")
        await app.see("Read-only file system", "make it writable", "precious")
        app.book.error = None
        await app.press("ctrl+s")
        await closed(app)
        assert note_of(app, 1) == "precious"


async def test_the_words_at_the_bottom_are_buttons():
    async with running() as app:
        await open_editor(app)
        await app.press(*"hi")
        await app.pilot.click("#form-hint", offset=(2, 0))
        await closed(app)
        assert note_of(app, 1) == "hi"


async def test_a_note_can_be_given_on_the_command_line():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home", "colon", *"note it's fine", "enter")
        await app.until(lambda: note_of(app, 1) == "it's fine")


async def test_nothing_that_is_pasted_into_a_note_reaches_the_terminal():
    async with running() as app:
        editor = await open_editor(app)
        editor.area.post_message(events.Paste("red \x1b[31mtext\x07\u202e"))
        await app.until(lambda: editor.area.text)
        assert "\x1b" not in editor.area.text
        assert "\u202e" not in app.text


# Verdicts.


def judged() -> MemoryBook:
    """A book in which tags are in use."""
    book = MemoryBook()
    book.record(
        (
            SessionChange(session_key=DOCS, tags=("loop", "wrong file")),
            SessionChange(session_key=PARSER, tags=("loop",)),
        )
    )
    return book


async def open_dialog(app: Driver) -> VerdictScreen:
    await app.press("L")
    await app.until(lambda: isinstance(app.app.screen, VerdictScreen) and app.app.screen.focused)
    assert isinstance(app.app.screen, VerdictScreen)
    return app.app.screen


@SIZES
async def test_a_session_is_judged_from_the_keyboard_alone(size: tuple[int, int]):
    async with running(size, book=judged()) as app:
        app.main.sessions.select(LOGIN)
        await open_dialog(app)
        await app.see("Verdict on Fix the login redirect loop", "used before:  loop  wrong file")
        await app.press("right", "right", "tab", *"wr")
        await app.press("tab", *"mine", "enter", *"half of it", "ctrl+s")
        await closed(app)
        said = said_of(app, LOGIN)
        assert said.verdict is Verdict.PARTIAL
        assert said.tags == ("wrong file", "mine")
        assert said.note == "half of it"
        await app.see("partial")


async def test_a_session_is_judged_with_the_mouse_alone():
    async with running(book=judged()) as app:
        app.main.sessions.select(LOGIN)
        dialog = await open_dialog(app)
        words = dialog.verdict.render().plain
        await app.pilot.click(dialog.verdict, offset=(words.index("failed") + 1, 0))
        await app.pilot.click("TagHints", offset=(len("used before:  lo"), 0))
        await app.pilot.click("#form-hint", offset=(2, 0))
        await closed(app)
        assert said_of(app, LOGIN).verdict is Verdict.FAILED
        assert said_of(app, LOGIN).tags == ("loop",)


async def test_what_was_said_before_is_there_and_only_what_changes_is_written():
    book = judged()
    book.record((SessionChange(session_key=DOCS, verdict=Verdict.FAILED, note="so so"),))
    async with running(book=book) as app:
        app.main.sessions.select(DOCS)
        dialog = await open_dialog(app)
        assert dialog.verdict.chosen == 2
        assert dialog.tags.value == "loop, wrong file"
        await app.press("1", "ctrl+s")
        await closed(app)
        assert book.recorded[-1] == (SessionChange(session_key=DOCS, verdict=Verdict.ACHIEVED),)
        await app.press("u")
        await app.see("undone: the verdict")
        assert said_of(app, DOCS).verdict is Verdict.FAILED


async def test_a_verdict_is_taken_back_by_choosing_it_again():
    book = judged()
    book.record((SessionChange(session_key=DOCS, verdict=Verdict.PARTIAL),))
    async with running(book=book) as app:
        app.main.sessions.select(DOCS)
        await open_dialog(app)
        await app.press("2", "ctrl+s")
        await closed(app)
        assert said_of(app, DOCS).verdict is None


async def test_the_open_session_is_judged_from_its_turns_and_by_name():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("colon", *"verdict aband", "enter")
        await app.until(lambda: said_of(app, LOGIN).verdict is Verdict.ABANDONED)
        await app.press("colon", *"verdict none", "enter")
        await app.until(lambda: said_of(app, LOGIN).verdict is None)


async def test_the_detail_of_a_session_tells_and_has_buttons_too():
    async with running(book=judged()) as app:
        await app.open_session(DOCS)
        await app.press("i")
        await app.see("What was said of it", "loop, wrong file")
        bar = app.main.detail.label_bar
        await app.pilot.click(bar, offset=(bar.text.index("failed"), 0))
        await app.until(lambda: said_of(app, DOCS).verdict is Verdict.FAILED)
        await app.see("verdict      failed", "FAILED")
        await app.pilot.click(bar, offset=(bar.text.index("FAILED"), 0))
        await app.until(lambda: said_of(app, DOCS).verdict is None)


async def test_a_dialog_with_changes_is_not_left_unasked():
    async with running() as app:
        await open_dialog(app)
        await app.press("right", "escape")
        await app.see("not saved yet")
        await app.press("escape")
        await closed(app)
        assert app.book.recorded == []


async def test_labels_given_meanwhile_are_not_touched_by_a_verdict():
    async with running() as app:
        await app.open_session(LOGIN)
        await open_dialog(app)
        app.book.from_elsewhere(
            TurnChange(session_key=LOGIN, turn_key="turn-1", number=1, label=Label.BAD)
        )
        await app.press("right", "ctrl+s")
        await closed(app)
        await app.see("✗ BAD", "achieved")


async def test_hostile_notes_and_tags_are_harmless_everywhere():
    book = MemoryBook()
    book.record(
        (
            TurnChange(session_key=LOGIN, turn_key="turn-1", number=1, note=HOSTILE_TEXT),
            SessionChange(session_key=LOGIN, tags=(HOSTILE_TEXT,), note=HOSTILE_TEXT),
        )
    )
    async with running(book=book) as app:
        await app.open_session(LOGIN)
        for keys in (("home", "enter"), ("i",), ("escape", "home", "n"), ("escape", "L")):
            await app.press(*keys)
            await app.see("[bold]not markup[/bold]")
            for character in "\x1b\x07\x00\u202e\ud800":
                assert character not in app.text, keys
            app.text.encode()
