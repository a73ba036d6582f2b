"""The watcher tells of every change below its folders, and of folders that appear later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.sources import watcher
from aimux_tui.sources.watcher import watch_paths


class Seen:
    """Everything a watch has told so far."""

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.began = 0
        self.news = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def until_told(self, path: Path) -> None:
        await self.until(lambda: str(path) in self.paths)


@asynccontextmanager
async def watching(
    *folders: Path, on_trouble: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Seen]:
    seen, stop = Seen(), asyncio.Event()

    async def watch() -> None:
        async for paths in watch_paths(folders, stop, on_trouble):
            seen.began += not paths
            seen.paths |= paths
            seen.news.set()

    task = asyncio.create_task(watch())
    try:
        await seen.until(lambda: seen.began > 0)
        yield seen
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "_NEW_FOLDERS_S", 0.05)
    monkeypatch.setattr(watcher, "_POLL_MS", 50)


async def touch_until_seen(path: Path, seen: Seen) -> None:
    """Write to a file until its change is told: a watch takes a moment to stand."""
    async with asyncio.timeout(20):
        while str(path) not in seen.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as stream:
                stream.write("x\n")
            seen.news.clear()
            await asyncio.wait({asyncio.create_task(seen.news.wait())}, timeout=0.1)


async def test_changes_in_new_subfolders_are_told(tmp_path: Path) -> None:
    async with watching(tmp_path) as seen:
        await touch_until_seen(tmp_path / "a.jsonl", seen)
        await touch_until_seen(tmp_path / "new" / "deep" / "b.jsonl", seen)


async def test_a_folder_that_appears_later_is_taken_in(tmp_path: Path) -> None:
    late = tmp_path / "late"
    async with watching(tmp_path / "never", late) as seen:
        late.mkdir()
        (late / "there.jsonl").write_text("x\n")
        await seen.until(lambda: str(late / "there.jsonl") in seen.paths)
        await touch_until_seen(late / "more.jsonl", seen)


async def test_without_events_files_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_is_silent", lambda _: True)
    async with watching(tmp_path) as seen:
        await touch_until_seen(tmp_path / "a.jsonl", seen)


async def test_running_out_of_watches_is_told_and_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchfiles import _rust_notify

    real = _rust_notify.RustNotify

    def make(folders: list[str], *, force_polling: bool, **options: Any) -> object:
        if not force_polling:
            raise OSError(28, "No space left on device")
        return real(folders, force_polling=True, **options)

    monkeypatch.setattr(_rust_notify, "RustNotify", make)
    told: list[str] = []
    async with watching(tmp_path, on_trouble=told.append) as seen:
        await touch_until_seen(tmp_path / "a.jsonl", seen)
    assert "max_user_watches" in told[0]


async def test_what_changes_as_soon_as_the_watch_stands_is_told(tmp_path: Path) -> None:
    for number in range(20):
        async with watching(tmp_path) as seen:
            path = tmp_path / f"{number}.jsonl"
            path.write_text("x\n")
            await seen.until_told(path)


async def test_after_a_quiet_time_changes_are_told_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_QUIET_AFTER_MS", 1)
    async with watching(tmp_path) as seen:
        for number in range(5):
            path = tmp_path / f"{number}.jsonl"
            path.write_text("x\n")
            await seen.until_told(path)


async def test_the_threads_of_a_watch_end_with_it(tmp_path: Path) -> None:
    async with watching(tmp_path):
        threads = [thread for thread in threading.enumerate() if thread.name == "watch"]
    for thread in threads:
        await asyncio.to_thread(thread.join, 20)
    assert threads
    assert not any(thread.is_alive() for thread in threads)
