"""Labelling turns by key and by mouse: what is written, when it shows, what is said of errors."""

from __future__ import annotations

import pytest

from aimux_tui.annotations.changes import TurnChange
from aimux_tui.commands.base import Pane
from aimux_tui.config.schema import LabelsSettings, Settings, UiSettings
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Label
from tests.tui.fake_sessions import LOGIN, PARSER
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running
from tests.tui.memory_book import MemoryBook

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


def label_of(app: Driver, number: int, key: str = LOGIN) -> Label | None:
    said = app.book.get(key).of_turn(f"turn-{number}", number)
    return said.label if said else None


def change(number: int, key: str = LOGIN, **fields: object) -> TurnChange:
    return TurnChange(session_key=key, turn_key=f"turn-{number}", number=number, **fields)


async def open_first_turn(app: Driver) -> None:
    await app.open_session(LOGIN)
    await app.press("home")
    assert app.cursor == ("turn-1", "")


@SIZES
async def test_a_key_labels_and_the_same_key_clears(size: tuple[int, int]):
    async with running(size) as app:
        await open_first_turn(app)
        await app.press("g")
        await app.see("1 of 6 labelled", "✓")
        assert label_of(app, 1) is Label.GOOD
        await app.press("b")
        await app.until(lambda: label_of(app, 1) is Label.BAD)
        await app.press("b")
        await app.see_no("labelled")
        assert label_of(app, 1) is None


async def test_the_badge_appears_when_the_label_is_written_not_before():
    async with running() as app:
        await open_first_turn(app)
        app.book.gate.clear()
        await app.press("g", "j")  # the keyboard does not wait
        assert app.cursor[0] == "turn-2"
        assert "GOOD" not in app.text
        app.book.gate.set()
        await app.see("✓ GOOD")


async def test_keys_hit_fast_are_written_in_their_order():
    async with running() as app:
        await open_first_turn(app)
        app.book.gate.clear()
        await app.press("g", "b", "w", "w", "g")
        app.book.gate.set()
        await app.see("✓ GOOD")
        labels = [step[0].label for step in app.book.recorded if not step[0].content_hash]
        assert labels == [Label.GOOD, Label.BAD, Label.WASTE, None, Label.GOOD]


async def test_a_goes_round():
    async with running() as app:
        await open_first_turn(app)
        for label in (Label.GOOD, Label.BAD, Label.WASTE, None):
            await app.press("a")
            await app.until(lambda label=label: label_of(app, 1) is label)


async def test_inside_an_open_turn_the_turn_is_labelled():
    async with running() as app:
        await open_first_turn(app)
        await app.press("enter")
        await app.see("git status")
        await app.press("j", "j", "j")
        assert app.cursor[1].startswith("step:")
        await app.press("w")
        await app.until(lambda: label_of(app, 1) is Label.WASTE)
        assert app.cursor[1].startswith("step:"), "the cursor stays"


async def test_marked_turns_are_labelled_together_and_the_marks_are_used_up():
    async with running() as app:
        await open_first_turn(app)
        await app.press("space")
        assert app.cursor[0] == "turn-2"
        await app.press("j", "v", "j", "j")
        await app.see("4 marked")
        await app.press("b")
        await app.see("4 of 6 labelled", "4 turns labelled")
        assert [label_of(app, number) for number in range(1, 7)] == [
            Label.BAD,
            None,
            *[Label.BAD] * 3,
            None,
        ]
        assert len(app.book.recorded[0]) == 4, "in one write"
        await app.see_no("marked")
        await app.press("g")
        await app.until(lambda: label_of(app, 5) is Label.GOOD)
        assert label_of(app, 3) is Label.BAD


async def test_marked_turns_lose_a_label_only_if_all_have_it():
    async with running() as app:
        await open_first_turn(app)
        await app.press("g", "space", "space", "g")
        await app.until(lambda: label_of(app, 2) is Label.GOOD)
        assert label_of(app, 1) is Label.GOOD
        await app.press("home", "space", "space", "g")
        await app.until(lambda: label_of(app, 2) is None)
        assert label_of(app, 1) is None


async def test_escape_takes_the_marks_away_before_it_leaves():
    async with running() as app:
        await open_first_turn(app)
        await app.press("v", "j", "j")
        await app.see("3 marked")
        await app.press("escape")
        await app.see_no("marked")
        assert app.pane is Pane.TRACE
        await app.press("escape")
        await app.until(lambda: app.pane is Pane.SESSIONS)


async def test_undo_takes_back_several_steps_and_says_which():
    async with running() as app:
        await open_first_turn(app)
        await app.press("g", "j", "v", "j", "b")
        await app.until(lambda: label_of(app, 3) is Label.BAD)
        await app.press("u")
        await app.see("undone: 2 turns")
        await app.until(lambda: label_of(app, 3) is None)
        assert label_of(app, 1) is Label.GOOD
        await app.press("u")
        await app.see("undone: turn 1 is without a label again")
        await app.press("u")
        await app.see("there is nothing to undo")


async def test_what_somebody_else_changed_since_is_not_undone():
    async with running() as app:
        await open_first_turn(app)
        await app.press("g")
        await app.until(lambda: label_of(app, 1) is Label.GOOD)
        app.book.from_elsewhere(change(1, label=Label.BAD))
        await app.see("✗ BAD")
        await app.press("u")
        await app.see("left as it is: somebody else has changed it since")
        assert label_of(app, 1) is Label.BAD


async def test_the_next_unlabelled_turn_is_looked_for_around_the_end():
    async with running() as app:
        await open_first_turn(app)
        await app.press("v", "end", "g", "home")
        await app.see("6 of 6 labelled")
        await app.press(".")
        await app.see("no other turn is without a label")
        await app.press("j", "g")
        await app.until(lambda: label_of(app, 2) is None)
        await app.press("end", "full_stop")
        assert app.cursor[0] == "turn-2"


async def test_the_cursor_stays_unless_the_settings_say_that_it_goes_on():
    settings = Settings(
        theme="aimux", ui=UiSettings(follow=False), labels=LabelsSettings(advance=True)
    )
    book = MemoryBook()
    book.record((change(2, label=Label.GOOD),))
    async with running(book=book, settings=settings) as app:
        await open_first_turn(app)
        await app.press("g")
        await app.until(lambda: app.cursor[0] == "turn-3")
        await app.press("home", "g")
        await app.until(lambda: label_of(app, 1) is None)
        assert app.cursor[0] == "turn-1", "a label taken away leaves it to be judged anew"


async def test_a_full_disk_is_told_and_the_badge_does_not_lie():
    async with running() as app:
        await open_first_turn(app)
        app.book.error = AnnotationError("labels.jsonl: No space left on device", "free some space")
        await app.press("g")
        await app.see("No space left on device", "free some space")
        assert "GOOD" not in app.text
        app.book.error = None
        await app.press("g")
        await app.see("✓ GOOD")


async def test_labels_of_other_processes_appear():
    async with running() as app:
        await open_first_turn(app)
        app.book.from_elsewhere(change(3, label=Label.BAD, note="seen elsewhere"))
        app.book.from_elsewhere(change(1, PARSER, label=Label.GOOD))
        await app.see("✗ BAD", "1 of 6 labelled", "1✓ 1✗ ✎1")


async def test_in_the_list_of_sessions_labels_make_no_sense_and_it_says_so():
    async with running() as app:
        await app.press("g")
        await app.see("labels and notes are for turns: L judges the session")
        assert app.book.recorded == []


async def test_the_detail_labels_the_turn_it_shows():
    async with running() as app:
        await open_first_turn(app)
        await app.press("j", "tab")
        assert app.pane is Pane.DETAIL
        await app.press("b")
        await app.until(lambda: label_of(app, 2) is Label.BAD)
        await app.until(lambda: "✗ BAD" in app.main.detail.label_bar.text)


async def test_commands_are_typed_too():
    async with running() as app:
        await open_first_turn(app)
        await app.press("colon", *"waste", "enter")
        await app.until(lambda: label_of(app, 1) is Label.WASTE)
        await app.press("colon", *"undo", "enter")
        await app.until(lambda: label_of(app, 1) is None)


async def test_buttons_and_badges_do_the_same_with_the_mouse():
    async with running() as app:
        await open_first_turn(app)
        bar = app.main.detail.label_bar
        await app.until(lambda: bar.display and "waste" in bar.text)
        await app.pilot.click(bar, offset=(bar.text.index("waste"), 0))
        await app.see("~ WASTE")
        assert label_of(app, 1) is Label.WASTE
        row = app.text.splitlines()[3]
        x = row.index("~ WASTE") + 2
        await app.pilot.click(offset=(x, 3))
        await app.until(lambda: label_of(app, 1) is None)


async def test_a_footer_key_can_be_clicked_on():
    async with running() as app:
        await open_first_turn(app)
        await app.see("b bad")
        footer = app.main.footer
        await app.pilot.click(footer, offset=(footer.render().plain.index("b bad") + 1, 0))
        await app.until(lambda: label_of(app, 1) is Label.BAD)


async def test_ctrl_and_a_click_mark_a_row():
    async with running() as app:
        await open_first_turn(app)
        await app.pilot.click(app.main.trace.list, offset=(30, 2), control=True)
        await app.see("1 marked")
        await app.press("g")
        await app.until(lambda: label_of(app, 3) is Label.GOOD)


async def test_what_a_labelled_turn_asked_is_remembered_by_its_hash():
    async with running() as app:
        await open_first_turn(app)
        await app.press("g")
        await app.until(lambda: app.book.get(LOGIN).turns["turn-1"].content_hash)
        assert label_of(app, 1) is Label.GOOD
        await app.press("u")
        await app.until(lambda: label_of(app, 1) is None)


async def test_sessions_show_their_tally_and_the_header_the_sum():
    book = MemoryBook()
    book.record((change(1, label=Label.GOOD), change(2, PARSER, label=Label.BAD, note="why?")))
    async with running(book=book) as app:
        await app.see("1✓ 1✗ ✎1")
        rows = app.text.splitlines()
        assert any("codex" in row and "1✗ ✎1" in row for row in rows)
        assert any("claude" in row and "1✓" in row for row in rows)


async def test_what_was_asked_for_is_written_before_the_screen_ends():
    book = MemoryBook()
    async with running(book=book) as app:
        await open_first_turn(app)
        book.gate.clear()
        await app.press("g")
        await app.press("q")
        book.gate.set()
    assert book.get(LOGIN).turns["turn-1"].label is Label.GOOD
