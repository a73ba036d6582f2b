"""`aimux demo`: the bundled sessions in a throw-away home, one of them playing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.cli.setup import look_around, make_library
from aimux_tui.demo.replay import install, replay
from aimux_tui.errors import CommandError
from aimux_tui.paths import find_paths

_HOMES = frozenset({"HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME"})
"""Variables that would lead back to the user's own sessions."""


def run(*, speed: float = 1.0, is_kept: bool = False, notice: str = "") -> int:
    """Lay the demo out, open the screen on it, and clean up. Returns the screen's exit code."""
    if speed <= 0:
        raise CommandError(f"--speed {speed} is no speed", hint="give a number above 0")
    with contextlib.ExitStack() as cleanup:
        home = Path(tempfile.mkdtemp(prefix="aimux-demo-"))
        if not is_kept:
            # The player may still be writing its last record.
            cleanup.callback(shutil.rmtree, home, ignore_errors=True)
        install(home, datetime.now(UTC))
        if is_kept:
            print(f"aimux: the demo's home is {home}", file=sys.stderr)
        if not sys.stdout.isatty():
            raise CommandError(
                "the demo needs a terminal", hint="`aimux demo --keep` leaves its logs to look at"
            )
        own = find_paths(os.environ, Path.home()).home  # the user's theme and keys hold here too
        env = {name: value for name, value in os.environ.items() if name not in _HOMES}
        surroundings = look_around(env={**env, "AIMUX_HOME": str(own)}, home=home)
        library = make_library(surroundings, uses_index=False)
        player = threading.Thread(
            target=lambda: asyncio.run(replay(home, speed)), name="demo", daemon=True
        )
        from aimux_tui.tui.run import Start, run_app

        player.start()
        return run_app(
            library,
            EvaluationBook(find_paths({}, home).evaluations),
            surroundings.settings,
            surroundings.paths,
            Start(notice=notice or "This is the demo: bundled sessions, one of them playing."),
        )
