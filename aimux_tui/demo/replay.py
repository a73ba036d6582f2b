"""Lays the bundled sessions out in a throw-away home, and lets one of them go on live."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.demo.manifest import (
    SESSIONS,
    DemoFile,
    DemoSession,
    manifest,
    moment,
    place,
    shifted,
    stamp_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

LONGEST_PAUSE = 4.0
"""Seconds between two records, however long the pause was in truth."""
NO_PID = '"pid":0,'
"""Stands in a recorded state file for the number of a process that must be running."""


class Step(Struct, frozen=True):
    """A record that a live session appends."""

    at: datetime
    """When it was recorded."""
    path: str
    """The log below the home."""
    line: str
    """The record as recorded, with its newline."""


def install(home: Path, now: datetime) -> None:
    """Write the sessions below `home`, moved so that the newest of them was active at `now`.

    `home` takes the place of the user's home: the agents' own folders are made in it. Of the
    session that `replay` goes on with, only what had already happened is written.
    """
    told = manifest()
    delta = now - moment(told.present)
    for session in told.sessions:
        for file in session.files:
            text = _recorded(file)
            if session.live_from:
                past = (line for at, line in _dated(text, file) if at < session.live_from)
                text = "".join(past)
                if not text:
                    continue
            target = home / place(file, delta)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(shifted(text, delta), encoding="utf-8")


async def replay(
    home: Path,
    speed: float = 1.0,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Append the rest of the live session and of its sub-agents record by record, then return.

    Each record is written whole, with the time at which it is written. `speed` divides the
    recorded pauses, of which none is longer than `LONGEST_PAUSE` seconds.
    """
    previous: datetime | None = None
    for step in steps():
        if previous is not None:
            pause = (step.at - previous).total_seconds()
            await sleep(min(max(pause, 0.0), LONGEST_PAUSE) / speed)
        previous = step.at
        line = shifted(step.line, datetime.now(UTC) - step.at)
        await asyncio.to_thread(_append, home / step.path, line)


def steps() -> list[Step]:
    """What `replay` will append, in order."""
    live = (session for session in manifest().sessions if session.live_from)
    found = [step for session in live for step in _steps(session)]
    # A stable sort keeps the records of a file in order where their times are equal.
    return sorted(found, key=lambda step: step.at)


def _steps(session: DemoSession) -> Iterator[Step]:
    for file in session.files:
        for at, line in _dated(_recorded(file), file):
            if at >= session.live_from:
                yield Step(moment(at), file.path, line)


def _dated(text: str, file: DemoFile) -> Iterator[tuple[str, str]]:
    """(time, record) for each record, the times never going backwards.

    A record without a time has that of the record before it, the first that of its file.
    """
    latest = file.started
    for line in text.split("\n"):
        if line:
            latest = max(latest, stamp_of(line))
            yield latest, line + "\n"


def _recorded(file: DemoFile) -> str:
    text = (SESSIONS / file.data).read_text(encoding="utf-8")
    return text.replace(NO_PID, f'"pid":{os.getpid()},')


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(line)
