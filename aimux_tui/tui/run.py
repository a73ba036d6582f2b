"""Running the screen: what the command line calls."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from aimux_tui.analysis.accounts import Accounts
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.config.keymap import build_keymap
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.local_exports import LocalExports
from aimux_tui.tui.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.config.schema import Settings
    from aimux_tui.errors import ConfigError
    from aimux_tui.paths import Paths
    from aimux_tui.store.library import Library


def run_app(
    library: Library,
    book: AnnotationBook,
    settings: Settings,
    paths: Paths,
    *,
    errors: Sequence[ConfigError] = (),
    open_target: str = "",
    follow_folder: str = "",
    notice: str = "",
) -> int:
    """Show the sessions of a library until the user quits. Returns the exit code.

    `book` holds what is said of them; exports go where `paths` say. `errors` are those of the
    settings, to be told. `open_target` names a session or a log to open first; `follow_folder` a
    folder whose newest session is opened and stayed with.
    """
    # Nothing that is made while starting is garbage; looking for some takes a tenth of the start.
    gc.disable()
    feed = LibraryFeed(library)
    feed.begin()
    from aimux_tui.tui.app import AimuxApp

    keymap, key_errors = build_keymap(COMMANDS, settings.keys, settings.origins)
    setup = Setup(
        feed,
        LabelFeed(book),
        settings,
        keymap,
        accounts=Accounts(library),
        exports=LocalExports(library, book, settings.export, paths),
        errors=[*errors, *key_errors],
        open_target=open_target,
        follow_folder=follow_folder,
        notice=notice,
    )
    app = AimuxApp(setup)
    app.run(mouse=settings.ui.mouse)
    return app.return_code or 0
