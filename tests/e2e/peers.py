"""Real servers that take OTLP, installed from PyPI each into an environment of its own."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.agents import INSTALL_SECONDS, UnavailableError
from tests.export.otlp.server import free_port

START_SECONDS = 180.0
"""MLflow and Phoenix take up to a minute on a quiet machine."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A package and what of it is run."""

    package: str
    version: str
    program: str
    """A glob pattern below the environment."""


MLFLOW = Peer("mlflow", "3.17.2", "bin/mlflow")
PHOENIX = Peer("arize-phoenix", "20.26.1", "bin/phoenix")
ROTEL = Peer("rotel", "0.0.1a15", "lib/python*/site-packages/rotel/rotel-agent")


def install(peer: Peer, cache: Path) -> Path:
    """The program of a peer, installed with pip if it is not there yet."""
    folder = cache / f"{peer.package}-{peer.version}"
    folder.mkdir(parents=True, exist_ok=True)
    venv = folder / "venv"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "installed"
        if not done.exists():
            _run([sys.executable, "-m", "venv", "--clear", str(venv)], peer)
            quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
            wanted = f"{peer.package}=={peer.version}"
            _run([str(venv / "bin/python"), "-m", "pip", "install", *quiet, wanted], peer)
            done.touch()
    found = sorted(venv.glob(peer.program))
    if not found:
        raise UnavailableError(f"{peer.package} {peer.version} has no {peer.program}")
    return found[0]


def _run(command: Sequence[str], peer: Peer) -> None:
    try:
        made = subprocess.run(
            command, capture_output=True, check=False, text=True, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired as late:
        raise UnavailableError(f"{peer.package} was not installed in time") from late
    if made.returncode != 0:
        last = " ".join(made.stderr.strip().splitlines()[-2:])
        raise UnavailableError(f"{peer.package} cannot be installed: {last[:200]}")


@dataclass
class PeerServer:
    """A server of this machine that can be killed and started again over the same data."""

    command: Sequence[str]
    folder: Path
    base: str
    health: str
    """Path that is answered once it is ready; empty: an open port is enough."""
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder),
                     "LANG": "C.UTF-8", **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            said = (self.folder / "output.txt").read_text(errors="replace")[-1500:]
            assert self.process.poll() is None, f"it ended by itself: {said}"
            assert time.monotonic() < deadline, f"it did not start: {said}"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, with the processes that it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.base + self.health, timeout=2) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return not self.health
        except OSError:
            return False


@contextmanager
def _running(server: PeerServer) -> Iterator[PeerServer]:
    server.folder.mkdir(parents=True, exist_ok=True)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def mlflow_server(program: Path, folder: Path) -> Iterator[PeerServer]:
    """MLflow over a database of its own."""
    port = free_port()
    command = [
        str(program), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "./artifacts",
    ]  # fmt: skip
    # Its workers are started as `python` of the environment.
    environment = {"PATH": f"{program.parent}:/usr/local/bin:/usr/bin:/bin",
                   "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}  # fmt: skip
    with _running(
        PeerServer(command, folder, f"http://127.0.0.1:{port}", "/health", environment)
    ) as server:
        yield server


@contextmanager
def phoenix_server(program: Path, folder: Path) -> Iterator[PeerServer]:
    """Phoenix over a database of its own."""
    port = free_port()
    environment = {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    server = PeerServer(
        [str(program), "serve"], folder, f"http://127.0.0.1:{port}", "/healthz", environment
    )
    with _running(server):
        yield server


@contextmanager
def rotel_server(program: Path, folder: Path, behind: str) -> Iterator[PeerServer]:
    """Rotel, a collector, which hands on to the OTLP server `behind` it."""
    port = free_port()
    command = [
        str(program), "start", "--otlp-http-endpoint", f"127.0.0.1:{port}",
        "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}", "--exporter", "otlp",
        "--otlp-exporter-endpoint", behind, "--otlp-exporter-protocol", "http",
        "--batch-timeout", "100ms",
    ]  # fmt: skip
    with _running(PeerServer(command, folder, f"http://127.0.0.1:{port}", "")) as server:
        yield server
