"""Opens the screen over the fake library, to be looked at: `python -m tests.tui.look`."""

from __future__ import annotations

import argparse

from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.setup import Setup
from tests.tui.fake_sessions import NOW
from tests.tui.fakes import make_library
from tests.tui.memory_book import MemoryBook


def make_app(theme: str = "aimux", **changes: object) -> AimuxApp:
    library = make_library()
    feed = LibraryFeed(library, library.watch)
    values: dict[str, object] = {
        "settings": Settings(theme=theme),
        "keymap": default_keymap(),
        "clock": lambda: NOW,
    }
    return AimuxApp(Setup(feed, LabelFeed(MemoryBook()), **(values | changes)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--theme", default="aimux")
    make_app(parser.parse_args().theme).run()
