"""A headless Chromium, and a server that notices whether a page asks for anything."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
)
_PATIENCE = 90


def find_browser() -> str:
    """The program; skips where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    return program


def run_browser(page: Path, *flags: str) -> tuple[str, str]:
    """(the page's elements after it ran, what its console said)."""
    with tempfile.TemporaryDirectory(prefix="aimux-chromium-") as profile:
        done = subprocess.run(
            [find_browser(), *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()],
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    said = done.stderr.decode("utf-8", "replace")
    console = "\n".join(line for line in said.splitlines() if "CONSOLE" in line)
    return done.stdout.decode("utf-8", "replace"), console


class _Trap(http.server.BaseHTTPRequestHandler):
    def handle(self) -> None:
        """Any request by any method, also one that is no HTTP."""
        line = self.rfile.readline(1_000).decode("latin-1").split()
        self.server.asked.append(line[1] if len(line) > 1 else "?")  # type: ignore[attr-defined]
        self.wfile.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@contextlib.contextmanager
def trap() -> Iterator[tuple[str, list[str]]]:
    """(address of a server on this machine, paths that it was asked for)."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Trap)
    asked: list[str] = []
    server.asked = asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
