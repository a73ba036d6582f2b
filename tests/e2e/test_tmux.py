"""The real program in a real terminal: tmux types the keys and reads the screen."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.homes import CLAUDE_ID, at, make_home

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30


class Tmux:
    """A tmux server of our own with one window that runs a command."""

    def __init__(self, socket: Path, home: Path, columns: int, rows: int) -> None:
        settings = socket.with_suffix(".conf")
        settings.write_text(f"set -g default-size {columns}x{rows}\n")
        self._tmux = ["tmux", "-S", str(socket), "-f", str(settings)]
        self._home = home
        self._size = (columns, rows)

    def start(self, *arguments: str, folder: Path | None = None) -> None:
        env = {
            "AIMUX_CACHE_DIR": str(self._home / "cache"),
            "AIMUX_STATE_DIR": str(self._home / "state"),
            "PYTHONPATH": str(ROOT),
            "COLORTERM": "truecolor",
        }
        setting = [part for item in env.items() for part in ("-e", "=".join(item))]
        columns, rows = self._size
        # The pane outlives the program, so that its last words and its exit code can be read.
        program = shlex.join([sys.executable, "-m", "aimux_tui", *arguments])
        command = f'{program}; echo "exit $?"; exec cat'
        self._call("new-session", "-d", "-x", str(columns), "-y", str(rows), *setting,
                   "-c", str(folder or self._home), command)  # fmt: skip

    def keys(self, *keys: str) -> None:
        self._call("send-keys", *keys)

    def screen(self) -> str:
        return self._call("capture-pane", "-p")

    def panes(self) -> int:
        return len(self._call("list-panes").splitlines())

    def until(self, condition: Callable[[str], bool]) -> str:
        end = time.monotonic() + PATIENCE_S
        screen = ""
        while time.monotonic() < end:
            screen = self.screen()
            if condition(screen):
                return screen
            time.sleep(0.02)  # between two looks, not instead of one
        pytest.fail(f"the screen never showed it:\n{screen}")

    def stop(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _call(self, *arguments: str) -> str:
        # COLUMNS and LINES, if the test runner has set them, would be believed by the program.
        env = {"PATH": os.environ["PATH"], "HOME": str(self._home), "LANG": "C.UTF-8"}
        done = subprocess.run(
            [*self._tmux, *arguments], capture_output=True, text=True, check=True, env=env
        )
        return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_home(tmp_path)
    return tmp_path


@pytest.fixture(params=[(200, 50), (100, 30), (45, 40)], ids=["wide", "medium", "narrow"])
def tmux(request: pytest.FixtureRequest, home: Path) -> Iterator[Tmux]:
    server = Tmux(home / "tmux", home, *request.param)
    yield server
    server.stop()


@pytest.fixture
def wide(home: Path) -> Iterator[Tmux]:
    server = Tmux(home / "tmux", home, 200, 50)
    yield server
    server.stop()


def append(home: Path, prompt: str) -> None:
    """The user of the Claude session types one more prompt."""
    record = {
        "type": "user",
        "uuid": f"late-{prompt}",
        "timestamp": at(60),
        "sessionId": CLAUDE_ID,
        "cwd": "/home/dev/shop",
        "message": {"role": "user", "content": prompt},
    }
    log = home / ".claude" / "projects" / "-home-dev-shop" / f"{CLAUDE_ID}.jsonl"
    with log.open("a") as stream:
        stream.write(json.dumps(record) + "\n")


def test_from_the_list_into_a_turn_and_out(tmux: Tmux) -> None:
    tmux.start()
    tmux.until(lambda screen: "Fix the login" in screen and "Run the tests" in screen)
    tmux.keys("/")
    tmux.keys("-l", "login")
    tmux.until(lambda screen: "Run the tests" not in screen)
    tmux.keys("Enter")
    tmux.keys("Enter")
    tmux.until(lambda screen: re.search(r"\u25b8 +1 ", screen) is not None)
    tmux.keys("Enter")
    tmux.until(lambda screen: "pytest -q" in screen)
    tmux.keys("q")
    tmux.until(lambda screen: "exit 0" in screen)


def test_what_an_agent_writes_appears(home: Path, tmux: Tmux) -> None:
    tmux.start(CLAUDE_ID[:8])
    tmux.until(lambda screen: "Fix the login" in screen)
    append(home, "Now add a test for it")
    tmux.until(lambda screen: "Now add a test" in screen)


def test_keys_typed_in_one_go_are_all_heeded(wide: Tmux) -> None:
    wide.start()
    wide.until(lambda screen: "Fix the login" in screen)
    wide.keys("-l", ":quit\r")
    wide.until(lambda screen: "exit 0" in screen)


def test_follow_shows_the_newest_session_of_the_folder(home: Path, wide: Tmux) -> None:
    folder = home / "shop"
    folder.mkdir()
    log = home / ".claude" / "projects" / "-home-dev-shop" / f"{CLAUDE_ID}.jsonl"
    log.write_text(log.read_text().replace("/home/dev/shop", str(folder)))
    wide.start("--follow", folder=folder)
    wide.until(lambda screen: "Fix the login" in screen)


def test_a_log_from_anywhere(home: Path, tmp_path: Path, tmux: Tmux) -> None:
    log = tmp_path / "elsewhere.jsonl"
    found = next((home / ".codex").rglob("*.jsonl"))
    shutil.copy(found, log)
    tmux.start(str(log))
    tmux.until(lambda screen: "Run the tests" in screen)


def test_aimux_tmux_opens_a_pane_beside_this_one(home: Path, wide: Tmux) -> None:
    wide.start("tmux", "--width", "60")
    wide.until(lambda screen: "exit 0" in screen)
    assert wide.panes() == 2


def test_the_demo_runs_without_any_logs(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    server = Tmux(tmp_path / "tmux", empty, 200, 50)
    try:
        server.start()
        server.until(lambda screen: "demo" in screen and "shop" in screen)
        server.keys("q")
        server.until(lambda screen: "exit 0" in screen)
    finally:
        server.stop()


def shows_turns(screen: str) -> bool:
    return re.search(r"[\u25b8\u25be] +1 ", screen) is not None


def test_turns_are_judged_from_the_keyboard(home: Path, tmux: Tmux) -> None:
    tmux.start(CLAUDE_ID[:8])
    tmux.until(shows_turns)
    tmux.keys("Home", "b")
    tmux.until(lambda screen: "1 of " in screen and "✗" in screen)
    # Nothing of this is a command, and it may come faster than the editor opens.
    tmux.keys("-l", "nquit, good\rand bad")
    tmux.until(lambda screen: "quit, good" in screen and "and bad" in screen)
    tmux.keys("C-s")
    tmux.until(lambda screen: "✎" in screen and "ctrl+s" not in screen)
    tmux.keys("L")
    tmux.until(lambda screen: "What became" in screen)
    tmux.keys("Right")
    tmux.until(lambda screen: "[achieved]" in screen)
    tmux.keys("C-s")
    tmux.until(lambda screen: "What became" not in screen)
    tmux.keys("q")
    tmux.until(lambda screen: "exit 0" in screen)
    (file,) = (home / ".aimux" / "evaluations").iterdir()
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [event["label"] for event in events if "label" in event] == ["bad"]
    assert [event["note"] for event in events if "note" in event] == ["quit, good\nand bad"]
    assert [event["verdict"] for event in events if "verdict" in event] == ["achieved"]
    assert any(event.get("turn_hash") for event in events)


def test_two_screens_show_each_others_labels(home: Path, wide: Tmux) -> None:
    other = Tmux(home / "tmux2", home, 45, 40)
    try:
        for screen in (wide, other):
            screen.start(CLAUDE_ID[:8])
            screen.until(shows_turns)
            screen.keys("Home")
        wide.keys("g")
        other.until(lambda text: "labelled" in text and "✓" in text)
        other.keys("w")
        wide.until(lambda text: "~ WASTE" in text)
        wide.keys("u")
        wide.until(lambda text: "somebody else" in text)
    finally:
        other.stop()
