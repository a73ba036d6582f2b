"""Keeps what is said of turns at hand and writes changes of it down: in a thread, one by one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.annotations.changes import Change
from aimux_tui.annotations.history import History, step_for
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Tally
from aimux_tui.tui.lane import Lane
from aimux_tui.tui.review import UNSEEN, Review
from aimux_tui.tui.trace_feed import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.tui.label_plans import Plan

REFRESH_PAUSE = 0.7
"""Seconds between two looks at what other processes wrote."""
_PATIENCE = 5.0
"""Seconds for which the end waits for what is being written."""


class Written(Struct, frozen=True):
    """What was written down, and what is said since then of the sessions that it concerns."""

    changes: tuple[Change, ...]
    reviews: Mapping[str, Review]
    skipped: int = 0
    """Changes that were not taken back, since somebody else has changed the same meanwhile."""


class LabelFeed:
    """The annotations of this machine as the screen needs them; never touches a widget.

    `reviews` holds only what is on disk: it changes when a change has been written, not before.
    """

    def __init__(self, book: AnnotationBook) -> None:
        self.reviews: dict[str, Review] = {}
        """What is said of each session, by its key; without those of which nothing is said."""
        self.total = Tally()
        self.is_loaded = False
        self.tags: tuple[str, ...] = ()
        """Every tag in use, the most used first."""
        self.on_change: Callable[[frozenset[str]], None] = lambda _: None
        """Called on the event loop with the keys of the sessions of which other things are said."""
        self.on_written: Callable[[Iterable[str]], None] = lambda _: None
        """Called after `on_change` with those of them of which something was said in this run."""
        self.on_trouble: Callable[[str], None] = lambda _: None
        """Told, in words, what keeps the labels from being current."""
        self._book = book
        self._history = History()
        self._stop = asyncio.Event()
        self._lane = Lane("labels")
        self._tasks: set[asyncio.Task[Written]] = set()
        self._trouble = ""

    def review(self, key: str) -> Review:
        """What is said of a session."""
        return self.reviews.get(key, UNSEEN)

    @property
    def can_undo(self) -> bool:
        """Whether anything was changed in this run and not taken back."""
        return bool(len(self._history))

    async def run(self) -> None:
        """Load, then take in what other processes write, until `close`."""
        await self._read(self._load)
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), REFRESH_PAUSE)
            if not self._stop.is_set():
                await self._read(self._refresh)

    async def close(self) -> None:
        """End, once everything that was asked for is written down."""
        self._stop.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._lane.run(lambda: None), _PATIENCE)
        self._lane.stop()

    def change(self, plan: Plan, *, can_undo: bool = True) -> asyncio.Task[Written]:
        """Write down what `plan` makes of the book when its turn has come, after all changes that
        were asked for before. Awaiting the task raises AnnotationError.
        """
        return self._later(self._lane.submit(self._change, plan, can_undo))

    def undo(self) -> asyncio.Task[Written]:
        """Take the last change of this run back that was not taken back yet; see `change`."""
        return self._later(self._lane.submit(self._undo))

    def _later(self, job: Future[Written]) -> asyncio.Task[Written]:
        task = asyncio.create_task(self._finish(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _finish(self, job: Future[Written]) -> Written:
        written = await asyncio.wrap_future(job)
        self._take(written.reviews)
        self.on_written([key for key, review in written.reviews.items() if review])
        return written

    # In the thread.

    def _change(self, plan: Plan, can_undo: bool) -> Written:  # noqa: FBT001 - handed on as it is
        changes = plan(self._book)
        if changes:
            step = step_for(changes, self._book.get)
            self._book.record(changes)
            if can_undo:
                self._history.push(step)
        return self._written(changes)

    def _undo(self) -> Written:
        undo = self._history.undo(self._book.get)
        if undo is None:
            return self._written(())
        if undo.changes:
            self._book.record(undo.changes)
        self._history.drop()
        return self._written(undo.changes, undo.skipped)

    def _written(self, changes: tuple[Change, ...], skipped: int = 0) -> Written:
        return Written(changes, self._look({change.session_key for change in changes}), skipped)

    def _load(self) -> Mapping[str, Review]:
        self._book.load()
        return self._look(annotations.session_key for annotations in self._book.all())

    def _refresh(self) -> Mapping[str, Review]:
        return self._look(self._book.refresh())

    def _look(self, keys: Iterable[str]) -> Mapping[str, Review]:
        return {key: Review.of(self._book.get(key)) for key in keys}

    # On the event loop.

    async def _read(self, read: Callable[[], Mapping[str, Review]]) -> None:
        try:
            self._take(await self._lane.run(read))
            self.is_loaded, self._trouble = True, ""
        except (AnnotationError, OSError) as error:
            if (trouble := describe(error)) != self._trouble:
                self._trouble = trouble
                self.on_trouble(f"cannot read the labels: {trouble}")

    def _take(self, reviews: Mapping[str, Review]) -> None:
        if not reviews:
            return
        for key, review in reviews.items():
            self.reviews.pop(key, None)
            if review:
                self.reviews[key] = review
        self.total = sum((review.tally for review in self.reviews.values()), Tally())
        self.tags = self._book.tags()
        self.on_change(frozenset(reviews))
