"""The OTLP receiver under load, against a collector that throws everything away.

    python -m benchmarks.receiver                    # accepting, decoding      (1 minute)
    python -m benchmarks.receiver --soak 3600        # memory over an hour of load

aimux keeps what it receives on disk before it answers; rotel (Rust, from PyPI) is run with its
blackhole exporter. Both are running all the time and are loaded in turns; what counts is the
processor time of each per record, since the load itself needs the other processor.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.payload import Encoding
from benchmarks import environment
from benchmarks.corpus import bench_dir
from benchmarks.generate.telemetry import as_json, log_requests, span_requests
from benchmarks.peers import PeerMissingError
from benchmarks.process import tree_cpu, tree_rss

ROTEL_VERSION = "0.0.1a15"
_CONNECTIONS = 4
_BATCH = 512
_PROTOBUF, _JSON = "application/x-protobuf", "application/json"


@dataclass(frozen=True, slots=True)
class Load:
    """Requests of one kind."""

    name: str
    path: str
    content_type: str
    bodies: Sequence[bytes]
    records: int
    """In each body."""
    requests: int
    """In one round."""


@dataclass(frozen=True, slots=True)
class Server:
    """A program that takes OTLP over HTTP."""

    name: str
    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a load."""

    wall: float
    cpu: float
    records: int


def loads() -> list[Load]:
    """The kinds of load."""
    spans, logs = span_requests(8, _BATCH), log_requests(8, _BATCH)
    small = log_requests(64, 5)
    return [
        Load("spans, 512 a request", "/v1/traces", _PROTOBUF, spans, _BATCH, 120),
        Load("log records, 512 a request", "/v1/logs", _PROTOBUF, logs, _BATCH, 120),
        Load("spans in JSON", "/v1/traces", _JSON, [as_json(body) for body in spans], _BATCH, 40),
        Load("log records, 5 a request", "/v1/logs", _PROTOBUF, small, 5, 2000),
    ]


def install_rotel() -> Path:
    """The program of rotel, installed now unless it is there. Raises PeerMissingError."""
    folder = bench_dir() / "peers" / f"rotel-{ROTEL_VERSION}"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True)
        command = [str(folder / "bin" / "pip"), "install", "-q", f"rotel=={ROTEL_VERSION}"]
        if subprocess.run(command, check=False).returncode:
            raise PeerMissingError("rotel cannot be installed from PyPI")
        (folder / "installed").touch()
    found = list(folder.glob("lib/*/site-packages/rotel/rotel-agent"))
    if not found:
        raise PeerMissingError("rotel has no program for this machine")
    return found[0]


@contextmanager
def serving(name: str, argv: Sequence[str], port: int, env: Mapping[str, str]) -> Iterator[Server]:
    """A server at work."""
    process = subprocess.Popen(
        argv,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[1],
    )
    try:
        _await_port(port)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def run_round(server: Server, load: Load) -> Round:
    """Send a load over some connections at once and wait for every answer."""
    share = load.requests // _CONNECTIONS
    failures: list[str] = []

    def send(first: int) -> None:
        with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
            for number in range(first, first + share):
                body = load.bodies[number % len(load.bodies)]
                head = (
                    f"POST {load.path} HTTP/1.1\r\nHost: localhost\r\n"
                    f"Content-Type: {load.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                connection.sendall(head.encode() + body)
                answer = connection.recv(65536)
                if b" 200 " not in answer[:16]:
                    failures.append(answer[:80].decode(errors="replace"))
                    return

    threads = [
        threading.Thread(target=send, args=(number * share,)) for number in range(_CONNECTIONS)
    ]
    cpu, start = tree_cpu(server.pid), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - start
    if failures:
        raise RuntimeError(f"{server.name} answered {failures[0]}")
    return Round(wall, tree_cpu(server.pid) - cpu, share * _CONNECTIONS * load.records)


def compare(servers: Sequence[Server], rounds: int) -> list[str]:
    """Rows of a table: each load on each server, in turns."""
    rows = []
    for load in loads():
        found: dict[str, list[Round]] = {server.name: [] for server in servers}
        for number in range(-1, rounds):
            for server in servers:
                result = run_round(server, load)
                if number >= 0:
                    found[server.name].append(result)
        micros = {
            name: statistics.median(one.cpu / one.records * 1e6 for one in results)
            for name, results in found.items()
        }
        for name, results in found.items():
            rate = max(one.records / one.wall for one in results)
            ratio = micros[name] / micros[servers[-1].name]
            rows.append(
                f"| {load.name} | {name} | **{micros[name]:.2f}** | {ratio:.2f} | {rate:,.0f} |"
            )
    return rows


def decoding(rounds: int) -> list[str]:
    """Rows of a table: decoding in full, as when a record is shown."""
    rows = []
    spans, logs = span_requests(4, _BATCH), log_requests(4, _BATCH)
    for name, signal, encoding, bodies in (
        ("spans", Signal.TRACES, Encoding.PROTOBUF, spans),
        ("spans in JSON", Signal.TRACES, Encoding.JSON, [as_json(body) for body in spans]),
        ("log records", Signal.LOGS, Encoding.PROTOBUF, logs),
    ):
        seconds = min(_time(lambda s=signal, e=encoding, b=bodies: _decode(s, e, b))
                      for _ in range(rounds + 2))  # fmt: skip
        micros = seconds / (len(bodies) * _BATCH) * 1e6
        rows.append(f"| {name} decoded in full | aimux | {micros:.1f} | | {1e6 / micros:,.0f} |")
    return rows


def _decode(signal: Signal, encoding: Encoding, bodies: Sequence[bytes]) -> None:
    for body in bodies:
        assert len(decode_body(signal, encoding, body)) == _BATCH


def _time(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def soak(server: Server, seconds: float) -> None:
    """Print memory every so often while everything is sent, over and over."""
    kinds = loads()
    end, number, sent = time.monotonic() + seconds, 0, 0
    first = 0
    while time.monotonic() < end:
        sent += run_round(server, kinds[number % len(kinds)]).records
        number += 1
        if number % 4 == 0:
            rss = tree_rss(server.pid)
            first = first or rss
            print(f"{sent:>12,} records  {rss / 1e6:7.1f} MB  {rss / first:.2f}x", flush=True)


def _await_port(port: int) -> None:
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens at {port}")


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--soak", type=float, metavar="SECONDS")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(dir=bench_dir() / "scratch" if bench_dir().exists() else None)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        port = free_port()
        argv = [sys.executable, "-m", "aimux_tui", "receive", "--port", str(port)]
        ours = stack.enter_context(serving("aimux", argv, port, {"AIMUX_STATE_DIR": folder}))
        if options.soak:
            soak(ours, options.soak)
            return
        servers = [ours]
        try:
            other, grpc = free_port(), free_port()
            argv = [str(install_rotel()), "start", "--exporter", "blackhole"]
            argv += ["--otlp-http-endpoint", f"127.0.0.1:{other}"]
            argv += ["--otlp-grpc-endpoint", f"127.0.0.1:{grpc}"]
            servers.append(stack.enter_context(serving("rotel", argv, other, {})))
        except (PeerMissingError, RuntimeError) as reason:
            print(f"without rotel: {reason}")
        spin = environment.spin_ms()
        print(
            "| load | program | CPU µs a record | ratio | most records/s |\n|---|---|---|---|---|"
        )
        print("\n".join([*compare(servers, options.runs), *decoding(options.runs)]))
        print(f"\n{environment.describe()}, spin {spin:.0f} ms")


if __name__ == "__main__":
    main()
