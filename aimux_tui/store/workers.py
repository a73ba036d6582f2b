"""Having many logs read by other processes."""

from __future__ import annotations

import os
import queue
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.store.worker import Done, Work, read_log, read_message, write_message

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence

    from aimux_tui.pricing.arithmetic import PriceTable
    from aimux_tui.sources.discovery import FoundLog

WORTH_A_PROCESS = 16 << 20
"""Bytes of logs from which reading them here would be felt at the keyboard."""
_BATCH_S = 0.1
_decoder = msgspec.msgpack.Decoder(Done)


def read_logs(
    logs: Sequence[FoundLog], pricer: PriceTable, should_stop: Callable[[], bool]
) -> Iterator[list[Done]]:
    """Read the logs, in about their order; yields what is done about ten times a second.

    Small amounts are read here, large ones by one process for each core but two at most.
    """
    if sum(found.stamp.size for found in logs) < WORTH_A_PROCESS:
        for found in logs:
            if should_stop():
                return
            yield [read_log(found, pricer)]
        return
    count = min(2, os.cpu_count() or 1, len(logs))
    done: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
    with ExitStack() as ending:
        for number in range(count):
            process = _start(logs[number::count], pricer)
            ending.callback(_end, process)
            threading.Thread(target=_receive, args=(process, done), daemon=True).start()
        yield from _batches(done, count, should_stop)


def _start(logs: Sequence[FoundLog], pricer: PriceTable) -> subprocess.Popen[bytes]:
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-m", "aimux_tui.store.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    write_message(process.stdin, Work(tuple(logs), dict(pricer.overrides)))
    process.stdin.close()
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _receive(process: subprocess.Popen[bytes], done: queue.SimpleQueue[Done | None]) -> None:
    assert process.stdout is not None
    try:
        while message := read_message(process.stdout):
            done.put(_decoder.decode(message))
    except (OSError, ValueError):
        pass  # ended on purpose, with its pipe closed
    finally:
        done.put(None)


def _batches(
    done: queue.SimpleQueue[Done | None], count: int, should_stop: Callable[[], bool]
) -> Iterator[list[Done]]:
    """What `count` processes report, gathered for a moment at a time."""
    running = count
    while running and not should_stop():
        batch: list[Done] = []
        try:
            while running:
                item = done.get(timeout=_BATCH_S)
                if item is None:
                    running -= 1
                else:
                    batch.append(item)
                if len(batch) >= 64:
                    break
        except queue.Empty:
            pass
        if batch:
            yield batch
