"""Pictures of the main screens: what they look like, colours and all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings, UiSettings
from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.setup import Setup
from tests.tui.fake_sessions import DOCS, LOGIN, NOW
from tests.tui.fakes import make_library
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver
from tests.tui.memory_book import MemoryBook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times in UTC, all signs, all colours."""
    for name in ("NO_COLOR", "COLUMNS", "LINES", "LC_ALL", "LC_CTYPE", "TEXTUAL_COLOR_SYSTEM"):
        monkeypatch.delenv(name, raising=False)
    same = {"COLORTERM": "truecolor", "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC"}
    for name, value in same.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("size", "theme"),
    [(WIDE, "aimux"), (MEDIUM, "aimux-light"), (NARROW, "aimux")],
    ids=["wide-dark", "medium-light", "narrow-dark"],
)
def test_a_turn_with_its_diff(size: tuple[int, int], theme: str, snap_compare: Any) -> None:
    library = make_library()
    settings = Settings(theme=theme, ui=UiSettings(follow=False))
    feed, labels = LibraryFeed(library, library.watch), LabelFeed(MemoryBook())
    app = AimuxApp(Setup(feed, labels, settings, default_keymap(), clock=lambda: NOW))

    async def open_it(pilot: Pilot[Any]) -> None:
        driver = Driver(app, pilot, library)
        await driver.until(lambda: app.main.navigator.snapshot.is_loaded)
        await driver.open_session(LOGIN)
        await driver.press("home", "enter")
        await driver.see("return redirect(")
        detail = app.main.detail
        await driver.until(lambda: not detail.display or len(detail.text.document) > 5)

    assert snap_compare(app, terminal_size=size, run_before=open_it)


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (MEDIUM, "aimux", ("j", "j", "enter")),
        (NARROW, "aimux-light", ("L", "right", "tab", "l", "shift+tab")),
    ],
    ids=["rows", "verdict"],
)
def test_what_was_said(
    size: tuple[int, int], theme: str, keys: tuple[str, ...], snap_compare: Any
) -> None:
    library, book = make_library(), judged_book()
    settings = Settings(theme=theme, ui=UiSettings(follow=False))
    feed, labels = LibraryFeed(library, library.watch), LabelFeed(book)
    app = AimuxApp(Setup(feed, labels, settings, default_keymap(), clock=lambda: NOW))

    async def open_it(pilot: Pilot[Any]) -> None:
        driver = Driver(app, pilot, library, book)
        await driver.until(lambda: app.main.navigator.snapshot.is_loaded and labels.is_loaded)
        await driver.open_session(LOGIN)
        await driver.press("home", *keys)
        await driver.see("used before: " if "L" in keys else "pytest -q")

    assert snap_compare(app, terminal_size=size, run_before=open_it)


def judged_book() -> MemoryBook:
    """A book in which every label, a note and a verdict stand."""
    book = MemoryBook()
    turns = [TurnChange(session_key=LOGIN, turn_key=f"turn-{n}", number=n) for n in range(1, 7)]
    book.record(
        (
            replace(turns[0], label=Label.GOOD, note="found the cause at once"),
            replace(turns[2], label=Label.BAD, note="edited the wrong file\nand never looked"),
            replace(turns[3], label=Label.WASTE),
            SessionChange(session_key=DOCS, verdict=Verdict.PARTIAL, tags=("loop", "gave up")),
        )
    )
    return book
