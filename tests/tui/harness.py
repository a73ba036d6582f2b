"""The whole screen over a fake library, driven by keys."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings, UiSettings
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.setup import Setup
from tests.tui.fake_sessions import NOW
from tests.tui.fakes import FakeLibrary, make_library
from tests.tui.helpers import until
from tests.tui.memory_book import MemoryBook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.commands.base import Pane
    from aimux_tui.store.library import Library
    from aimux_tui.tui.screens.main import MainScreen

WIDE, MEDIUM, NARROW = (200, 50), (100, 30), (45, 40)


@dataclass
class Driver:
    """A running app and what tests ask of it."""

    app: AimuxApp
    pilot: Pilot[Any]
    library: FakeLibrary
    book: MemoryBook = field(default_factory=MemoryBook)

    @property
    def main(self) -> MainScreen:
        return self.app.main

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        await until(self.pilot, condition, what)

    @property
    def text(self) -> str:
        """The screen as plain text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def see(self, *texts: str) -> None:
        """Wait until all texts are on the screen."""
        try:
            await self.until(lambda: all(text in self.text for text in texts))
        except AssertionError as error:
            raise AssertionError(f"not all of {texts} on:\n{self.text}") from error

    async def see_no(self, text: str) -> None:
        """Wait until a text has gone."""
        await self.until(lambda: text not in self.text, f"{text!r} gone")

    @property
    def shown(self) -> list[Pane]:
        """The panes on the screen."""
        return [pane for pane, widget in self.main.panes.items() if widget.display]

    @property
    def pane(self) -> Pane:
        """Where the reader is."""
        return self.main.arrangement.pane

    @property
    def cursor(self) -> tuple[str, str]:
        """(key, part) under the cursor of the trace."""
        place = self.main.trace.list.cursor
        return ("", "") if place is None else (place.key, place.part)

    @property
    def session_cursor(self) -> str:
        """Key of the session under the cursor."""
        session = self.main.sessions.current
        return "" if session is None else session.key

    async def open_session(self, key: str) -> None:
        """Open a session and wait for its turns."""
        self.main.sessions.select(key)
        await self.press("enter")
        await self.until(lambda: self.main.navigator.reader.key == key)
        feed = self.main.navigator.reader.feed
        await self.until(lambda: feed is not None and (feed.view.is_open or feed.error))
        await self.until(lambda: len(self.main.trace.items.view.turns) == len(feed.view.turns))


@contextlib.asynccontextmanager
async def running(
    size: tuple[int, int] = WIDE,
    library: FakeLibrary | Library | None = None,
    *,
    book: AnnotationBook | None = None,
    is_loaded: bool = True,
    **changes: Any,
) -> AsyncIterator[Driver]:
    """The app at a size. Previews of sessions are left to the tests that are about them."""
    library = library if library is not None else make_library()
    book = book if book is not None else MemoryBook()
    values: dict[str, Any] = {
        "settings": Settings(theme="aimux", ui=UiSettings(follow=False)),
        "keymap": default_keymap(),
        "clock": lambda: NOW,
    }
    feed = LibraryFeed(library, getattr(library, "watch", None))
    app = AimuxApp(Setup(feed, LabelFeed(book), **(values | changes)))
    async with app.run_test(size=size, notifications=True) as pilot:
        driver = Driver(app, pilot, library, book)
        if is_loaded:
            await driver.until(lambda: feed.snapshot.is_loaded)
            await driver.until(lambda: app.main.navigator.snapshot.is_loaded)
            await driver.until(lambda: app.setup.labels.is_loaded)
        yield driver
