"""What runs without a screen loads nothing of a screen."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCREEN = {"textual", "rich", "watchfiles"}
SETTINGS = {"yaml", "platformdirs"}
SERVER = {"aiohttp", "google", "opentelemetry"}
NETWORK = {"httpx", "opentelemetry"}
SELDOM = {"zstandard", "pygments", "markdown_it", "multiprocessing"}


def loaded_by(statement: str, home: Path | None = None) -> set[str]:
    """First names of the modules that a fresh interpreter has after a statement."""
    program = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)},
    )
    return set(result.stdout.split())


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("aimux_tui", SCREEN | SETTINGS | SELDOM | {"msgspec"}),
        ("aimux_tui.__main__", SCREEN | SETTINGS | SELDOM | {"msgspec"}),
        ("aimux_tui.cli.main", SCREEN | SETTINGS | SELDOM | NETWORK | {"msgspec"}),
        ("aimux_tui.model.session", SCREEN | SETTINGS | SELDOM),
        ("aimux_tui.providers.registry", SCREEN | SETTINGS | SELDOM),
        ("aimux_tui.sources.watcher", SCREEN | SETTINGS | SELDOM),
        ("aimux_tui.store.library", SCREEN | SETTINGS | SELDOM | NETWORK),
        ("aimux_tui.tui.app", NETWORK),
        ("aimux_tui.store.watching", SCREEN | SETTINGS | SELDOM),
        ("aimux_tui.store.telemetry.reader", SCREEN | SETTINGS | SERVER),
        ("aimux_tui.receiver.thread", SCREEN | SETTINGS | SELDOM | SERVER),
    ],
)
def test_a_headless_module_loads_no_screen(module: str, unwanted: set[str]):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"there is no {module}")
    assert not loaded_by(f"import {module}") & unwanted


def test_every_provider_loads_without_a_screen():
    statement = (
        "from aimux_tui.providers.registry import load_provider, provider_names\n"
        "for name in provider_names(): load_provider(name)"
    )
    assert not loaded_by(statement) & (SCREEN | SETTINGS | SELDOM)


def test_the_list_of_sessions_is_printed_without_a_screen(tmp_path: Path):
    statement = (
        "from aimux_tui.cli.main import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()): main(['sessions', '--json'])"
    )
    assert not loaded_by(statement, tmp_path) & SCREEN
