"""`aimux`: the screen over all sessions, one session, or this folder's newest."""

from __future__ import annotations

import sys
from pathlib import Path

from aimux_tui.cli.receiving import receiving
from aimux_tui.cli.setup import (
    library_for,
    look_around,
    make_library,
    make_search_index,
    open_archive,
    open_book,
)
from aimux_tui.errors import CommandError
from aimux_tui.sources.discovery import find_logs


def run(target: str | None, *, follow: bool, receives: bool, theme: str | None) -> int:
    """Open the screen and return its exit code. Raises CommandError without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "the viewer needs a terminal", hint="`aimux sessions` and `aimux show` print text"
        )
    flags: dict[str, object] = {"theme": theme} if theme else {}
    if receives:
        flags["otel.enabled"] = True
    surroundings = look_around(flags)
    path = ""
    if target is not None:
        library, path = library_for(surroundings, target)
    elif not follow and next(find_logs(surroundings.homes), None) is None:
        from aimux_tui.cli import demo

        return demo.run(notice="No sessions of yours were found: this is the demo.")
    else:
        library = make_library(surroundings)
    from aimux_tui.tui.run import Start, run_app

    with receiving(surroundings) as receiver:
        return run_app(
            library,
            open_book(surroundings),
            surroundings.settings,
            surroundings.paths,
            Start(
                open_target=path or target or "",
                follow_folder=str(Path.cwd()) if follow else "",
                errors=surroundings.errors,
            ),
            archive=open_archive(surroundings),
            open_index=lambda: make_search_index(surroundings),
            receiver=receiver,
        )
