"""The list under many random changes always shows rows of its items, in order, cursor in view."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.tui.apps.list_app import ListApp, Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def all_rows(app: ListApp) -> list[str]:
    """What a screen without end would show."""
    look = app.list.look
    return [
        row.content.plain
        for index in range(len(app.items))
        for row in app.items.render(index, 30, look)
    ]


def shown(app: ListApp) -> list[str]:
    text = app.screen_text
    while text and not text[-1]:
        text.pop()
    return text


def changes(app: ListApp, random: Random, fresh: Iterator[int]) -> list[Callable[[], object]]:
    items, view = app.items, app.list

    def toggle() -> None:
        if items.keys:
            key = random.choice(items.keys)
            items.open ^= {key}
            view.changed([key])

    def append() -> None:
        items.keys.append(str(next(fresh)))
        view.items_appended()

    def insert() -> None:
        items.keys.insert(random.randrange(len(items.keys) + 1), str(next(fresh)))
        view.rebuild()

    def remove() -> None:
        for key in random.sample(items.keys, min(3, len(items.keys))):
            items.keys.remove(key)
        view.rebuild()

    def shuffle() -> None:
        random.shuffle(items.keys)
        view.rebuild()

    def grow() -> None:
        items.parts = random.randrange(1, 5)
        view.rebuild()

    def scroll() -> None:
        view.scroll_to(y=random.randrange(view.virtual_size.height + 1), animate=False)

    def jump() -> None:
        if items.keys:
            view.move_to(random.choice(items.keys), "p0")

    moves = ("cursor_down", "cursor_up", "page_down", "page_up", "first", "last")
    return [
        toggle, toggle, append, insert, remove, shuffle, grow, scroll, jump, view.follow,
        *(getattr(view, f"action_{name}") for name in moves),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
async def test_every_frame_is_a_piece_of_the_whole(seed: int) -> None:
    random, fresh = Random(seed), count(1000)
    app = ListApp(Numbers(random.choice([0, 3, 60]), parts=3), can_follow=True)
    app.items.guess = random.choice([None, 2, 25])
    app.items.open |= set(random.sample(app.items.keys, len(app.items.keys) // 3))
    async with app.run_test(size=(30, random.choice([2, 5, 11]))) as pilot:
        for _ in range(60):
            change = random.choice(changes(app, random, fresh))
            change()
            if random.random() < 0.1:
                await pilot.resize_terminal(30, random.choice([1, 4, 9]))
            await pilot.pause()
            whole, frame = all_rows(app), shown(app)
            height = app.list.size.height
            assert len(frame) == min(height, len(whole)), change
            top = app.list.scroll_offset.y
            places = [
                place
                for place in range(len(whole) - len(frame) + 1)
                if whole[place : place + len(frame)] == frame
            ]
            assert places, f"{change} shows what is not there"
            if len(frame) < height:
                assert top == 0
            cursor = app.list.cursor
            assert (cursor is None) == (not app.items.keys)
            if cursor is not None:
                assert app.items.keys[app.list.cursor_index or 0] == cursor.key
            if app.list.is_following and whole:
                assert frame[-1] == whole[-1], change
