"""Which sessions and turns `aimux export` is about, from its arguments."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.cli.label import parse_turns
from aimux_tui.cli.sessions import parse_since
from aimux_tui.cli.setup import find_session, is_path, make_library, open_book
from aimux_tui.errors import CommandError, SessionError
from aimux_tui.export.scope import Scope, Selection
from aimux_tui.model.annotation import Label
from aimux_tui.providers.registry import provider_names
from aimux_tui.sources.discovery import logs_at
from aimux_tui.spelling import suggestion

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from aimux_tui.cli.setup import Surroundings
    from aimux_tui.model.session import Session
    from aimux_tui.store.library import Library


def choose(surroundings: Surroundings, options: argparse.Namespace) -> Selection:
    """Everything that the arguments ask for, from logs that are read in full.

    Raises CommandError, SessionError.
    """
    _refuse_nonsense(options)
    library, sessions = _sessions(surroundings, options.session)
    turns: frozenset[str] = frozenset()
    if options.turn is not None:
        trace = library.open(sessions[0].key)
        trace.refresh()
        turns = frozenset(turn.key for turn in parse_turns(options.turn, trace.turns))
    scope = Scope(
        sessions=tuple(session.key for session in sessions),
        turns=turns,
        labels=frozenset(map(Label, options.label or ())),
        provider=options.provider or "",
        project=options.project or "",
        since=parse_since(options.since, datetime.now(UTC)) if options.since else None,
    )
    book = open_book(surroundings)
    book.load()
    return Selection(library, book, scope)


def _refuse_nonsense(options: argparse.Namespace) -> None:
    names = provider_names()
    if options.provider and options.provider not in names:
        hint = suggestion(options.provider, names)
        raise CommandError(f"no provider {options.provider!r}", hint=hint)
    if options.turn is not None and len(options.session) != 1:
        raise CommandError("--turn is of one session", hint="name that session")
    filters = (options.label, options.provider, options.project, options.since)
    if not options.session and not any(filters) and not options.all:
        raise CommandError(
            "what is to be exported?", hint="name a session, give a filter, or --all"
        )
    if options.session and options.all:
        raise CommandError("either sessions or --all")


def _sessions(surroundings: Surroundings, targets: Sequence[str]) -> tuple[Library, list[Session]]:
    """The library that holds what the targets name, and what they name."""
    paths = [Path(target).expanduser().absolute() for target in targets if is_path(target)]
    outside = [
        path
        for path in paths
        if not any(path.is_relative_to(home.path) for home in surroundings.homes)
    ]
    if outside and len(outside) < len(targets):
        raise CommandError(
            f"{outside[0]} lies in no agent's home",
            hint="files from elsewhere are exported by themselves, without sessions from homes",
        )
    logs = [log for path in outside for log in logs_at(path)] if outside else None
    library = make_library(surroundings, logs=logs)
    library.load_fully()
    return library, [_session(library, target) for target in targets]


def _session(library: Library, target: str) -> Session:
    if not is_path(target):
        return find_session(library, target)
    path = str(logs_at(Path(target).expanduser().absolute())[0].file.path)
    for session in library.sessions():
        if path in {session.path, *session.other_paths}:
            return session
    raise SessionError(f"{path}: {library.unreadable.get(path, 'it holds no session')}")
