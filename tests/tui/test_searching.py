"""Searching every session from the screen, over real logs."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from aimux_tui.store.search.building import BuildProgress
from aimux_tui.store.search.coverage import Coverage
from aimux_tui.store.search.results import TurnHit
from aimux_tui.tui.screens.search import SearchScreen
from aimux_tui.tui.search.commands import FOUND
from aimux_tui.tui.search.feed import Found, SearchFeed
from aimux_tui.tui.search.local_search import LocalSearch
from tests.cli.homes import make_home
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running
from tests.tui.helpers import eventually
from tests.tui.memory_book import MemoryBook

if TYPE_CHECKING:
    from aimux_tui.query.terms import Query


@pytest.fixture
def library(tmp_path: Path) -> Library:
    make_home(tmp_path)
    homes = find_homes(["claude", "codex", "gemini"], {}, env={}, home=tmp_path)
    library = Library(homes, Index(None), PriceTable())
    library.load_fully()
    return library


@asynccontextmanager
async def searching(
    library: Library, words: str = "", size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Driver, SearchScreen]]:
    async with running(size=size) as driver:
        driver.app.setup.search = LocalSearch(library, MemoryBook())
        await driver.press("S")
        await driver.until(lambda: isinstance(driver.app.screen, SearchScreen))
        screen = driver.app.screen
        assert isinstance(screen, SearchScreen)
        if words:
            await driver.press(*words)
            await driver.until(lambda: screen.found.query == words and screen.found.is_complete)
        yield driver, screen


async def test_words_are_found_in_the_sessions_of_every_agent(library: Library) -> None:
    async with searching(library, "login") as (driver, screen):
        await driver.see("Fix the login redirect", "prompt")
        assert {hit.session.provider for hit in screen.found.hits} >= {"claude"}
        assert "still searching" not in driver.text


async def test_a_filter_narrows_what_is_found(library: Library) -> None:
    async with searching(library, "provider:codex the") as (_, screen):
        assert {hit.session.provider for hit in screen.found.hits} == {"codex"}


async def test_what_cannot_be_understood_is_told_and_what_was_found_stays(
    library: Library,
) -> None:
    async with searching(library, "login") as (driver, screen):
        screen.field.value = "login nope:x"
        await driver.see("no field 'nope'")
        assert screen.found.query == "login"


async def test_nothing_found_says_so(library: Library) -> None:
    async with searching(library, "zzzzzz") as (driver, screen):
        await driver.see("0 turns")
        await driver.press("enter")
        assert driver.app.screen is screen
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, SearchScreen))


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
async def test_it_fits_where_there_is_little_room(library: Library, size: tuple[int, int]) -> None:
    async with searching(library, "login", size) as (driver, _):
        await driver.see("turn 1", "prompt")


class FakeSearch:
    """Finds one turn for each word of a list, and waits to be let on."""

    trouble = ""

    def __init__(self, hits: list[TurnHit]) -> None:
        self.hits = hits
        self.go_on = threading.Event()
        self.stopped: list[str] = []

    def search(self, query: Query, should_stop: Callable[[], bool]) -> Iterator[TurnHit]:
        for hit in self.hits:
            yield hit
            while not (self.go_on.is_set() or should_stop()):
                self.go_on.wait(0.01)
            if should_stop():
                self.stopped.append(query[0].values[0])
                return

    def coverage(self) -> Coverage:
        return Coverage(logs=2, bytes=200 << 20, covered_bytes=100 << 20)

    def build(self, should_stop: Callable[[], bool]) -> Iterator[BuildProgress]:
        yield BuildProgress(done=50 << 20, total=100 << 20)
        while not (self.go_on.is_set() or should_stop()):
            self.go_on.wait(0.01)


@pytest.fixture
def hits(library: Library) -> list[TurnHit]:
    from aimux_tui.query.parse import parse

    return list(LocalSearch(library, MemoryBook()).search(parse("the"), lambda: False))


async def test_another_letter_ends_the_search_before(hits: list[TurnHit]) -> None:
    port = FakeSearch(hits)
    feed, seen = SearchFeed(port), []
    feed.on_found = lambda: seen.append(feed.found)
    feed.search("first")
    feed.search("second")
    port.go_on.set()
    await eventually(lambda: feed.found.query == "second" and feed.found.is_complete)
    assert all(found.query != "first" or not found.is_complete for found in seen)
    feed.search("  ")
    assert feed.found == Found()
    feed.close()


async def test_how_far_the_index_is_can_be_seen(hits: list[TurnHit]) -> None:
    port = FakeSearch(hits)
    feed = SearchFeed(port)
    feed.build_index()
    await eventually(lambda: feed.index.is_building and feed.index.share == 0.75)
    port.go_on.set()
    await eventually(lambda: not feed.index.is_building)
    assert feed.index.share == 0.5
    feed.close()


async def test_enter_opens_the_turn_with_its_words_marked(library: Library) -> None:
    async with running() as driver:
        setup = driver.app.setup
        from tests.tui.fake_sessions import LOGIN

        trace = driver.library.open(LOGIN)
        session = setup.feed.snapshot.by_key[LOGIN]
        found = [hit_of(library, session, turn) for turn in (trace.turns[1], trace.turns[3])]
        port = FakeSearch(found)
        port.go_on.set()
        setup.search = port
        await driver.press("S", *"re")
        screen = driver.app.screen
        assert isinstance(screen, SearchScreen)
        await driver.until(lambda: len(screen.found.hits) == 2)
        await driver.press("down", "enter")
        await driver.until(lambda: driver.main.navigator.reader.key == LOGIN)
        await driver.until(lambda: driver.cursor[0] == trace.turns[3].key)
        await driver.until(lambda: driver.main.trace.list.marked(FOUND) == (1, 3))
        assert trace.turns[3].key in driver.main.trace.items.opened
        await driver.press("[")
        await driver.until(lambda: driver.cursor[0] == trace.turns[1].key)
        await driver.press("]")
        await driver.until(lambda: driver.cursor[0] == trace.turns[3].key)


def hit_of(library: Library, session: object, turn: object) -> TurnHit:
    from aimux_tui.query.parse import parse

    model = next(LocalSearch(library, MemoryBook()).search(parse("the"), lambda: False))
    from msgspec.structs import replace

    return replace(model, session=session, turn=turn)
