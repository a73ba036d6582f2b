"""The archive of this machine, as the screen uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.store.keeping import keep_labelled, keep_sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aimux_tui.annotations.changes import AnnotationBook
    from aimux_tui.sources.archive import Archive, Kept
    from aimux_tui.store.library import Library


class LocalArchive:
    """An `ArchivePort`."""

    def __init__(self, library: Library, archive: Archive, book: AnnotationBook) -> None:
        self._library = library
        self._archive = archive
        self._book = book

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._archive.folder)

    def keep(self, keys: Iterable[str], should_stop: Callable[[], bool]) -> Kept:
        """Keep these sessions."""
        return keep_sessions(self._library, self._archive, keys, should_stop)

    def keep_all(self, should_stop: Callable[[], bool]) -> Kept:
        """Keep every session of which something is said."""
        return keep_labelled(self._library, self._archive, self._book, should_stop)
