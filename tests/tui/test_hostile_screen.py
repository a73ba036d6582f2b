"""Hostile logs, from the file to the screen: nothing of them reaches the terminal as it is."""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest

from aimux_tui.cli.setup import look_around, make_library
from aimux_tui.commands.base import Pane
from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.screens.help import HelpScreen
from aimux_tui.tui.setup import Setup
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver
from tests.tui.hostile_logs import LAST_LINE, claude_log, codex_log, gemini_log
from tests.tui.memory_book import MemoryBook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

LOGS = pytest.mark.parametrize(
    "write", [claude_log, codex_log, gemini_log], ids=["claude", "codex", "gemini"]
)
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
BAD_CATEGORIES = {"Cc", "Cs", "Co", "Cn"}
DECEPTIVE = {
    *"\u200b\u200e\u200f\u061c\ufeff",
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}
"""Nothing that turns the reading direction, and nothing that cannot be seen."""


@contextlib.asynccontextmanager
async def reading(home: Path, log: Path, size: tuple[int, int]) -> AsyncIterator[Driver]:
    """The screen over the real library of `home`, with a log open."""
    around = look_around(env={"AIMUX_HOME": str(home / "aimux")}, home=home)
    library: Any = make_library(around, uses_index=False)
    setup = Setup(
        LibraryFeed(library),
        LabelFeed(MemoryBook()),
        Settings(theme="aimux"),
        default_keymap(),
        open_target=str(log),
    )
    app = AimuxApp(setup)
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot, library)
        await driver.until(lambda: app.main.navigator.reader.key, "the log is open")
        await driver.until(lambda: len(app.main.trace.items), "it has turns")
        yield driver


def clean(app: Driver) -> str:
    """The text of the screen, once it is known that it holds nothing but what can be seen."""
    for y, strip in enumerate(app.app.screen._compositor.render_strips()):
        for segment in strip:
            assert not segment.control
            for character in segment.text:
                is_bad = unicodedata.category(character) in BAD_CATEGORIES
                assert not is_bad, f"{character!r} in row {y}: {strip.text!r}"
                assert character not in DECEPTIVE, f"{character!r} in row {y}: {strip.text!r}"
        assert strip.cell_length == app.app.size.width
    return app.text


async def go_through(app: Driver) -> None:
    """Open every turn; look at each part in each view."""
    trace = app.main.trace
    clean(app)
    for turn in list(trace.items.view.turns):
        trace.open_turn(turn.key)
        await app.until(lambda key=turn.key: trace.items.opened.details(key).serial)
        assert not trace.items.opened.details(turn.key).error
    await app.press("home")
    seen = set()
    while app.cursor not in seen:
        seen.add(app.cursor)
        await app.press("enter")
        await app.until(lambda: app.pane is Pane.DETAIL)
        for key in ("v", "v", "r", "V"):
            clean(app)
            await app.press(key)
        clean(app)
        await app.press("escape")
        await app.until(lambda: app.pane is Pane.TRACE)
        clean(app)
        await app.press("j")
    assert len(seen) > 5


@SIZES
@LOGS
async def test_no_text_of_a_log_gets_through(
    write: Callable[[Path], Path], size: tuple[int, int], tmp_path: Path
) -> None:
    async with reading(tmp_path, write(tmp_path), size) as app:
        await go_through(app)
        for key in ("d", "i", "escape", "question_mark", "escape", "s", "H", "$", "t", "y", "y"):
            await app.press(key)
            clean(app)


@LOGS
async def test_an_output_of_a_hundred_thousand_lines_can_be_read_to_its_end(
    write: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    lines = "\n".join(f"{number} \x1b[32mok\x1b[0m" for number in range(100_000))
    log = write(tmp_path, f"{lines}\n{LAST_LINE}")
    async with reading(tmp_path, log, NARROW) as app:
        await open_output(app)
        await app.press("question_mark")
        await app.until(lambda: isinstance(app.app.screen, HelpScreen))
        await app.press("escape")
        await to_the_end(app, LAST_LINE[:30])
        assert len(app.main.detail.text.document) > 100_000
        await app.press("home", "escape")
        await app.until(lambda: app.pane is Pane.TRACE)


@LOGS
async def test_a_line_of_ten_megabytes_can_be_read_to_its_end(
    write: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    log = write(tmp_path, "\u202ex[/]\x07" * 1_500_000 + LAST_LINE)
    async with reading(tmp_path, log, MEDIUM) as app:
        await open_output(app)
        await app.press("question_mark")
        await app.until(lambda: isinstance(app.app.screen, HelpScreen))
        await app.press("escape")
        await to_the_end(app, "opens the log")
        clean(app)
        await app.press("r")
        await to_the_end(app, "opens the log")
        clean(app)


async def to_the_end(app: Driver, text: str) -> None:
    """Press the key until the page that is being made is there and its end is seen."""
    async with asyncio.timeout(60):
        while text not in app.text:
            await app.press("end")
            clean(app)


async def open_output(app: Driver) -> None:
    """Look at the call with the long output."""
    trace = app.main.trace
    turn = trace.items.view.turns[0]
    trace.open_turn(turn.key)
    await app.until(lambda: trace.items.opened.details(turn.key).turn is not None)
    details = trace.items.opened.details(turn.key).turn
    assert details is not None
    steps = [getattr(step, "output", None) for step in details.steps]
    longest = max(range(len(steps)), key=lambda n: steps[n].length if steps[n] else 0)
    await app.pilot.pause()
    trace.list.move_to(turn.key, f"step:{longest}")
    await app.until(lambda: app.cursor == (turn.key, f"step:{longest}"))
    await app.press("enter")
    await app.until(lambda: app.pane is Pane.DETAIL)
