"""What the demo holds: which recorded file goes where in a home, and when all that was."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

SESSIONS = Path(__file__).parent / "sessions"
"""The recorded files, and the manifest beside them."""
MANIFEST = "manifest.json"

ISO_TIME = re.compile(r'"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"')
EPOCH_TIME = re.compile(
    r'("(?:started|completed)_at(?:_ms)?"|"(?:started|updated|statusUpdated)At"):(\d{10,13})\b'
)


class DemoFile(msgspec.Struct, frozen=True):
    """A recorded file."""

    data: str
    """Where it lies below `SESSIONS`."""
    path: str
    """Where it goes below a home; holds strftime fields if `named_by` is set."""
    started: str = ""
    """The recorded time after which the file is named."""
    named_by: str = ""
    """"utc" or "local": the clock after which the agent names the file."""


class DemoSession(msgspec.Struct, frozen=True):
    """A recorded session with its sub-agents."""

    name: str
    provider: str
    files: tuple[DemoFile, ...]
    live_from: str = ""
    """The recorded time from which on the session is replayed live."""


class Manifest(msgspec.Struct, frozen=True):
    """Everything recorded, as seen from one moment."""

    present: str
    """The moment that is to become now."""
    sessions: tuple[DemoSession, ...]


@cache
def manifest() -> Manifest:
    """The bundled manifest."""
    return msgspec.json.decode((SESSIONS / MANIFEST).read_bytes(), type=Manifest)


def moment(stamp: str) -> datetime:
    """An ISO time of the logs."""
    return datetime.fromisoformat(stamp)


def stamp_of(text: str) -> str:
    """The first time named in a record; empty if there is none."""
    found = ISO_TIME.search(text)
    return found[1] if found else ""


def shifted(text: str, delta: timedelta) -> str:
    """The records in `text` with every time in them moved."""

    def move_iso(found: re.Match[str]) -> str:
        return f'"{iso(moment(found[1]) + delta)}"'

    def move_epoch(found: re.Match[str]) -> str:
        unit = 1000 if len(found[2]) == 13 else 1
        return f"{found[1]}:{int(found[2]) + round(delta.total_seconds() * unit)}"

    return EPOCH_TIME.sub(move_epoch, ISO_TIME.sub(move_iso, text))


def iso(when: datetime) -> str:
    """A time as the agents write it."""
    utc = when.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def place(file: DemoFile, delta: timedelta) -> str:
    """Where a file goes below a home once its times are moved."""
    if not file.named_by:
        return file.path
    started = moment(file.started) + delta
    return (started.astimezone() if file.named_by == "local" else started).strftime(file.path)
