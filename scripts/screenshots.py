"""Make `screenshots/` from the demo: three widths, dark and light, as SVG (and PNG on demand).

`python scripts/screenshots.py [--png]`; PNG needs rsvg-convert.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.cli.setup import look_around, make_library
from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings
from aimux_tui.demo.replay import install
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TARGET = Path(__file__).parents[1] / "screenshots"
PATIENCE_S = 20
LOGIN = "After the login"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its size, its theme, and the keys pressed before it is taken."""

    name: str
    size: tuple[int, int]
    theme: str
    keys: tuple[str, ...]
    shows: str
    """A text that is on the screen when it is ready."""


SHOTS = (
    Shot("wide", (180, 46), "aimux", ("home", "down", "enter", *["down"] * 12), "safeReturn"),
    Shot("wide-light", (180, 46), "aimux-light", ("home", "enter"), "returnTo"),
    Shot("medium", (100, 30), "aimux", ("home", "enter"), "returnTo"),
    Shot("narrow", (45, 40), "aimux", ("home", "enter"), "returnTo"),
    Shot("help", (120, 40), "aimux", ("question_mark",), "quit"),
)


async def take(shot: Shot, home: Path) -> str:
    """Run the screen over the demo in `home` without a terminal; returns the picture as SVG."""
    surroundings = look_around(env={"AIMUX_HOME": str(home / "aimux")}, home=home)
    library = make_library(surroundings, uses_index=False)
    library.load()
    login = next(one.key for one in library.sessions() if one.title.startswith(LOGIN))
    settings = Settings(theme=shot.theme)
    labels = LabelFeed(EvaluationBook(surroundings.paths.evaluations))
    setup = Setup(LibraryFeed(library), labels, settings, default_keymap(), open_target=login)
    app = AimuxApp(setup)
    async with app.run_test(size=shot.size) as pilot:
        await until(app, pilot.pause, "Fix it, but")
        for key in shot.keys:
            await pilot.press(key)
        await until(app, pilot.pause, shot.shows)
        await pilot.pause(0.5)  # the detail pane refines itself when the keys have rested
        return app.export_screenshot(title="aimux")


def screen_text(app: AimuxApp) -> str:
    """The screen as plain text."""
    strips = app.screen._compositor.render_strips()  # noqa: SLF001 - Textual has no public way
    return "\n".join(strip.text for strip in strips)


async def until(app: AimuxApp, pause: Callable[[], Awaitable[None]], text: str) -> None:
    """Let the app work until the screen shows a text."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while text not in screen_text(app):
                await pause()
    except TimeoutError:
        raise SystemExit(f"the screen never showed {text!r}:\n{screen_text(app)}") from None


def main() -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--png", type=Path, help="also write PNG files into this folder")
    options = parser.parse_args()
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        install(home, datetime.now(UTC))
        for shot in SHOTS:
            file = TARGET / f"{shot.name}.svg"
            file.write_text(asyncio.run(take(shot, home)))
            print(file)
            if options.png:
                options.png.mkdir(exist_ok=True)
                picture = options.png / f"{shot.name}.png"
                subprocess.run(["rsvg-convert", "-o", str(picture), str(file)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
