"""A label means keep: has the logs of labelled sessions copied, while nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from aimux_tui.tui.lane import Lane
from aimux_tui.tui.trace_feed import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aimux_tui.sources.archive import Kept

_PAUSE = 2.0
"""Seconds after the last label, and after the start, before logs are copied."""
_PATIENCE = 3.0
"""Seconds for which the end waits for copies of what was labelled in this run."""


class ArchivePort(Protocol):
    """Where logs are kept. Both calls block."""

    @property
    def place(self) -> str:
        """Where that is, for people."""
        ...

    def keep(self, keys: Iterable[str], should_stop: Callable[[], bool]) -> Kept:
        """Keep the logs of these sessions as they are now."""
        ...

    def keep_all(self, should_stop: Callable[[], bool]) -> Kept:
        """The same for every session that is labelled."""
        ...


class Keeper:
    """Copies soon after a label, once after the start, and at the end of a run."""

    def __init__(self, archive: ArchivePort) -> None:
        self.is_ready: Callable[[], bool] = lambda: True
        """Whether sessions and labels are known."""
        self.tell: Callable[[str], None] = lambda _: None
        """Told, in words, that logs are kept, the first time ever; and what could not be kept."""
        self._archive = archive
        self._lane = Lane("archive")
        self._wanted: set[str] = set()
        self._labelled: set[str] = set()
        """Of this run: they may have gone on since they were copied."""
        self._quiet_since = monotonic()
        self._stop = asyncio.Event()
        self._deadline = float("inf")
        self._told: set[str] = set()

    def want(self, keys: Iterable[str]) -> None:
        """Something was said of these sessions."""
        self._wanted.update(keys)
        self._labelled |= self._wanted
        self._quiet_since = monotonic()

    async def run(self) -> None:
        """Keep what is labelled until `close`."""
        has_kept_all = False
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _PAUSE)
            if self._stop.is_set() or not self.is_ready():
                continue
            if self._wanted and monotonic() - self._quiet_since >= _PAUSE:
                keys, self._wanted = self._wanted, set()
                await self._do(partial(self._archive.keep, keys, self._should_stop))
            elif not has_kept_all:
                has_kept_all = True
                await self._do(partial(self._archive.keep_all, self._should_stop))

    async def close(self) -> None:
        """Keep what was labelled in this run as it is now, if that is soon done, and end."""
        self._stop.set()
        self._deadline = monotonic() + _PATIENCE
        if self._labelled and self.is_ready():
            await self._do(partial(self._archive.keep, self._labelled, self._should_stop))
        self._lane.stop()

    def _should_stop(self) -> bool:
        return monotonic() > self._deadline

    async def _do(self, keep: Callable[[], Kept]) -> None:
        try:
            kept = await asyncio.wait_for(self._lane.run(keep), self._rest())
        except TimeoutError:
            return  # the next start goes on
        except OSError as error:
            self._say(f"labelled sessions cannot be kept: {describe(error)}")
            return
        if kept.is_first:
            self._say(
                f"Labelled sessions are kept: their logs are copied into {self._archive.place}, "
                "since agents delete them after some weeks (labels.archive: false turns it off)."
            )
        if kept.trouble:
            self._say(kept.trouble)

    def _rest(self) -> float | None:
        return max(self._deadline - monotonic(), 0) if self._stop.is_set() else None

    def _say(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self.tell(words)
