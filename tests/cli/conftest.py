"""Every test of the command line has a home of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aimux_tui.cli.main import main
from tests.cli.homes import make_home

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing of the real one can be seen."""
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "AIMUX_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AIMUX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("AIMUX_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def logs(home: Path) -> dict[str, Path]:
    """One session of each agent in the home."""
    return make_home(home)


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command line: (exit code, standard output, standard error)."""

    def run_once(*arguments: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        code = main(arguments)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run_once
