"""Follows an agent's home with aimux's own store while the agent works."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aimux_tui.model.session import Session, Status
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library
from aimux_tui.store.watching import changed_paths

LOG_FOLDERS = {"claude": ".claude/projects", "codex": ".codex/sessions", "gemini": ".gemini/tmp"}


@dataclass(frozen=True, slots=True)
class Seen:
    """The main session as it stood at one moment."""

    turns: int
    tool_calls: int
    status: Status


@dataclass
class Tail:
    """A library that follows one agent's home, and what it saw."""

    library: Library
    seen: list[Seen] = field(default_factory=list)
    is_watching: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    @property
    def main(self) -> Session:
        """The one session that is no sub-agent."""
        (main,) = self._mains()
        return main

    @property
    def agent(self) -> Session:
        """Its one sub-agent."""
        (child,) = self.main.children
        session = self.library.get(child)
        assert session is not None
        return session

    def _mains(self) -> list[Session]:
        sessions = self.library.sessions()
        return [item for item in sessions if not item.parent_key and not item.hidden_reason]

    def take(self, paths: frozenset[str]) -> None:
        """Read what changed, and note how the main session stands."""
        if paths:
            self.library.refresh(paths)
        else:
            self.library.resync()
        self.library.tick()
        for session in self._mains():
            now = Seen(session.turns, session.tool_calls, session.status)
            if not self.seen or self.seen[-1] != now:
                self.seen.append(now)


def new_library(agent: str, home: Path) -> Library:
    """A library over the home of one agent, with an index of its own."""
    return Library(find_homes([agent], {}, env={}, home=home), Index(None), PriceTable())


@contextmanager
def following(agent: str, home: Path) -> Iterator[Tail]:
    """A tail on the home of `agent`, at work until the block is left."""
    (home / LOG_FOLDERS[agent]).mkdir(parents=True, exist_ok=True)
    tail = Tail(new_library(agent, home))
    tail.library.load()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def follow() -> None:
        async for paths in changed_paths(tail.library, stop):
            tail.take(paths)
            tail.is_watching.set()

    def run() -> None:
        try:
            loop.run_until_complete(follow())
        except BaseException as error:  # noqa: BLE001 - handed to the test, which must see it
            tail.error = error
        finally:
            tail.is_watching.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert tail.is_watching.wait(20), "the watch never stood"
        yield tail
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()
        if tail.error is not None:
            raise tail.error


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait for a condition; False if it did not come true in time."""
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True
