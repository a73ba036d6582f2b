"""The lists filtered by what was said."""

from __future__ import annotations

from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.model.annotation import Label, Verdict
from tests.tui.fake_sessions import DOCS, LOGIN, PARSER
from tests.tui.harness import WIDE, Driver, running
from tests.tui.memory_book import MemoryBook


def judged() -> MemoryBook:
    """Two turns of one session labelled, a note in another, a verdict on a third."""
    book = MemoryBook()
    login = {"session_key": LOGIN}
    book.record(
        (
            TurnChange(**login, turn_key="turn-1", number=1, label=Label.GOOD),
            TurnChange(**login, turn_key="turn-3", number=3, label=Label.BAD, note="wrong file"),
            TurnChange(session_key=PARSER, turn_key="turn-2", number=2, note="Wrong branch"),
            SessionChange(session_key=DOCS, verdict=Verdict.ACHIEVED, tags=("quick win",)),
        )
    )
    return book


def turns(app: Driver) -> list[int]:
    items = app.main.trace.items
    return [items.turn(index).number for index in range(len(items))]


def sessions(app: Driver) -> list[str]:
    return [row.session.key for row in app.main.sessions.rows.rows]


async def filter_by(app: Driver, query: str) -> None:
    await app.press("colon", *f"filter {query}", "enter")


async def test_turns_are_filtered_by_label_and_note():
    async with running(WIDE, book=judged()) as app:
        await app.open_session(LOGIN)
        for query, expected in (
            ("label:good", [1]),
            ("label:good,bad", [1, 3]),
            ("label:any", [1, 3]),
            ("label:none", [2, 4, 5, 6]),
            ("note:WRONG", [3]),
            ("-note:* fix", [1, 5]),
            ("label:none fix", [5]),
        ):
            await filter_by(app, query)
            await app.until(lambda expected=expected: turns(app) == expected, query)
        await app.see("label:none fix", "1 of 6")


async def test_sessions_are_filtered_by_what_was_said_in_them():
    async with running(WIDE, book=judged()) as app:
        for query, expected in (
            ("label:bad", [LOGIN]),
            ("note:wrong", [LOGIN, PARSER]),
            ("verdict:achieved", [DOCS]),
            ('tag:"quick win"', [DOCS]),
        ):
            await filter_by(app, query)
            await app.until(lambda expected=expected: sessions(app) == expected, query)


async def test_what_is_labelled_leaves_a_list_of_unlabelled_turns_and_the_next_takes_its_place():
    async with running(WIDE, book=judged()) as app:
        await app.open_session(LOGIN)
        await filter_by(app, "label:none")
        await app.press("home", "g")
        await app.until(lambda: turns(app) == [4, 5, 6])
        assert app.cursor[0] == "turn-4"
        await app.press("u")
        await app.until(lambda: turns(app) == [2, 4, 5, 6])


async def test_the_footer_follows_a_filter_that_labels_empty_and_fill():
    async with running(WIDE, book=judged()) as app:
        await app.open_session(LOGIN)
        await filter_by(app, "label:good")
        await app.until(lambda: turns(app) == [1])
        await app.see("b bad")
        await app.press("b")
        await app.see("Nothing matches label:good")
        await app.see_no("b bad")
        await app.press("u")
        await app.see("b bad")


async def test_sessions_enter_a_filter_when_somebody_else_labels():
    async with running(WIDE, book=judged()) as app:
        await filter_by(app, "label:bad")
        await app.until(lambda: sessions(app) == [LOGIN])
        app.book.from_elsewhere(
            TurnChange(session_key=PARSER, turn_key="turn-1", number=1, label=Label.BAD)
        )
        await app.until(lambda: sessions(app) == [LOGIN, PARSER])


async def test_a_bad_filter_says_what_is_wrong_and_the_list_stays_as_it_was():
    async with running(WIDE, book=judged()) as app:
        await app.open_session(LOGIN)
        await app.press("slash", *"label:goo")
        await app.see("'goo' is no label", "did you mean good?")
        assert len(turns(app)) == 6
        await app.press("enter")
        assert app.main.trace.filter.field.has_focus, "it is to be mended"
        await app.press("d", "enter")
        await app.until(lambda: turns(app) == [1])
        await app.until(lambda: app.main.trace.list.has_focus)


async def test_a_bad_filter_on_the_command_line_is_told_there():
    async with running(WIDE, book=judged()) as app:
        await filter_by(app, "label:goo")
        await app.see("'goo' is no label", "did you mean good?")
        assert app.main.command_line.is_open
