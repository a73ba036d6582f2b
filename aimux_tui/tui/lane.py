"""A thread of one's own for calls that block, so that the keyboard never waits."""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

_TURN = 0.001
"""Seconds for which a thread may hold up the event loop; Python's default is five times that."""

_Job = tuple[Future[Any], "Callable[[], Any]"]


class Lane:
    """Runs blocking calls one after the other in a daemon thread.

    The thread is a daemon, unlike those of an executor: quitting never waits for a long read.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.is_stopped = False

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call; the future has its result or its exception."""
        future: Future[T] = Future()
        if self.is_stopped:
            future.cancel()
            return future
        if self._thread is None:
            sys.setswitchinterval(_TURN)
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put((future, lambda: function(*args, **kwargs)))
        return future

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Queue a call and wait for it. Cancelled before its turn, it is never made."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    def stop(self) -> None:
        """Take no further calls; those that wait are cancelled, the running one ends by itself."""
        self.is_stopped = True
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, call = job
            if self.is_stopped:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)
