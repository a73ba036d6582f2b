"""The workers between the store and the screen, without a screen."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from aimux_tui.errors import SessionError
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.trace_feed import TraceFeed, TraceNews
from tests.tui import fake_sessions, fake_turns
from tests.tui.fakes import FakeLibrary, make_library
from tests.tui.helpers import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def running(feed: LibraryFeed) -> AsyncIterator[None]:
    task = asyncio.create_task(feed.run())
    try:
        yield
    finally:
        feed.stop()
        await asyncio.wait_for(task, 10)


async def test_calls_of_a_lane_follow_each_other_off_the_loop():
    lane = Lane("test")
    threads: list[int] = []
    results = await asyncio.gather(
        *(lane.run(lambda n=n: threads.append(threading.get_ident()) or n) for n in range(5))
    )
    assert results == [0, 1, 2, 3, 4]
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
    lane.stop()


async def test_a_lane_hands_over_exceptions_and_takes_nothing_after_its_end():
    lane = Lane("test")
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 / 0)
    lane.stop()
    with pytest.raises(asyncio.CancelledError):
        await lane.run(lambda: 1)


async def test_the_first_snapshot_has_the_whole_list():
    library = make_library()
    feed = LibraryFeed(library, library.watch)
    assert not feed.snapshot.is_loaded
    async with running(feed):
        await eventually(lambda: feed.snapshot.is_loaded)
        assert len(feed.snapshot.sessions) == len(fake_sessions.all_sessions())
        assert feed.snapshot.by_key[fake_sessions.LOGIN].turns == 6


async def test_trouble_with_the_index_is_told_once():
    library = make_library()
    library.index_trouble = "/cache/index.db: unable to open database file"
    feed, told = LibraryFeed(library, library.watch), list[str]()
    feed.on_trouble = told.append
    async with running(feed):
        await eventually(lambda: told)
        library.put(fake_sessions.make_session("claude:new", "one more"))
        await eventually(lambda: "claude:new" in feed.snapshot.by_key)
    assert told == ["index: /cache/index.db: unable to open database file"]


async def test_loading_never_holds_up_the_loop():
    library = make_library()
    library.gate.clear()
    feed = LibraryFeed(library, library.watch)
    async with running(feed):
        await asyncio.sleep(0)
        assert not feed.snapshot.is_loaded
        library.gate.set()
        await eventually(lambda: feed.snapshot.is_loaded)


async def test_what_changes_on_disk_arrives():
    library = make_library()
    feed = LibraryFeed(library, library.watch)
    seen: list[frozenset[str]] = []
    feed.on_paths = seen.append
    async with running(feed):
        await eventually(lambda: feed.snapshot.is_loaded)
        library.put(fake_sessions.make_session("claude:new", "A new one"))
        await eventually(lambda: "claude:new" in feed.snapshot.by_key)
        library.remove("claude:new")
        await eventually(lambda: "claude:new" not in feed.snapshot.by_key)
    assert frozenset({"/home/u/.claude/new.jsonl"}) in seen


async def test_pending_logs_are_read_one_by_one_and_then_saved():
    sessions = [
        fake_sessions.make_session(f"claude:{n}", f"{n}", is_partial=True) for n in range(3)
    ]
    library = FakeLibrary(sessions)
    library.pending = list(sessions)
    library.step.clear()
    feed = LibraryFeed(library, library.watch)
    async with running(feed):
        await eventually(lambda: feed.snapshot.is_loaded)
        assert feed.snapshot.is_reading
        assert feed.snapshot.progress == (0, 3)
        library.step.set()
        await eventually(lambda: not feed.snapshot.is_reading)
        assert not any(session.is_partial for session in feed.snapshot.sessions)
        await eventually(lambda: library.saves == 1)


async def test_a_burst_of_changes_is_few_snapshots():
    sessions = fake_sessions.many_sessions(300)
    library = FakeLibrary(sessions)
    library.pending = list(sessions)
    feed = LibraryFeed(library, library.watch)
    snapshots: list[int] = []
    feed.on_change = lambda: snapshots.append(feed.snapshot.version)
    async with running(feed):
        await eventually(lambda: feed.snapshot.progress == (300, 300))
        assert feed.snapshot.version == library.version
    assert len(snapshots) < 150


async def test_stopping_does_not_wait_for_a_long_load():
    library = make_library()
    library.gate.clear()
    feed = LibraryFeed(library, library.watch)
    task = asyncio.create_task(feed.run())
    await asyncio.sleep(0)
    feed.stop()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    library.gate.set()


async def opened(library: FakeLibrary, key: str, seen: list[str]) -> TraceFeed:
    library.load()
    feed = TraceFeed(library, key, seen.append)
    await feed.open()
    await eventually(lambda: seen)
    return feed


async def test_a_trace_is_opened_and_followed():
    library, seen = make_library(), []
    feed = await opened(library, fake_sessions.LOGIN, seen)
    assert feed.view.is_open
    assert len(feed.view.turns) == len(feed.view.costs) == 6
    assert feed.take_news() == TraceNews(0, is_reset=True)
    library.traces[fake_sessions.LOGIN].append(fake_turns.make_turn(7, "and now the docs"))
    feed.refresh()
    await eventually(lambda: len(feed.view.turns) == 7)
    assert feed.take_news() == TraceNews(6, is_reset=False)
    assert feed.view.costs[6].usd > 0
    turn = await feed.read_turn("turn-7")
    assert turn.summary.title == "and now the docs"
    feed.close()
    assert library.traces[fake_sessions.LOGIN].is_closed


async def test_news_of_several_changes_begin_at_the_first():
    library, seen = make_library(), []
    feed = await opened(library, fake_sessions.LOGIN, seen)
    feed.take_news()
    trace = library.traces[fake_sessions.LOGIN]
    for number in (5, 3, 6):
        trace.change(fake_turns.make_turn(number, f"changed {number}"))
        feed.refresh()
        await eventually(lambda n=number: feed.view.turns[n - 1].title == f"changed {n}")
    assert feed.take_news() == TraceNews(2, is_reset=False)
    trace.reset([fake_turns.make_turn(1, "another log")])
    feed.refresh()
    await eventually(lambda: len(feed.view.turns) == 1)
    assert feed.take_news().is_reset
    feed.close()


async def test_a_session_that_cannot_be_opened_says_why():
    library, seen = make_library(), []
    library.open_error = SessionError("the log is gone")
    feed = await opened(library, fake_sessions.LOGIN, seen)
    assert not feed.view.is_open
    assert feed.error == "the log is gone"
    with pytest.raises(SessionError):
        await feed.read_turn("turn-1")
    feed.close()


async def test_a_log_that_becomes_unreadable_and_readable_again():
    library, seen = make_library(), []
    feed = await opened(library, fake_sessions.LOGIN, seen)
    trace = library.traces[fake_sessions.LOGIN]
    seen.clear()
    trace.error = PermissionError(13, "Permission denied", trace.path)
    feed.refresh()
    await eventually(lambda: seen)
    assert feed.error == f"Permission denied: {trace.path}"
    seen.clear()
    trace.error = None
    feed.refresh()
    await eventually(lambda: seen)
    assert feed.error == ""
    feed.close()
