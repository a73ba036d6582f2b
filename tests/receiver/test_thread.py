"""The receiver's life: starting, failing in plain words, sharing a port, ending."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from aimux_tui.config.schema import OtelSettings
from aimux_tui.receiver.status import ReceiverState, ReceiverStatus
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from tests.receiver.clients import (
    TRACE,
    ask,
    free_port,
    logs_request,
    traces_request,
    wait_until,
)
from tests.receiver.conftest import Start

ROOT = Path(__file__).parents[2]


def test_the_status_tells_what_came(receiver: ReceiverThread) -> None:
    assert receiver.status.state is ReceiverState.LISTENING
    assert receiver.status.url == f"http://127.0.0.1:{receiver.status.port}"
    ask(receiver.status.port, body=traces_request(3, service="one"))
    ask(receiver.status.port, "/v1/logs", logs_request("a", "b", service="two"))
    wait_until(lambda: receiver.status.requests == 2)
    status = receiver.status
    assert (status.spans, status.logs, status.points, status.records) == (3, 2, 0, 5)
    assert status.services == {"one": 3, "two": 2}
    assert status.rate == 1.0, "five records, told as an average of five seconds"
    assert status.last_ns > status.started_ns
    assert status.version == 2


def test_changes_are_told_to_whoever_wants_to_know(database: Path) -> None:
    told: list[ReceiverStatus] = []
    receiver = ReceiverThread(OtelSettings(port=free_port()), database, told.append)
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    ask(receiver.status.port, body=traces_request())
    wait_until(lambda: told[-1].spans == 1)
    receiver.stop()
    assert told[-1] == receiver.status
    states = list(dict.fromkeys(status.state for status in told))
    assert states == [ReceiverState.STARTING, ReceiverState.LISTENING, ReceiverState.OFF]
    assert told[-1].url == ""


def test_it_can_be_started_again(receiver: ReceiverThread) -> None:
    port = receiver.status.port
    receiver.stop()
    receiver.stop()
    with pytest.raises(ConnectionRefusedError):
        ask(port)
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    assert ask(port, body=traces_request()).status == 200


def test_it_can_be_stopped_before_it_listens(database: Path) -> None:
    receiver = ReceiverThread(OtelSettings(port=free_port()), database)
    receiver.start(delay=60)
    receiver.stop()
    assert receiver.status.state is ReceiverState.OFF


def test_a_taken_port_is_told_and_taken_over_when_it_is_free(database: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        receiver = ReceiverThread(OtelSettings(port=port), database)
        receiver.start()
        wait_until(lambda: receiver.status.state is ReceiverState.FAILED)
        assert receiver.status.problem == f"port {port} is taken by another program"
        assert "otel.port" in receiver.status.hint
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    assert receiver.status.problem == receiver.status.hint == ""
    receiver.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.invalid"])
def test_other_machines_are_let_in_only_if_that_is_said(start: Start, host: str) -> None:
    receiver = start(host=host)
    assert receiver.status.state is ReceiverState.FAILED
    assert "other machines" in receiver.status.problem
    assert "otel.allow_remote" in receiver.status.hint


@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", "not a host", ""])
def test_an_address_that_is_not_ours_is_told(start: Start, host: str) -> None:
    receiver = start(host=host or "256.1.1.1", allow_remote=True)
    assert receiver.status.state is ReceiverState.FAILED
    assert "address of this machine" in receiver.status.problem
    assert "127.0.0.1" in receiver.status.hint


def test_every_interface_if_that_is_said(start: Start) -> None:
    receiver = start(host="0.0.0.0", allow_remote=True)
    assert receiver.status.state is ReceiverState.LISTENING
    assert ask(receiver.status.port, body=traces_request()).status == 200


def test_two_of_them_share_what_one_receives(
    start: Start, receiver: ReceiverThread, telemetry: Telemetry
) -> None:
    second = start(port=receiver.status.port)
    assert second.status.state is ReceiverState.ELSEWHERE
    assert second.status.url == receiver.status.url
    ask(receiver.status.port, body=traces_request(2))
    assert len(telemetry.trace(TRACE.hex()).spans) == 2
    wait_until(lambda: second.status.version == 1)
    receiver.stop()
    wait_until(lambda: second.status.state is ReceiverState.LISTENING)
    assert ask(second.status.port, body=traces_request(2, first=3)).status == 200
    assert len(telemetry.trace(TRACE.hex()).spans) == 4


def test_it_leaves_word_of_who_receives(receiver: ReceiverThread, telemetry: Telemetry) -> None:
    ask(receiver.status.port, "/nowhere")
    wait_until(lambda: telemetry.last_listener() is not None)
    (listener,) = telemetry.listeners()
    assert (listener.pid, listener.port) == (os.getpid(), receiver.status.port)
    wait_until(lambda: telemetry.listeners()[0].facts["refused"] == {"unknown path": 1})
    receiver.stop()
    assert telemetry.listeners() == []


def test_a_damaged_file_is_put_aside_and_that_is_said(database: Path, start: Start) -> None:
    database.write_bytes(b"this is no database" * 1000)
    receiver = start()
    assert "put aside as telemetry.db.damaged" in receiver.status.notice
    assert database.with_name("telemetry.db.damaged").read_bytes().startswith(b"this is no")
    assert ask(receiver.status.port, body=traces_request()).status == 200


def test_a_file_that_is_damaged_later_is_replaced(
    database: Path, receiver: ReceiverThread, telemetry: Telemetry
) -> None:
    for number in range(1, 40):
        assert ask(receiver.status.port, body=traces_request(9, first=10 * number)).status == 200
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with database.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(200_000))
    wait_until(lambda: ask(receiver.status.port, body=traces_request()).status == 200)
    for _ in range(60):
        assert ask(receiver.status.port, body=traces_request(50)).status in {200, 503}
    wait_until(lambda: "put aside" in receiver.status.notice)
    assert ask(receiver.status.port, body=traces_request(2)).status == 200
    assert telemetry.trace(TRACE.hex()).spans


def test_where_nothing_can_be_written_senders_are_asked_to_come_again(
    database: Path, receiver: ReceiverThread
) -> None:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = ask(receiver.status.port, body=traces_request())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    wait_until(lambda: "locked" in receiver.status.problem)
    other.execute("ROLLBACK")
    other.close()
    assert ask(receiver.status.port, body=traces_request()).status == 200
    wait_until(lambda: receiver.status.problem == "")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    receiver = ReceiverThread(OtelSettings(port=free_port()), tmp_path / "file" / "telemetry.db")
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.FAILED)
    assert "cannot be opened" in receiver.status.problem
    receiver.stop()


def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    """The process is killed again and again while it receives; no acknowledged batch may miss."""
    port, acknowledged = free_port(), 0
    environment = {**os.environ, "AIMUX_STATE_DIR": str(tmp_path), "HOME": str(tmp_path)}
    for _ in range(3):
        command = [sys.executable, "-m", "aimux_tui", "receive", "--port", str(port), "--json"]
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None
        assert b"listening" in process.stdout.readline()
        try:
            for sent in range(60):
                if sent == 50:
                    process.send_signal(signal.SIGKILL)
                first = 1 + 10 * acknowledged
                if ask(port, body=traces_request(10, first=first)).status == 200:
                    acknowledged += 1
        except OSError:
            pass
        process.wait(20)
        process.stdout.close()
    telemetry = Telemetry(tmp_path / "telemetry.db")
    spans = {int(span.span_id, 16) for span in telemetry.trace(TRACE.hex()).spans}
    assert spans >= set(range(1, 1 + 10 * acknowledged))
    assert acknowledged >= 150
    telemetry.close()
