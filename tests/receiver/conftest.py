"""A receiver at work, on a port of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aimux_tui.config.schema import OtelSettings
from aimux_tui.receiver.limits import Limits
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from tests.receiver.clients import free_port, wait_until

Start = Callable[..., ReceiverThread]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where telemetry is kept."""
    return tmp_path / "telemetry.db"


@pytest.fixture
def telemetry(database: Path) -> Iterator[Telemetry]:
    """What was received."""
    reader = Telemetry(database)
    yield reader
    reader.close()


@pytest.fixture
def start(database: Path) -> Iterator[Start]:
    """Starts receivers that listen; they are stopped in the end."""
    started: list[ReceiverThread] = []

    def begin(limits: Limits | None = None, **settings: object) -> ReceiverThread:
        chosen = OtelSettings(**{"port": free_port(), **settings})  # type: ignore[arg-type]
        receiver = ReceiverThread(chosen, database, limits=limits)
        started.append(receiver)
        receiver.start()
        wait_until(lambda: receiver.status.state not in {ReceiverState.OFF, ReceiverState.STARTING})
        return receiver

    yield begin
    for receiver in started:
        receiver.stop()


@pytest.fixture
def receiver(start: Start) -> ReceiverThread:
    """A receiver with its usual settings."""
    return start()


@pytest.fixture
def port(receiver: ReceiverThread) -> int:
    """Where it listens."""
    return receiver.status.port
