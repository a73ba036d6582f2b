"""Logs in, segments of the index out."""

from __future__ import annotations

import contextlib
import time
import zlib
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from aimux_tui.model.body import Span
from aimux_tui.model.passage import PassageKind
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import FoundLog
from aimux_tui.sources.reader import LogReader
from aimux_tui.store.search.catalog import VERSION, NewSlice, SegmentFacts
from aimux_tui.store.search.raw_logs import OpenLog
from aimux_tui.store.search.records import PIECE, documents_of, pieces_of, runs_of
from aimux_tui.store.search.segment import Block, SegmentWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aimux_tui.providers.base import LogFile
    from aimux_tui.store.search.catalog import Catalog

FINGERPRINT = 64
_AT_REST = 60 * 10**9
"""Nanoseconds without a write after which a torn last line is no longer expected to be finished."""


class LogWork(Struct, frozen=True):
    """A log to be covered from `start` on."""

    found: FoundLog
    start: int = 0


class _Pending(Struct):
    """A log whose part goes into the segment that is being written."""

    slice: NewSlice
    edited: list[tuple[str, int]] = field(default_factory=list)


def segment_path(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"segment-{number}.db"


def reader_of(file: LogFile) -> str:
    """What reads a log: what it read under another name may be read differently now."""
    return f"{file.provider}{load_provider(file.provider).version}.{VERSION}"


def checksum_of(path: Path) -> int:
    """Of a segment's file. Raises OSError."""
    checksum = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


class Indexer:
    """Writes segments of about `segment_bytes` of logs each and makes them known."""

    def __init__(self, folder: Path, catalog: Catalog, segment_bytes: int) -> None:
        self._folder = folder
        self._catalog = catalog
        self._segment_bytes = segment_bytes
        self._writer: SegmentWriter | None = None
        self._number = 0
        self._slices: list[_Pending] = []
        self._raw = 0

    def take(self, works: Iterable[LogWork], progress: Callable[[int], None]) -> None:
        """Cover these logs, the oldest first. `progress` is called with bytes that were read.

        Raises sqlite3.Error, and OSError where the index cannot be written.
        """
        try:
            for work in works:
                with contextlib.suppress(FileNotFoundError, PermissionError):
                    self._take_log(work, progress)
            self._finish()
        except BaseException:
            if self._writer is not None:
                self._writer.discard()
            raise

    def _take_log(self, work: LogWork, progress: Callable[[int], None]) -> None:
        found, file = work.found, work.found.file
        provider = load_provider(file.provider)
        reader, scan = LogReader(file), provider.scan(file)
        for chunk in reader.read(is_final=time.time_ns() - found.stamp.mtime_ns > _AT_REST):
            if chunk.is_reset:
                scan = provider.scan(file)
            scan.feed(chunk.data, chunk.offset)
        stamp = reader.stamp
        if stamp is None:
            return  # a document that is being rewritten
        turns = tuple(scan.turns)
        source = OpenLog(file)
        end = reader.position
        start = 0 if file.is_document else min(work.start, end)
        pieces = (
            documents_of(source, (span for turn in turns for span in turn.spans))
            if file.is_document
            else pieces_of(source, runs_of(turns, start, end))
        )
        new = NewSlice(file.path, reader_of(file), stamp, start, end, b"", turns, ())
        self._begin(new)
        for begin, length, texts in self._blocks(file, pieces):
            if self._raw >= 2 * self._segment_bytes:
                self._cut(source, begin)
            assert self._writer is not None
            self._writer.add(Block(len(self._slices) - 1, begin, length), texts)
            self._raw += length
            progress(length)
        self._end(source, end)
        source.close()

    def _blocks(
        self, file: LogFile, pieces: Iterable[tuple[int, bytes]]
    ) -> Iterator[tuple[int, int, list[str]]]:
        """(begin, length, texts) of blocks, each of some pieces; the edits in them are noted."""
        provider = load_provider(file.provider)
        texts: list[str] = []
        begin = end = 0
        for offset, data in pieces:
            if texts and offset + len(data) - begin > PIECE:
                yield begin, end - begin, texts
                texts = []
            if not texts:
                begin = offset
            end = offset + len(data)
            position = offset
            for record in (data,) if file.is_document else data.split(b"\n"):
                for passage in provider.passages(file, record) if record else ():
                    texts.append(passage.text)
                    if passage.kind is PassageKind.PATH:
                        self._slices[-1].edited.append((passage.text, position))
                position += len(record) + 1
        if texts:
            yield begin, end - begin, texts

    def _begin(self, new: NewSlice) -> None:
        if self._writer is None:
            self._number = self._catalog.new_segment()
            self._writer = SegmentWriter(segment_path(self._folder, self._number))
        self._slices.append(_Pending(new))

    def _end(self, source: OpenLog, stop: int) -> None:
        """The part of a log that goes into this segment ends at `stop`."""
        pending = self._slices[-1]
        begin = max(0, stop - FINGERPRINT)
        fingerprint = source.read(Span(begin, stop - begin))
        pending.slice = replace(
            pending.slice, stop=stop, fingerprint=fingerprint, edited=pending.edited
        )

    def _cut(self, source: OpenLog, at: int) -> None:
        """Finish the segment within a log; the rest of the log goes into the next one."""
        one = self._slices[-1].slice
        edited = self._slices[-1].edited
        later = [edit for edit in edited if edit[1] >= at]
        edited[:] = [edit for edit in edited if edit[1] < at]
        self._end(source, at)
        # Not all of the log is covered then, whatever its stamp.
        cut = self._slices[-1].slice
        self._slices[-1].slice = replace(cut, stamp=replace(cut.stamp, size=0, mtime_ns=0))
        self._finish()
        self._begin(replace(one, start=at))
        self._slices[-1].edited += later

    def _finish(self) -> None:
        if self._writer is None:
            return
        self._writer.finish()
        path = segment_path(self._folder, self._number)
        facts = SegmentFacts(self._raw, path.stat().st_size, checksum_of(path))
        self._catalog.publish(self._number, facts, [pending.slice for pending in self._slices])
        self._writer, self._slices, self._raw = None, [], 0
