"""A label means keep: the logs of judged sessions are copied before their agents delete them."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from aimux_tui.store.judged import session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.providers.base import LogFile
    from aimux_tui.sources.archive import Archive, Kept
    from aimux_tui.store.library import Library


def keep_sessions(
    library: Library,
    archive: Archive,
    keys: Iterable[str],
    should_stop: Callable[[], bool] = lambda: False,
) -> Kept:
    """Copy the logs of these sessions, as far as they changed since they were copied. Blocks.

    A session is kept with all its sub-agents, and a sub-agent with the whole session it is of.
    """
    wanted = dict.fromkeys(_root_of(library, key) for key in keys)
    paths: set[str] = set()
    for key in wanted:
        paths.update(_paths_below(library, key))
    return archive.keep(takewhile(lambda _: not should_stop(), _files_at(library, paths)))


def keep_labelled(
    library: Library,
    archive: Archive,
    book: AnnotationBook,
    should_stop: Callable[[], bool] = lambda: False,
) -> Kept:
    """Copy what is not kept yet of all that is labelled. Blocks.

    For the start, when every session is known, and for the end: a labelled turn may have gone on,
    and labels may have been given elsewhere, or while the archive was full.
    """
    sessions = (session_of(library, one.session_key) for one in book.all())
    return keep_sessions(library, archive, [one.key for one in sessions if one], should_stop)


def _root_of(library: Library, key: str) -> str:
    seen = {key}
    while (session := library.get(key)) and session.parent_key not in {"", *seen}:
        if library.get(session.parent_key) is None:
            break
        key = session.parent_key
        seen.add(key)
    return key


def _paths_below(library: Library, key: str) -> set[str]:
    """The log files of a session and of all its sub-agents."""
    session = library.get(key)
    if session is None:
        return set()
    return {session.path}.union(*(_paths_below(library, child) for child in session.children))


def _files_at(library: Library, paths: set[str]) -> list[LogFile]:
    """The logs at these paths that lie in an agent's own home, from where they may vanish."""
    homes = {str(home.path) for home in library.homes if home.original is None}
    return [
        record.file
        for record in library.records()
        if record.file.path in paths and record.file.root in homes
    ]
