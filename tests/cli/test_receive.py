"""`aimux receive`, and what `aimux doctor` says of telemetry."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.receiver.clients import ask, free_port, logs_request, say, traces_request, wait_until

ROOT = Path(__file__).parents[2]


@contextmanager
def receiving(home: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The command at work: its port and its process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "aimux_tui", "receive", "--port", str(port), *options],
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: ask_quietly(port))
        yield port, process
    finally:
        process.kill()
        process.communicate()


def ask_quietly(port: int) -> bool:
    try:
        return ask(port, "/", method="GET").status == 405
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_what_comes_and_ends_well(home: Path, how: signal.Signals) -> None:
    with receiving(home, "--json") as (port, process):
        ask(port, body=traces_request(3, service="shop"))
        ask(port, "/v1/logs", logs_request("one"))
        ask(port, "/nowhere")
        wait_until((home / "state" / "telemetry.db").exists)
        process.send_signal(how)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[0]["type"] == "listening"
    assert lines[0]["url"] == f"http://127.0.0.1:{port}"
    assert lines[-1]["type"] == "stopped"
    assert (lines[-1]["spans"], lines[-1]["logs"]) == (3, 1)
    assert lines[-1]["services"] == {"shop": 3, "claude-code": 1}


def test_for_people_it_is_told_in_words(home: Path) -> None:
    with receiving(home) as (port, process):
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"Receiving at http://127.0.0.1:{port} into ")
        ask(port, body=traces_request(1, service="evil\x1b[2J"))
        assert process.stdout.readline().rstrip().endswith("1 span from evil")
        say(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        line = process.stdout.readline()
        assert "refused 1x (gRPC)" in line
        assert "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in line


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--host", "0.0.0.0"], 1, "otel.allow_remote: true"),
        (["--port", "0"], 2, "expected a number from 1 to 65535"),
        (["--port", "99999"], 2, "expected a number from 1 to 65535"),
    ],
)
def test_what_cannot_be_is_told(
    home: Path, run: Run, options: list[str], code: int, words: str
) -> None:
    found, out, err = run("receive", *options)
    assert (found, out.partition("\n")[0][:9]) in {(code, ""), (code, "Received ")}
    assert words in err


def test_another_aimux_at_the_port_is_told_apart(home: Path, run: Run) -> None:
    with receiving(home) as (port, _):
        code, _, err = run("receive", "--port", str(port))
    assert code == 1
    assert "another aimux receives" in err


def test_doctor_tells_who_listens_what_came_and_what_is_wrong(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("AIMUX_OTEL_PORT", str(port))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    _, out, _ = run("doctor")
    assert f"nobody listens at 127.0.0.1:{port}" in out
    assert "OTEL_EXPORTER_OTLP_PROTOCOL is grpc" in out
    with receiving(home) as (port, process):
        monkeypatch.setenv("AIMUX_OTEL_PORT", str(port))
        ask(port, body=traces_request(3, service="shop"))
        say(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        wait_until(lambda: "gRPC" in run("doctor")[1])
        code, out, _ = run("doctor")
        assert code == 0
        assert f"aimux (process {process.pid}) listens at 127.0.0.1:{port}" in out
        assert "  shop: 3 spans, last now ago" in out
        report = json.loads(run("doctor", "--json")[1])["telemetry"]
        assert (report["listens"], report["records"], report["batches"]) == ("aimux", 3, 1)
        assert report["receiver"]["refused"][0]["reason"] == "gRPC"


def test_doctor_tells_of_a_stranger_at_the_port(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        monkeypatch.setenv("AIMUX_OTEL_PORT", str(stranger.getsockname()[1]))
        _, out, _ = run("doctor")
    assert "another program listens" in out
