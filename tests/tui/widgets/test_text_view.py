from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from aimux_tui.tui.format.document import MAX_LINE, LineDocument, TextDocument, find
from aimux_tui.tui.format.lines import Line, Wrap, text_lines
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.markdown import markdown_lines
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX
from aimux_tui.tui.widgets.scroll_marks import MARK
from tests.tui.apps.text_app import TextApp

LOOK = Look(palette_for(AIMUX))


def numbered(count: int, length: int = 0) -> TextDocument:
    return TextDocument("\n".join(f"line {n} " + "x" * length for n in range(count)), LOOK)


async def test_a_long_text_is_drawn_where_it_is_looked_at() -> None:
    app = TextApp(numbered(100_000))
    async with app.run_test(size=(20, 5)) as pilot:
        assert app.screen_text == [f"line {n}" for n in range(5)]
        app.view.action_last()
        await pilot.pause()
        assert app.screen_text == [f"line {n}" for n in range(99_995, 100_000)]
        app.view.action_page_up()
        await pilot.pause()
        assert app.screen_text[-1] == "line 99995"
        app.view.action_cursor_up()
        app.view.action_cursor_down()
        app.view.action_first()
        await pilot.pause()
        assert app.screen_text[0] == "line 0"


async def test_long_lines_are_broken_to_the_width() -> None:
    app = TextApp(numbered(100, length=30))
    async with app.run_test(size=(21, 4)) as pilot:
        assert app.screen_text == [
            "line 0 xxxxxxxxxxxxx",
            "x" * 17,
            "line 1 xxxxxxxxxxxxx",
            "x" * 17,
        ]
        app.view.action_last()
        await pilot.pause()
        assert app.screen_text[-1] == "x" * 18
        assert app.view.virtual_size.height == 200


async def test_resizing_keeps_the_line_at_the_top_and_is_told() -> None:
    app = TextApp(numbered(100, length=30))
    async with app.run_test(size=(21, 4)) as pilot:
        app.view.scroll_to(y=60, animate=False)
        await pilot.pause()
        assert app.screen_text[0].startswith("line 30")
        await pilot.resize_terminal(61, 4)
        await pilot.pause()
        assert app.screen_text[0].startswith("line 30")
        assert app.widths == [60]


async def test_a_search_marks_and_walks_its_hits() -> None:
    app = TextApp(numbered(1000))
    async with app.run_test(size=(30, 5)) as pilot:
        assert app.view.search("LINE 50") == 11
        await pilot.pause()
        assert app.view.hit_number == 1
        assert "line 50" in app.screen_text
        assert app.highlighted(app.screen_text.index("line 50")) == ["line 50"]
        app.view.action_next_hit()
        await pilot.pause()
        assert "line 500" in app.screen_text
        app.view.action_previous_hit()
        app.view.action_previous_hit()
        await pilot.pause()
        assert app.view.hit_number == 11
        assert "line 509" in app.screen_text
        bar = app.view.vertical_scrollbar
        assert [y for y in range(5) if bar.render_line(y).text == MARK] == [0, 2]
        assert app.view.search("") == 0
        assert app.view.search("nowhere") == 0
        app.view.action_next_hit()
        assert app.view.current_hit is None


async def test_the_current_hit_differs_from_the_others() -> None:
    app = TextApp(TextDocument("a hit and a hit", LOOK))
    async with app.run_test(size=(30, 3)) as pilot:
        app.view.search("hit")
        await pilot.pause()
        palette = app.view.look.palette
        colours = [
            style.bgcolor for text, style, _ in app.view.render_line(0) if text == "hit" and style
        ]
        assert colours == [
            palette.current_hit.rich_style.bgcolor,
            palette.hit.rich_style.bgcolor,
        ]


async def test_a_hit_deep_in_a_long_line_is_shown() -> None:
    app = TextApp(TextDocument("x" * 3_000 + "needle", LOOK))
    async with app.run_test(size=(31, 5)) as pilot:
        app.view.search("needle")
        await pilot.pause()
        assert "needle" in "".join(app.screen_text)


async def test_a_better_document_takes_the_place_of_the_first() -> None:
    text = "\n".join(f"- item {n}" for n in range(100))
    app = TextApp(TextDocument(text, LOOK))
    async with app.run_test(size=(30, 5)) as pilot:
        app.view.search("item 1")
        app.view.scroll_to(y=40, animate=False)
        await pilot.pause()
        app.view.show(LineDocument(markdown_lines(text, LOOK)), keeps_place=True)
        await pilot.pause()
        assert app.screen_text[0] == "• item 40"
        assert len(app.view.hits) == 11
        app.view.show(numbered(10))
        await pilot.pause()
        assert app.screen_text[0] == "line 0"


async def test_copied_text_has_no_line_numbers_and_no_breaks() -> None:
    document = TextDocument("first line\n" + "second " * 8, LOOK, is_numbered=True)
    app = TextApp(document)
    async with app.run_test(size=(31, 5)):
        assert app.screen_text[:2] == ["1 first line", "2 second second second second"]
        copied = app.view.get_selection(Selection(Offset(0, 0), Offset(99, 3)))
        assert copied == ("first line\n" + "second " * 8 + "\n", "")


async def test_what_is_left_out_is_told() -> None:
    app = TextApp(TextDocument("\n".join("abc"), LOOK, max_lines=2))
    async with app.run_test(size=(30, 5)) as pilot:
        assert app.screen_text[:3] == ["a", "b", "… 1 more line"]
        app.view.show(TextDocument("y" * (MAX_LINE + 5), LOOK))
        app.view.action_last()
        await pilot.pause()
        assert "".join(app.screen_text).endswith("y … 20.0k characters in this line")


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (1, 30)])
async def test_no_size_is_too_small(size: tuple[int, int]) -> None:
    app = TextApp()
    async with app.run_test(size=size) as pilot:
        app.view.search("x")
        for document in (TextDocument("", LOOK), TextDocument("日本語\n" * 50, LOOK)):
            app.view.show(document)
            app.view.search("本")
            for move in ("cursor_down", "page_down", "last", "page_up", "first", "next_hit"):
                getattr(app.view, f"action_{move}")()
                await pilot.pause()


async def test_hostile_text_is_harmless() -> None:
    app = TextApp(TextDocument("\x1b[31mred\x07\u202e\ud800 [bold]\tx", LOOK))
    async with app.run_test(size=(40, 3)):
        assert app.screen_text[0] == "red␇�� [bold]   x"


def test_lines_and_texts_are_found_alike() -> None:
    document = LineDocument(text_lines("One two\nTWO\n", wrap=Wrap.FOLD))
    assert [(hit.line, hit.start, hit.end) for hit in find(document, "two")] == [
        (0, 4, 7),
        (1, 0, 3),
    ]
    assert find(document, "") == []
    assert find(document, "(") == []


def test_lengths_include_prefixes_and_count_cells() -> None:
    document = LineDocument([Line(text_lines("日本")[0].content)])
    assert list(document.lengths()) == [4]
    assert list(TextDocument("a\nbb", LOOK, is_numbered=True).lengths()) == [3, 4]
