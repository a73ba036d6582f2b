from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import text_lines
from aimux_tui.tui.widgets.item_source import Place
from aimux_tui.tui.widgets.scroll_marks import MARK
from aimux_tui.tui.widgets.virtual_list import VirtualList
from tests.tui.apps.list_app import ListApp, Numbers, messages_of, place


async def test_only_what_is_on_the_screen_is_made() -> None:
    app = ListApp(Numbers(100_000))
    async with app.run_test(size=(30, 10)) as pilot:
        await pilot.pause()
        assert app.screen_text == [f"item {number}" for number in range(10)]
        assert app.list.virtual_size.height == 100_000
        assert set(app.items.made) == {str(number) for number in range(10)}


async def test_the_cursor_walks_and_the_view_follows_it() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(30, 5)) as pilot:
        assert place(app.list.cursor) == ("0", "")
        await pilot.press("j", "j", "down", "k")
        assert place(app.list.cursor) == ("2", "")
        assert app.cursor_rows == [2]
        await pilot.press("j", "j", "j")
        assert app.screen_text[-1] == "item 5"
        await pilot.press("pagedown")
        assert place(app.list.cursor) == ("9", "")
        assert app.screen_text == [f"item {number}" for number in range(5, 10)]
        await pilot.press("end")
        assert place(app.list.cursor) == ("99", "")
        assert app.screen_text[-1] == "item 99"
        await pilot.press("pageup", "home", "k")
        assert place(app.list.cursor) == ("0", "")
        assert app.screen_text[0] == "item 0"
        assert messages_of(app, "highlighted")[:4] == [("0", ""), ("1", ""), ("2", ""), ("3", "")]


async def test_the_cursor_walks_through_the_parts_of_an_open_item() -> None:
    app = ListApp(Numbers(5, parts=2))
    app.items.open.add("1")
    async with app.run_test(size=(30, 12)) as pilot:
        walked = []
        for _ in range(4):
            await pilot.press("j")
            walked.append(place(app.list.cursor))
        assert walked == [("1", ""), ("1", "p0"), ("1", "p1"), ("2", "")]
        await pilot.press("k")
        assert place(app.list.cursor) == ("1", "p1")
        assert app.cursor_rows == [4, 5]
        await pilot.press("enter")
        assert messages_of(app, "opened") == [("1", "p1")]


async def test_a_part_higher_than_the_view_is_read_to_its_end_first() -> None:
    app = ListApp(Numbers(3, parts=1, part_rows=8))
    app.items.open.add("0")
    async with app.run_test(size=(30, 4)) as pilot:
        await pilot.press("j")
        assert place(app.list.cursor) == ("0", "p0")
        assert app.screen_text[0] == "  0 part 0 row 0"
        for row in range(1, 5):
            await pilot.press("j")
            assert place(app.list.cursor) == ("0", "p0")
            assert app.screen_text[0] == f"  0 part 0 row {row}"
        await pilot.press("j")
        assert place(app.list.cursor) == ("1", "")
        await pilot.press("k")
        assert place(app.list.cursor) == ("0", "p0")
        assert app.screen_text[-1] == "  0 part 0 row 7"
        await pilot.press("k", "k", "k")
        assert app.screen_text[0] == "  0 part 0 row 1"
        await pilot.press("pagedown")
        assert place(app.list.cursor) == ("0", "p0")
        assert app.screen_text[0] == "  0 part 0 row 4"
        await pilot.press("home", "end")
        app.list.move_to("0", "p0")
        await pilot.pause()
        assert app.screen_text[0] == "  0 part 0 row 0"


async def test_the_cursor_stays_on_its_item_when_the_list_is_sorted_anew() -> None:
    app = ListApp(Numbers(50))
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.press("j", "j", "j")
        app.items.keys.reverse()
        app.list.rebuild()
        await pilot.pause()
        assert place(app.list.cursor) == ("3", "")
        assert app.screen_text[app.cursor_rows[0]] == "item 3"
        assert messages_of(app, "highlighted")[-1] == ("3", "")


async def test_a_neighbour_takes_over_when_the_item_goes() -> None:
    app = ListApp(Numbers(5))
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.press("j", "j")
        app.items.keys.remove("2")
        app.list.rebuild()
        await pilot.pause()
        assert place(app.list.cursor) == ("3", "")
        app.items.keys.clear()
        app.list.rebuild()
        await pilot.pause()
        assert app.list.cursor is None
        await pilot.press("j", "k", "pagedown", "pageup", "home", "end", "enter")
        app.items.keys.append("new")
        app.list.items_appended()
        await pilot.pause()
        assert place(app.list.cursor) == ("new", "")


async def test_what_is_being_read_stays_in_place_when_heights_above_change() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.move_to("50")
        app.list.scroll_to(y=48, animate=False)
        await pilot.pause()
        before = app.screen_text
        app.items.open.add("10")
        app.list.changed(["10"])
        await pilot.pause()
        assert app.screen_text == before
        app.items.keys.insert(0, "newest")
        app.list.rebuild()
        await pilot.pause()
        assert app.screen_text == before
        assert place(app.list.cursor) == ("50", "")


async def test_at_the_top_new_items_are_seen() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.press("j")
        app.items.keys.insert(0, "newest")
        app.list.rebuild()
        await pilot.pause()
        assert app.screen_text[0] == "item newest"
        assert place(app.list.cursor) == ("1", "")


@pytest.mark.parametrize("guess", [2, 40])
async def test_a_wrong_guess_of_a_height_is_corrected_without_a_jump(guess: int) -> None:
    app = ListApp(Numbers(100))
    app.items.open |= {str(number) for number in range(0, 100, 3)}
    app.items.guess = guess
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.move_to("60")
        await pilot.pause()
        seen = []
        for _ in range(30):
            await pilot.press("k")
            rows = app.cursor_rows
            assert rows, "the cursor is always in view"
            seen.append(place(app.list.cursor))
        assert (
            seen
            == [
                (str(item), part)
                for item in range(59, 40, -1)
                for part in (["p2", "p1", "p0", ""] if item % 3 == 0 else [""])
            ][:30]
        )
        assert app.list.heights[57] == 7


async def test_resizing_keeps_the_item_at_the_top() -> None:
    app = ListApp(Numbers(100))
    app.items.open.add("20")
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.scroll_to(y=30, animate=False)
        await pilot.pause()
        top = app.screen_text[0]
        await pilot.resize_terminal(20, 9)
        await pilot.pause()
        assert app.screen_text[0] == top


async def test_one_changed_item_is_made_alone() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.pause()
        app.items.made.clear()
        app.items.versions["3"] = 1
        app.list.changed(["3", "99", "unknown"])
        await pilot.pause()
        assert app.screen_text[3] == "item 3 v1"
        # 99 is out of view; it is made for its height and kept.
        assert app.items.made == ["3", "99"]


async def test_following_sticks_to_the_end_until_somebody_moves_up() -> None:
    app = ListApp(Numbers(30, parts=2), can_follow=True)
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.follow()
        await pilot.pause()
        assert app.list.is_following
        assert app.screen_text[-1] == "item 29"

        app.items.keys.append("30")
        app.list.items_appended()
        await pilot.pause()
        assert place(app.list.cursor) == ("30", "")
        assert app.screen_text[-1] == "item 30"

        app.items.open.add("30")
        app.list.changed(["30"])
        await pilot.pause()
        assert place(app.list.cursor) == ("30", "p1")
        assert app.screen_text[-1] == "  30 part 1 row 1"

        await pilot.press("k")
        assert not app.list.is_following
        app.items.keys.append("31")
        app.list.items_appended()
        await pilot.pause()
        assert place(app.list.cursor) == ("30", "p0")

        await pilot.press("end")
        assert app.list.is_following
        assert messages_of(app, "follow") == [("True",), ("False",), ("True",)]


async def test_the_wheel_ends_following_and_resumes_it() -> None:
    app = ListApp(Numbers(30), can_follow=True)
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.follow()
        await pilot.pause()
        app.list.scroll_to(y=10, animate=False)
        await pilot.pause()
        assert not app.list.is_following
        app.list.scroll_end(animate=False)
        await pilot.pause()
        assert app.list.is_following
        await pilot.resize_terminal(30, 12)
        await pilot.pause()
        assert app.list.is_following


async def test_a_list_that_cannot_follow_never_does() -> None:
    app = ListApp(Numbers(30))
    async with app.run_test(size=(30, 6)) as pilot:
        app.list.follow()
        await pilot.press("end")
        assert not app.list.is_following


async def test_clicks_select_and_open() -> None:
    app = ListApp(Numbers(10))
    app.items.open.add("2")
    async with app.run_test(size=(30, 12)) as pilot:
        await pilot.click(VirtualList, offset=(5, 4))
        assert place(app.list.cursor) == ("2", "p0")
        await pilot.click(VirtualList, offset=(5, 11))
        assert messages_of(app, "opened") == []
        await pilot.click(VirtualList, offset=(5, 1), times=2)
        assert messages_of(app, "opened") == [("1", "")]
        assert app.list.text_selection is None
        await pilot.click(VirtualList, offset=(5, 11))
        assert place(app.list.cursor) == ("5", "")


async def test_text_is_selected_with_the_mouse() -> None:
    app = ListApp(Numbers(10))
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.mouse_down(VirtualList, offset=(6, 1))
        await pilot.hover(VirtualList, offset=(5, 3))
        await pilot.mouse_up(VirtualList, offset=(5, 3))
        await pilot.pause()
        assert app.screen.get_selected_text() == "1\nitem 2\nitem "
        assert place(app.list.cursor) == ("0", ""), "selecting is not clicking"


async def test_selected_text_outlives_the_view() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(30, 6)):
        assert app.list.get_selection(Selection(Offset(5, 98), None)) == ("98\nitem 99\n", "")
        everything = app.list.get_selection(SELECT_ALL)
        assert everything is not None
        assert everything[0].count("\n") == 100


async def test_marks_are_found_and_drawn() -> None:
    app = ListApp(Numbers(1000))
    async with app.run_test(size=(30, 10)) as pilot:
        app.list.mark("failure", [500, 990], "failed")
        assert app.list.move_to_mark("failure")
        assert place(app.list.cursor) == ("500", "")
        assert app.list.move_to_mark("failure")
        assert not app.list.move_to_mark("failure")
        assert app.list.move_to_mark("failure", forward=False)
        assert place(app.list.cursor) == ("500", "")
        await pilot.pause()
        bar = app.list.vertical_scrollbar
        marked = [y for y in range(10) if bar.render_line(y).text == MARK]
        assert marked == [5, 9]


async def test_hits_are_highlighted() -> None:
    app = ListApp(Numbers(10))
    async with app.run_test(size=(30, 4)) as pilot:
        app.list.highlight("ITEM")
        await pilot.pause()
        hit = app.list.look.palette.hit.rich_style
        strip = app.list.render_line(1)
        assert [
            segment.text
            for segment in strip
            if segment.style and segment.style.bgcolor == hit.bgcolor
        ] == ["item"]
        app.list.highlight("")
        await pilot.pause()
        assert all(
            segment.style is None or segment.style.bgcolor != hit.bgcolor
            for segment in app.list.render_line(1)
        )


async def test_the_cursor_is_seen_without_colours_and_without_focus() -> None:
    app = ListApp(Numbers(10))
    async with app.run_test(size=(30, 4)) as pilot:
        focused = app.list.render_line(0)
        app.screen.set_focus(None)
        await pilot.pause()
        blurred = app.list.render_line(0)
        assert focused.text == blurred.text
        assert focused.text[0] == app.list.look.glyphs.cursor
        assert [segment.style for segment in focused] != [segment.style for segment in blurred]


async def test_an_empty_list_says_why() -> None:
    app = ListApp(Numbers(0))
    async with app.run_test(size=(30, 4)) as pilot:
        app.list.say_when_empty(text_lines("no sessions yet\ntry the demo"))
        await pilot.pause()
        assert app.screen_text[:2] == ["no sessions yet", "try the demo"]


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 20), (200, 1)])
@pytest.mark.parametrize("count", [0, 1, 50])
async def test_no_size_is_too_small(size: tuple[int, int], count: int) -> None:
    app = ListApp(Numbers(count), can_follow=True)
    app.items.open.add("0")
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "pagedown", "end", "k", "pageup", "home")
        app.list.follow()
        app.list.rebuild()
        app.list.styles.height = 0
        await pilot.pause()
        app.list.rebuild()
        await pilot.press("j", "pagedown", "k", "pageup", "end")


async def test_a_source_that_changed_without_a_word_is_still_drawn() -> None:
    app = ListApp(Numbers(10))
    async with app.run_test(size=(30, 8)) as pilot:
        app.items.open.add("1")
        app.list.refresh()
        await pilot.pause()
        assert app.screen_text[:2] == ["item 0", "item 1"]


async def test_other_items_can_be_shown() -> None:
    app = ListApp(Numbers(10))
    async with app.run_test(size=(30, 4)) as pilot:
        await pilot.press("j")
        other = Numbers(3)
        other.keys = ["a", "b", "c"]
        app.list.show(other, Place("b"))
        await pilot.pause()
        assert place(app.list.cursor) == ("b", "")
        assert app.screen_text == ["item a", "item b", "item c", ""]


async def test_switching_the_theme_repaints() -> None:
    app = ListApp(Numbers(3))
    async with app.run_test(size=(30, 4)) as pilot:
        dark = app.list.render_line(2)
        app.theme = "textual-light"
        await pilot.pause()
        light = app.list.render_line(2)
        assert dark.text == light.text
        assert next(iter(dark)).style != next(iter(light)).style


async def test_signs_can_be_chosen_before_there_is_a_screen() -> None:
    app = ListApp(Numbers(100))
    app.list.draw_with(glyphs=ASCII)
    async with app.run_test(size=(30, 4)) as pilot:
        app.list.scroll_to(y=33, animate=False)
        await pilot.pause()
        drawn = [app.list.render_line(y).text for y in range(4)]
        drawn += [app.list.vertical_scrollbar.render_line(y).text for y in range(4)]
        assert "".join(drawn).isascii()
