from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App

from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.widgets.json_view import CHUNK, JsonView

if TYPE_CHECKING:
    from textual.app import ComposeResult


class JsonApp(App[None]):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
        self.json = JsonView()
        self.opened: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.json

    def on_mount(self) -> None:
        self.json.show(self.value, "input")
        self.json.focus()

    def on_json_view_text_opened(self, message: JsonView.TextOpened) -> None:
        self.opened.append((message.pointer, message.text))

    @property
    def screen_text(self) -> list[str]:
        lines = [self.json.render_line(y).text.rstrip() for y in range(self.json.size.height)]
        return [line for line in lines if line]


async def test_the_first_level_is_open() -> None:
    value = {"command": "ls", "count": 3, "deep": {"a": [1, 2]}, "yes": True, "none": None, "e": {}}
    app = JsonApp(value)
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        assert app.screen_text == [
            "▾ input: {6 keys}",
            '├ command: "ls"',
            "├ count: 3",
            "├ ▸ deep: {1 key}",
            "├ yes: true",
            "├ none: null",
            "└ e: {0 keys}",
        ]


async def test_branches_are_made_when_opened_and_left_again() -> None:
    app = JsonApp({"deep": {"a": [1, 2]}})
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        for action in ("cursor_down", "expand", "expand", "expand"):
            getattr(app.json, f"action_{action}")()
            await pilot.pause()
        assert app.screen_text == [
            "▾ input: {1 key}",
            "└ ▾ deep: {1 key}",
            "  └ ▾ a: [2 items]",
            "    ├ 0: 1",
            "    └ 1: 2",
        ]
        for action in ("collapse", "collapse", "collapse", "collapse", "collapse"):
            getattr(app.json, f"action_{action}")()
            await pilot.pause()
        assert app.screen_text == ["▾ input: {1 key}", "└ ▸ deep: {1 key}"]
        assert app.json.cursor_node is app.json.root


async def test_many_children_come_in_chunks() -> None:
    app = JsonApp(list(range(CHUNK * 2 + 5)))
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        assert len(app.json.root.children) == CHUNK + 1
        app.json.action_last()
        await pilot.pause()
        assert app.screen_text[-1] == f"└ … {CHUNK + 5} more, enter"
        app.json.action_open()
        await pilot.pause()
        assert len(app.json.root.children) == 2 * CHUNK + 1
        assert app.json.cursor_node is app.json.root.children[CHUNK]
        app.json.action_last()
        app.json.action_open()
        await pilot.pause()
        assert len(app.json.root.children) == 2 * CHUNK + 5
        assert app.json.root.children[-1].data.value == CHUNK * 2 + 4


async def test_long_strings_are_cropped_and_opened_as_text() -> None:
    text = "first line\n" + "x" * 5_000
    app = JsonApp({"a/b": {"text": text}})
    async with app.run_test(size=(250, 12)) as pilot:
        await pilot.pause()
        for action in ("cursor_down", "expand", "expand", "open"):
            getattr(app.json, f"action_{action}")()
            await pilot.pause()
        assert app.screen_text[2].endswith('x…"  5.0k characters, enter')
        assert app.opened == [("/a~1b/text", text)]


async def test_clicking_opens() -> None:
    app = JsonApp({"deep": {"a": 1}})
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        await pilot.click(JsonView, offset=(8, 1))
        assert app.screen_text[-1] == "  └ a: 1"


@pytest.mark.parametrize(
    ("value", "first"),
    [
        (None, "input: null"),
        ("text", 'input: "text"'),
        (0.5, "input: 0.5"),
        ([], "input: [0 items]"),
        ({}, "input: {0 keys}"),
        ([[]], "▾ input: [1 item]"),
    ],
)
async def test_any_value_can_be_shown(value: Any, first: str) -> None:
    app = JsonApp(value)
    async with app.run_test(size=(50, 12)) as pilot:
        for action in ("cursor_down", "expand", "open", "last", "first", "collapse", "page_down"):
            getattr(app.json, f"action_{action}")()
            await pilot.pause()
        assert app.screen_text[0] == first


async def test_hostile_keys_and_values_are_harmless() -> None:
    app = JsonApp({"k\x1b[31m\n[b]": "v\x1b]0;t\x07\u202e[/b]"})
    async with app.run_test(size=(50, 12)) as pilot:
        app.json.draw_with(ASCII)
        await pilot.pause()
        assert app.screen_text[0] == "v input: {1 key}"
        assert "".join(app.screen_text).isascii()
        assert app.screen_text[1].endswith('k [b]: "v?[/b]"')


async def test_a_deep_value_is_no_danger() -> None:
    value: Any = 1
    for _ in range(5_000):
        value = [value]
    app = JsonApp(value)
    async with app.run_test(size=(50, 12)) as pilot:
        for _ in range(40):
            app.json.action_expand()
            await pilot.pause()
        assert app.screen_text


async def test_strings_are_cropped_to_the_room_there_is() -> None:
    app = JsonApp({"key": "word " * 12})
    async with app.run_test(size=(50, 5)) as pilot:
        await pilot.pause()
        assert app.screen_text[1] == '└ key: "word word word wor…"  60 characters, enter'
        app.json.action_cursor_down()
        app.json.action_open()
        await pilot.pause()
        assert app.opened == [("/key", "word " * 12)]
        await pilot.resize_terminal(100, 5)
        await pilot.pause()
        assert app.screen_text[1] == '└ key: "' + ("word " * 12).strip() + '"'
