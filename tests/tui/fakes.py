"""A library made of model objects: deterministic, rich, and driven by the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from aimux_tui.errors import SessionError
from aimux_tui.model.body import BodyRef, Span
from aimux_tui.model.session import Session
from aimux_tui.model.turn import Turn, TurnSummary
from aimux_tui.model.usage import Cost
from aimux_tui.store.library import Place
from aimux_tui.store.trace import TraceDelta
from tests.tui import fake_sessions


class FakeTrace:
    """The turns of one session; `append` and `change` play the agent."""

    def __init__(
        self,
        key: str,
        turns: Iterable[Turn] = (),
        *,
        bodies: Mapping[str, str] | None = None,
        records: Mapping[int, bytes] | None = None,
        path: str = "/home/u/log.jsonl",
    ) -> None:
        self.key = key
        self.path = path
        self.version = 1
        self.is_complete = True
        self.details: dict[str, Turn] = {}
        self.turns: list[TurnSummary] = []
        self.bodies = dict(bodies or {})
        self.records = dict(records or {})
        self.error: OSError | None = None
        self.read_turns: list[str] = []
        self.is_closed = False
        self._changes: list[tuple[int, int, bool]] = []
        self._news: list[Callable[[], None]] = []
        for turn in turns:
            self.details[turn.summary.key] = turn
            self.turns.append(turn.summary)

    def append(self, turn: Turn) -> None:
        """The agent begins a turn; seen with the next refresh."""
        self._news.append(lambda: self._append(turn))

    def change(self, turn: Turn) -> None:
        """A turn grew; seen with the next refresh."""
        self._news.append(lambda: self._change(turn))

    def reset(self, turns: Iterable[Turn]) -> None:
        """The log was replaced; seen with the next refresh."""
        fresh = list(turns)
        self._news.append(lambda: self._reset(fresh))

    def since(self, version: int) -> TraceDelta:
        newer = [change for change in self._changes if change[0] > version]
        if version == 0:
            return TraceDelta(self.version, 0, is_reset=False)
        first = min((first for _, first, _ in newer), default=len(self.turns))
        is_reset = any(is_reset for _, _, is_reset in newer)
        return TraceDelta(self.version, 0 if is_reset else first, is_reset)

    def cost(self, turn: TurnSummary) -> Cost:
        if turn.models and turn.models[0].startswith("unknown"):
            return Cost(0.0, (turn.models[0],))
        return Cost(turn.usage.input * 3e-6 + turn.usage.output * 15e-6)

    def refresh(self) -> bool:
        if self.error is not None:
            raise self.error
        news, self._news = self._news, []
        for happen in news:
            happen()
        return bool(news)

    def read_turn(self, key: str) -> Turn:
        self.read_turns.append(key)
        if self.error is not None:
            raise self.error
        if key not in self.details:
            raise SessionError(f"no turn {key!r} in {self.key}")
        return self.details[key]

    def body(self, ref: BodyRef) -> str:
        return self.bodies[ref.pointer]

    def raw(self, span: Span) -> bytes:
        return self.records.get(span.offset, b'{"type":"assistant","offset":%d}' % span.offset)

    def close(self) -> None:
        self.is_closed = True

    def _append(self, turn: Turn) -> None:
        self.version += 1
        self._changes.append((self.version, len(self.turns), False))
        self.details[turn.summary.key] = turn
        self.turns.append(turn.summary)

    def _change(self, turn: Turn) -> None:
        index = next(i for i, old in enumerate(self.turns) if old.key == turn.summary.key)
        self.version += 1
        self._changes.append((self.version, index, False))
        self.details[turn.summary.key] = turn
        self.turns[index] = turn.summary

    def _reset(self, turns: Sequence[Turn]) -> None:
        self.version += 1
        self._changes.append((self.version, 0, True))
        self.details = {turn.summary.key: turn for turn in turns}
        self.turns = [turn.summary for turn in turns]


class FakeLibrary:
    """A library whose sessions the test puts in and changes."""

    def __init__(
        self,
        sessions: Iterable[Session] = (),
        traces: Mapping[str, FakeTrace] | None = None,
        places: Sequence[Place] = (),
    ) -> None:
        self.version = 0
        self.progress = (0, 0)
        self.is_listed = True
        self.unreadable: Mapping[str, str] = {}
        self.index_trouble = ""
        self.traces = dict(traces or {})
        self.gate = threading.Event()
        """Cleared: `load` waits, as if there were very many logs."""
        self.gate.set()
        self.pending: list[Session] = []
        """What `scan_pending` completes, one by one; each step waits for `step`."""
        self.step = threading.Event()
        self.step.set()
        self.open_error: SessionError | None = None
        self.saves = 0
        self._places = tuple(places)
        self._on_disk = {session.key: session for session in sessions}
        self._sessions: dict[str, Session] = {}
        self._queue: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        self._lock = threading.Lock()

    def sessions(self) -> tuple[Session, ...]:
        with self._lock:
            return tuple(
                sorted(
                    self._sessions.values(),
                    key=lambda session: (session.updated or fake_sessions.LONG_AGO, session.key),
                    reverse=True,
                )
            )

    def get(self, key: str) -> Session | None:
        return self._sessions.get(key)

    def places(self) -> tuple[Place, ...]:
        return self._places or (
            Place("claude", Path("/home/u/.claude"), exists=True, logs=len(self._sessions)),
            Place("codex", Path("/home/u/.codex"), exists=False, logs=0),
            Place("gemini", Path("/home/u/.gemini"), exists=False, logs=0),
        )

    def load(self) -> None:
        self.gate.wait(10)
        self._take_disk()
        done = len(self._sessions) - len(self.pending)
        self.progress = (done, len(self._sessions))

    def scan_pending(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        while self.pending and not should_stop():
            while not self.step.wait(0.02):
                if should_stop():
                    return
            session = self.pending.pop(0)
            with self._lock:
                read = replace(session, is_partial=False)
                self._sessions[session.key] = self._on_disk[session.key] = read
            self.version += 1
            self.progress = (len(self._sessions) - len(self.pending), len(self._sessions))
            yield

    def refresh(self, paths: Iterable[str]) -> bool:
        return self._take_disk()

    def resync(self) -> bool:
        return self._take_disk()

    def tick(self) -> bool:
        return False

    def save(self, *, is_last: bool = True) -> None:
        self.saves += 1

    def open(self, key: str) -> FakeTrace:
        if self.open_error is not None:
            raise self.open_error
        if key not in self._sessions:
            raise SessionError(f"no session {key!r}", hint="`aimux sessions` lists them")
        if key not in self.traces:
            self.traces[key] = FakeTrace(key, path=self._sessions[key].path)
        trace = self.traces[key]
        trace.is_closed = False
        return trace

    def put(self, *sessions: Session) -> None:
        """Sessions appear or change on disk, and the watcher notices."""
        for session in sessions:
            self._on_disk[session.key] = session
        self.touch(*(session.path for session in sessions))

    def remove(self, key: str) -> None:
        """A session's log is deleted, and the watcher notices."""
        session = self._on_disk.pop(key)
        self.touch(session.path)

    def touch(self, *paths: str) -> None:
        """The watcher sees that files changed."""
        self._queue.put_nowait(frozenset(paths))

    async def watch(
        self, library: object, stop: asyncio.Event, on_trouble: Callable[[str], None]
    ) -> AsyncIterator[frozenset[str]]:
        """Stands for `store.watching.changed_paths`."""
        assert library is self
        yield frozenset()
        while not stop.is_set():
            getting = asyncio.create_task(self._queue.get())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not getting.done():
                getting.cancel()
                return
            yield getting.result()

    def _take_disk(self) -> bool:
        with self._lock:
            if self._sessions == self._on_disk:
                return False
            self._sessions = dict(self._on_disk)
        self.version += 1
        return True


def make_library() -> FakeLibrary:
    """The usual library: three providers, every status, sub-agents, a hidden and a broken one."""
    sessions = fake_sessions.all_sessions()
    traces = {
        key: FakeTrace(key, turns, bodies=bodies, path=path)
        for key, turns, bodies, path in fake_sessions.all_traces()
    }
    return FakeLibrary(sessions, traces)
