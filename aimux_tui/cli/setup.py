"""What every command needs: settings, prices, homes and the library over them."""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.config.load import load_settings
from aimux_tui.config.schema import Settings
from aimux_tui.errors import ConfigError, SessionError
from aimux_tui.model.annotation import Annotations
from aimux_tui.paths import Paths, find_paths
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.providers.registry import provider_names
from aimux_tui.sources.discovery import Home, find_homes, logs_at
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aimux_tui.annotations.book import EvaluationBook
    from aimux_tui.model.session import Session
    from aimux_tui.sources.archive import Archive
    from aimux_tui.sources.discovery import FoundLog
    from aimux_tui.store.search.index import SearchIndex


class Surroundings(Struct, frozen=True):
    """Where this run of aimux finds itself."""

    paths: Paths
    settings: Settings
    errors: tuple[ConfigError, ...]
    """What is wrong with the settings; the rest of them is in force."""
    homes: tuple[Home, ...]


def look_around(
    flags: Mapping[str, object] | None = None,
    *,
    env: Mapping[str, str] = os.environ,
    home: Path | None = None,
) -> Surroundings:
    """Read the settings and find the agents' homes."""
    user = home or Path(env.get("HOME") or Path.home())
    paths = find_paths(env, user)
    settings, errors = load_settings(paths.config_file, env, flags or {})
    providers = {
        "claude": settings.providers.claude,
        "codex": settings.providers.codex,
        "gemini": settings.providers.gemini,
    }
    enabled = [name for name, provider in providers.items() if provider.enabled]
    homes = find_homes(
        enabled,
        {name: provider.paths for name, provider in providers.items()},
        env=env,
        home=user,
    )
    if paths.archive.is_dir():
        from aimux_tui.sources.archive import archived_homes

        homes += tuple(archived_homes(paths.archive, enabled))
    return Surroundings(paths, settings, tuple(errors), homes)


def tell_errors(surroundings: Surroundings) -> None:
    """Print what is wrong with the settings to the standard error."""
    for error in surroundings.errors:
        print(f"aimux: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"       {error.hint}", file=sys.stderr)


def make_library(
    surroundings: Surroundings,
    *,
    uses_index: bool = True,
    logs: Sequence[FoundLog] | None = None,
) -> Library:
    """The library over all homes, or over exactly the given logs; nothing is read yet."""
    settings = surroundings.settings
    is_indexed = uses_index and settings.index.enabled and logs is None
    index = Index(index_path(surroundings) if is_indexed else None)
    return Library(surroundings.homes, index, PriceTable(settings.cost.prices), logs=logs)


def index_path(surroundings: Surroundings) -> Path:
    """The index of exactly these homes: which log owns a shared request depends on them."""
    return surroundings.paths.cache / f"index-{_mark_of(surroundings.homes)}.db"


def make_search_index(surroundings: Surroundings, *, is_used: bool = True) -> SearchIndex:
    """The search index of exactly these homes; nothing is opened yet."""
    from aimux_tui.store.search.index import SearchIndex

    folder = surroundings.paths.cache / f"search-{_mark_of(surroundings.homes)}"
    return SearchIndex(folder if is_used and surroundings.settings.index.enabled else None)


def _mark_of(homes: Sequence[Home]) -> str:
    own = [home for home in homes if home.original is None]
    names = "\0".join(f"{home.provider} {home.path}" for home in own)
    return f"{zlib.crc32(names.encode()):08x}"


def open_book(surroundings: Surroundings) -> EvaluationBook:
    """Every label of this machine; nothing is read yet."""
    from aimux_tui.annotations.book import EvaluationBook

    return EvaluationBook(surroundings.paths.evaluations, surroundings.settings.labels.author)


def read_labels(surroundings: Surroundings) -> Callable[[str], Annotations]:
    """What is said of a session, by its key. Reads the files of labels, if there are any."""
    if not surroundings.paths.evaluations.is_dir():
        return Annotations
    book = open_book(surroundings)
    book.load()
    return book.get


def open_archive(surroundings: Surroundings) -> Archive | None:
    """Where the logs of judged sessions are kept; None if the settings say that they are not."""
    labels = surroundings.settings.labels
    if not labels.archive:
        return None
    from aimux_tui.sources.archive import Archive

    return Archive(surroundings.paths.archive, int(labels.archive_limit_mb * (1 << 20)))


def find_session(library: Library, target: str) -> Session:
    """The session with this key, id, or unambiguous start of one. Raises SessionError."""
    exact = library.get(target)
    if exact is not None:
        return exact
    found = [
        session
        for session in library.sessions()
        if session.session_id.startswith(target) or session.key.startswith(target)
    ]
    whole = [session for session in found if target in {session.session_id, session.key}]
    candidates = whole or [session for session in found if not session.parent_key] or found
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise SessionError(f"no session {target!r}", hint="`aimux sessions` lists them")
    names = ", ".join(session.key for session in candidates[:5])
    raise SessionError(f"{target!r} is the start of {len(candidates)} sessions: {names}")


def is_path(target: str) -> bool:
    """Whether a command line names a log file, not a session's id."""
    is_key = target.partition(":")[0] in provider_names()
    return (os.sep in target and not is_key) or Path(target).expanduser().is_file()


def library_for(surroundings: Surroundings, target: str) -> tuple[Library, str]:
    """The library that holds what `target` names, and the path of its log ("" for an id).

    A log below one of the homes is shown with all that belongs to it; one from elsewhere, alone.
    Raises SessionError.
    """
    if not is_path(target):
        return make_library(surroundings), ""
    path = Path(target).expanduser().absolute()
    logs = logs_at(path)
    if any(path.is_relative_to(home.path) for home in surroundings.homes):
        return make_library(surroundings), logs[0].file.path
    return make_library(surroundings, logs=logs), logs[0].file.path


def open_target(surroundings: Surroundings, target: str) -> tuple[Library, Session]:
    """The session that `target` names, in a library that is fully read. Raises SessionError."""
    library, path = library_for(surroundings, target)
    library.load_fully()
    if not path:
        return library, find_session(library, target)
    for session in library.sessions():
        if path in {session.path, *session.other_paths}:
            return library, session
    reason = library.unreadable.get(path, "it holds no session")
    raise SessionError(f"{path}: {reason}")
