"""Eight processes that label turns at random, and are killed while they do it.

Run as a program with a folder and a number: it ends when that many labels were acknowledged, and
prints each acknowledged one on a line: session, turn, note. A note is given only once.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.model.annotation import Label
from tests.annotations.changes import turn

_PROCESSES = 8
_SESSIONS = [f"claude:{number:08x}-0000-4000-8000-000000000000" for number in range(25)]
_TURNS_OF_EACH = 400
_LIFE_S = 0.3


def label_for_ever(folder: Path, acknowledge: int, name: str) -> None:
    """Label, and acknowledge what was labelled; now and then die in the midst of a write."""
    chance = random.Random(name)
    write = os.write

    def writing(descriptor: int, data: bytes) -> int:
        if chance.random() < 0.02:
            write(descriptor, data[: chance.randrange(1, len(data))])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(descriptor, data)

    os.write = writing
    book = EvaluationBook(folder, author=name)
    for round_ in range(1_000_000):
        session = chance.choice(_SESSIONS)
        changes = tuple(
            turn(
                number,
                chance.choice([*Label, None]),
                f"{name}-{round_}-{number}",
                session=session,
            )
            for number in chance.sample(range(_TURNS_OF_EACH), chance.randrange(1, 20))
        )
        book.record(changes)
        told = "".join(f"{one.session_key} {one.turn_key} {one.note}\n" for one in changes)
        write(acknowledge, told.encode())


def main(folder: Path, wanted: int) -> None:
    """Keep eight of them alive until enough is acknowledged."""
    reading, writing = os.pipe()
    chance = random.Random(1)
    dies_at: dict[int, float] = {}
    acknowledged = started = 0
    while acknowledged < wanted:
        while len(dies_at) < _PROCESSES:
            started += 1
            child = os.fork()
            if child == 0:
                label_for_ever(folder, writing, f"w{started}")
            dies_at[child] = time.monotonic() + chance.uniform(0, 2 * _LIFE_S)
        if select.select([reading], [], [], 0.005)[0]:
            told = os.read(reading, 1 << 16)
            acknowledged += told.count(b"\n")
            sys.stdout.buffer.write(told)
        for child, when in list(dies_at.items()):
            if time.monotonic() > when:
                os.kill(child, signal.SIGKILL)
            if os.waitpid(child, os.WNOHANG)[0]:
                del dies_at[child]
    for child in dies_at:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(writing)
    while told := os.read(reading, 1 << 16):
        sys.stdout.buffer.write(told)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
