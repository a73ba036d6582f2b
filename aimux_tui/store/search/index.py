"""The search index as searches use it: read by many, replaced where it is damaged."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from typing import TYPE_CHECKING, TypeVar

from aimux_tui.store.database import is_damage
from aimux_tui.store.search.building import BuilderBusyError, build
from aimux_tui.store.search.catalog import Catalog
from aimux_tui.store.search.coverage import Coverage, Reach, reach_of
from aimux_tui.store.search.indexing import segment_path
from aimux_tui.store.search.segment import Block, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from aimux_tui.sources.discovery import FoundLog
    from aimux_tui.store.search.building import BuildProgress
    from aimux_tui.store.search.catalog import Covered, TurnPage
    from aimux_tui.store.search.needle import Needle

T = TypeVar("T")

LIMIT_BYTES = 4 << 30
"""Bytes of the index beyond which it covers no more logs, the newest ones first."""
_OPEN_SEGMENTS = 256


class SearchIndex:
    """The index in a folder, or none. Methods may be called from any thread."""

    def __init__(self, folder: Path | None, *, limit: int = LIMIT_BYTES) -> None:
        """Nothing is opened yet. Without a folder nothing is covered."""
        self.folder = folder
        self.trouble = ""
        """What is wrong with the index, or was, in words; "" if nothing."""
        self._limit = limit
        self._lock = threading.RLock()
        self._catalog: Catalog | None = None
        self._covered: tuple[int, Mapping[str, Covered]] = (-1, {})
        self._segments: dict[int, Segment] = {}
        self._broken: set[int] = set()

    def covered(self) -> Mapping[str, Covered]:
        """Every log that it covers, by path, as of now."""
        return self._attempt(self._load_covered, {})

    def reach(self, found: FoundLog, covered: Covered | None) -> Reach:
        """How far it covers a log; not at all if a segment that it needs is broken."""
        if covered is not None and any(s.segment in self._broken for s in covered.slices):
            covered = None
        return reach_of(covered, found)

    def blocks_with(self, segment: int, needle: Needle) -> Mapping[int, Sequence[Block]] | None:
        """Log of the segment → blocks that may hold the needle, newest first; None if broken."""
        try:
            with self._lock:
                found: dict[int, list[Block]] = {}
                for block in self._open(segment).blocks_with(needle):
                    found.setdefault(block.log, []).append(block)
                return found
        except (sqlite3.Error, UnicodeError, TypeError, IndexError) as error:
            self._note_broken(segment, error)
            return None

    def turn_pages(self, covered: Covered, start: int, stop: int) -> Sequence[TurnPage]:
        """Turns of a log as it was covered, among them all with records between these offsets."""
        return self._attempt(lambda: self._opened().turn_pages(covered.id, start, stop), [])

    def edits(self, needle: Needle) -> Mapping[int, Sequence[int]]:
        """Covered log → offsets of records that name an edited file with the needle in its path."""

        def look() -> Mapping[int, Sequence[int]]:
            paths = self._opened().paths().items()
            return self._opened().edits(number for number, text in paths if needle.find(text))

        return self._attempt(look, {})

    def edited_paths(self) -> Mapping[str, set[str]]:
        """Log's path → the files that it says were edited, as far as it is covered."""
        return self._attempt(lambda: self._opened().edited_paths(), {})

    def coverage(self, logs: Iterable[FoundLog]) -> Coverage:
        """How much of these logs it covers."""
        covered = self.covered()
        count = size = missing = 0
        for found in logs:
            count += 1
            size += found.stamp.size
            missing += self.reach(found, covered.get(found.file.path)).missing
        return Coverage(count, size, size - missing)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        if self.folder is None or not self.folder.is_dir():
            return 0
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())

    def build(
        self, logs: Sequence[FoundLog], should_stop: Callable[[], bool]
    ) -> Iterator[BuildProgress]:
        """Cover what it lacks of these logs, by other processes; yields how far that is. Blocks.

        Nothing is done, and nothing yielded, while another aimux builds it. Trouble is told by
        `trouble`. To end it, end the iteration.
        """
        if self.folder is None:
            return
        try:
            self._attempt(self._opened, None)
            for progress in build(self.folder, logs, should_stop, limit=self._limit):
                self.trouble = progress.error or self.trouble
                yield progress
            with self._lock:
                self._broken.clear()
        except BuilderBusyError:
            return
        except (sqlite3.Error, OSError) as error:
            self.trouble = f"{self.folder}: {error}"

    def clear(self) -> None:
        """Delete all of it. Raises OSError."""
        with self._lock:
            self.close()
            if self.folder is not None and self.folder.is_dir():
                shutil.rmtree(self.folder)

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            for segment in self._segments.values():
                segment.close()
            self._segments.clear()
            if self._catalog is not None:
                self._catalog.close()
            self._catalog = None
            self._covered = (-1, {})

    def _load_covered(self) -> Mapping[str, Covered]:
        catalog = self._opened()
        version = catalog.version()
        if self._covered[0] != version:
            self._covered = (version, catalog.logs())
            known = catalog.segments()
            for number in [number for number in self._segments if number not in known]:
                self._segments.pop(number).close()
            self._broken &= known.keys()
        return self._covered[1]

    def _opened(self) -> Catalog:
        if self._catalog is None:
            if self.folder is None:
                self._catalog = Catalog(None)
            else:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._catalog = Catalog(self.folder / "catalog.db")
        return self._catalog

    def _open(self, number: int) -> Segment:
        segment = self._segments.pop(number, None)
        if segment is None:
            assert self.folder is not None
            segment = Segment(segment_path(self.folder, number))
            while len(self._segments) >= _OPEN_SEGMENTS:
                self._segments.pop(next(iter(self._segments))).close()
        self._segments[number] = segment
        return segment

    def _note_broken(self, number: int, error: Exception) -> None:
        """Search without a segment; the next build replaces it."""
        with self._lock:
            self._broken.add(number)
            if (segment := self._segments.pop(number, None)) is not None:
                segment.close()
            try:
                is_known = number in self._opened().segments()
            except sqlite3.Error:
                is_known = True
            if is_known:  # else it has only been replaced by a newer one
                self.trouble = f"part of the search index is damaged and will be rebuilt ({error})"

    def _attempt(self, work: Callable[[], T], otherwise: T) -> T:
        """What `work` returns. A failure costs no more than the index, and is told."""
        with self._lock:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    self._replace(error)
                else:
                    self.trouble = f"{self.folder}: {error}"
            except OSError as error:
                self.trouble = f"{self.folder}: {error.strerror}"
            return otherwise

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        """Begin anew in the place of a damaged index."""
        self.trouble = f"the search index was damaged and is being rebuilt ({error})"
        self.close()
        if self.folder is not None:
            for path in [*self.folder.glob("catalog.db*"), *self.folder.glob("segment-*")]:
                path.unlink(missing_ok=True)
