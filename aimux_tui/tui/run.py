"""Running the screen: what the command line calls."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.analysis.accounts import Accounts
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.config.keymap import build_keymap
from aimux_tui.errors import ConfigError
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.keeper import Keeper
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.local_archive import LocalArchive
from aimux_tui.tui.local_exports import LocalExports
from aimux_tui.tui.search.local_search import LocalSearch
from aimux_tui.tui.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.config.schema import Settings
    from aimux_tui.export.forwarded import Forwarded
    from aimux_tui.paths import Paths
    from aimux_tui.sources.archive import Archive
    from aimux_tui.store.library import Library
    from aimux_tui.store.search.index import SearchIndex
    from aimux_tui.tui.telemetry.ports import ReceiverPort


class Start(Struct, frozen=True, kw_only=True):
    """What a run begins with."""

    open_target: str = ""
    """The session or log to open first."""
    follow_folder: str = ""
    """A folder whose newest session is opened and stayed with."""
    notice: str = ""
    """To be told."""
    errors: Sequence[ConfigError] = ()
    """Those of the settings, to be told."""


def run_app(
    library: Library,
    book: AnnotationBook,
    settings: Settings,
    paths: Paths,
    start: Start,
    *,
    archive: Archive | None = None,
    receiver: ReceiverPort | None = None,
    open_index: Callable[[], SearchIndex] | None = None,
) -> int:
    """Show the sessions of a library until the user quits. Returns the exit code.

    `book` holds what is said of them, `archive` keeps the logs of those that are labelled; exports
    go where `paths` say, and telemetry is read from there, whoever receives it. `open_index` opens
    what makes searches quick.
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
        keeper=Keeper(LocalArchive(library, archive, book)) if archive is not None else None,
        search=LocalSearch(library, book, open_index),
        exports=LocalExports(library, book, settings.export, paths),
        telemetry=Telemetry(paths.telemetry),
        receiver=receiver,
        forward=lambda endpoint: _forward(settings, paths, endpoint),
        errors=[*start.errors, *key_errors],
        open_target=start.open_target,
        follow_folder=start.follow_folder,
        notice=start.notice,
    )
    app = AimuxApp(setup)
    app.run(mouse=settings.ui.mouse)
    return app.return_code or 0


def _forward(settings: Settings, paths: Paths, endpoint: str) -> Forwarded:
    """Pass telemetry on; what that takes is loaded when somebody wants it."""
    from aimux_tui.export.forwarding import forward_once

    return forward_once(settings, paths, endpoint)
