"""Forwarding while telemetry is received without a screen."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from aimux_tui.cli.forwarding import ForwardThread
from aimux_tui.config.schema import ExportSettings, Settings
from aimux_tui.errors import ExportError
from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.index import index_body
from aimux_tui.otlp.payload import Encoding
from aimux_tui.paths import Paths
from aimux_tui.store.telemetry.writer import TelemetryWriter
from tests.export.otlp.server import Reply, Server, serving
from tests.receiver.clients import PAYLOADS, wait_until

LOGS = PAYLOADS / "claude-protobuf" / "logs-0002.pb"


def paths_in(folder: Path) -> Paths:
    return Paths(home=folder, cache=folder, state=folder)


def receive(folder: Path) -> bytes:
    """As if an agent had sent something."""
    body = LOGS.read_bytes()
    writer = TelemetryWriter(folder / "telemetry.db")
    writer.append([index_body(Signal.LOGS, Encoding.PROTOBUF, body)])
    writer.close()
    return body


def test_what_comes_is_passed_on(tmp_path: Path) -> None:
    body = receive(tmp_path)
    with serving(Server(lambda _: Reply(202))) as server:
        settings = Settings(export=ExportSettings(endpoint=server.base))
        thread = ForwardThread(settings, paths_in(tmp_path), lambda _said: None)
        thread.start()
        try:
            wait_until(lambda: [request.plain for request in server.posts] == [body])
            receive(tmp_path)
            wait_until(lambda: len(server.posts) == 2)
        finally:
            thread.stop()


def test_an_endpoint_that_takes_nothing_is_told_of(tmp_path: Path) -> None:
    receive(tmp_path)
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    with serving(Server(lambda _: Reply(401))) as server:
        settings = Settings(export=ExportSettings(endpoint=server.base))
        thread = ForwardThread(settings, paths_in(tmp_path), told.put)
        thread.start()
        try:
            assert "401" in told.get(timeout=20)
        finally:
            thread.stop()


def test_there_must_be_an_endpoint(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no endpoint"):
        ForwardThread(Settings(), paths_in(tmp_path), print)
