"""Reading a log byte-exactly, again and again, as its agent writes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.providers.base import LogFile

BLOCK = 1 << 20
"""Bytes read at a time. Plain reads: a mapped file that its agent truncates would kill us."""
_FINGERPRINT = 64
_LONGEST_FIRST_LINE = 1 << 20


class Stamp(Struct, frozen=True):
    """What the file system says of a file's content."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Stamp:
        """The stamp in a stat result."""
        return cls(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)

    def is_same_file(self, other: Stamp) -> bool:
        """Whether both are one file, whatever its content."""
        return self.device == other.device and self.inode == other.inode


class Chunk(Struct, frozen=True):
    """Whole lines of a log, or a whole document."""

    offset: int
    data: bytes
    is_reset: bool = False
    """The file was truncated or replaced: what was read before is void."""


class LogReader:
    """Reads what a log gained since the last read.

    A last line without a newline is held back until its newline comes, unless it is already a
    whole JSON object; then it is handed out once. Truncation, replacement, and truncation with
    regrowth past the old end are noticed; all is then read from the start.
    """

    def __init__(self, file: LogFile) -> None:
        self.file = file
        self.stamp: Stamp | None = None
        self.position = 0
        """Bytes handed out so far."""
        self._begun: Stamp | None = None
        self._fingerprint = b""
        self._is_provisional = False

    def read(self, *, is_final: bool = False) -> Iterator[Chunk]:
        """Yield what is new. With `is_final` a torn last line is handed out too, as it is.

        Raises OSError if the file cannot be opened or read.
        """
        with open(self.file.path, "rb", buffering=0) as stream:  # noqa: PTH123 - half of Path.open's cost
            stamp = Stamp.of(os.fstat(stream.fileno()))
            unchanged = stamp == self.stamp
            if unchanged and not (is_final and self.position < stamp.size):
                return
            if self.file.format == "lines":
                yield from self._read_lines(stream, stamp, is_final=is_final)
            elif self.file.format == "document":
                yield from self._read_document(stream, stamp, is_final=is_final)
            elif self.file.format == "zstd-document":
                data = b"".join(decompress(stream))
                self.stamp, self.position = stamp, len(data)
                yield Chunk(0, data)
            else:
                yield from self._read_compressed(stream, stamp)

    def _read_lines(self, stream: IO[bytes], stamp: Stamp, *, is_final: bool) -> Iterator[Chunk]:
        is_reset = not self._continues(stream, stamp)
        if is_reset:
            self._forget()
        self._begun = stamp
        stream.seek(self.position)
        parts: list[bytes] = []
        while block := stream.read(BLOCK):
            end = block.rfind(b"\n") + 1
            if end:
                data = b"".join([*parts, block[:end]])
                parts = [block[end:]] if end < len(block) else []
                yield self._hand_out(data, is_reset=is_reset)
                is_reset = False
            else:
                parts.append(block)
        rest = b"".join(parts)
        self._is_provisional = False
        if rest and (is_final or _is_whole_object(rest)):
            yield self._hand_out(rest, is_reset=is_reset)
            self._is_provisional = True
        elif is_reset:
            yield Chunk(0, b"", is_reset=True)
        self.stamp = stamp

    def _hand_out(self, data: bytes, *, is_reset: bool) -> Chunk:
        chunk = Chunk(self.position, data, is_reset)
        self.position += len(data)
        self._fingerprint = (self._fingerprint + data[-_FINGERPRINT:])[-_FINGERPRINT:]
        return chunk

    def _continues(self, stream: IO[bytes], stamp: Stamp) -> bool:
        """Whether the file still begins with what was handed out."""
        if self.position == 0:
            return True
        if self._begun is None or not self._begun.is_same_file(stamp) or stamp.size < self.position:
            return False
        # Size alone misses a file that was truncated and has grown past the old end since.
        stream.seek(self.position - len(self._fingerprint))
        if stream.read(len(self._fingerprint)) != self._fingerprint:
            return False
        # A provisional line that goes on was no whole line after all.
        return not self._is_provisional or stream.read(1) in {b"", b"\n", b"\r"}

    def _read_document(self, stream: IO[bytes], stamp: Stamp, *, is_final: bool) -> Iterator[Chunk]:
        data = stream.read()
        # A document that is being rewritten is read again when its writer is done.
        if is_final or not data or data.rstrip().endswith(b"}"):
            self.stamp = stamp
            self.position = len(data)
            yield Chunk(0, data)

    def _read_compressed(self, stream: IO[bytes], stamp: Stamp) -> Iterator[Chunk]:
        self._forget()
        is_reset = self.stamp is not None
        rest = b""
        for block in decompress(stream):
            block = rest + block  # noqa: PLW2901 - the carried part belongs to the block
            end = block.rfind(b"\n") + 1
            rest = block[end:]
            if end:
                yield self._hand_out(block[:end], is_reset=is_reset)
                is_reset = False
        if rest:
            yield self._hand_out(rest, is_reset=is_reset)
        self.stamp = stamp

    def _forget(self) -> None:
        self.position = 0
        self._fingerprint = b""
        self._is_provisional = False


def decompress(stream: IO[bytes]) -> Iterator[bytes]:
    """The blocks of a zstd stream; raises OSError if it is none or breaks off."""
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True) as reader:
            while block := reader.read(BLOCK):
                yield block
    except zstandard.ZstdError as error:
        raise OSError(f"not readable as zstd: {error}") from error


def read_ends(path: str, size: int) -> tuple[bytes, int, bytes]:
    """The first and the last whole lines of a log, within `size` bytes each.

    The first line comes whole even if it is longer, up to a limit: it often says whose log it is.
    Returns (head, offset of tail, tail); the tail is empty where the head reaches the end.
    """
    with Path(path).open("rb", buffering=0) as stream:
        length = os.fstat(stream.fileno()).st_size
        head = stream.read(size)
        while b"\n" not in head and len(head) < min(length, _LONGEST_FIRST_LINE):
            head += stream.read(size)
        if len(head) < length:
            head = head[: head.rfind(b"\n") + 1]
        start = max(length - size, len(head))
        if start >= length:
            return head, length, b""
        stream.seek(start)
        tail = stream.read(length - start)
        if start > len(head):
            cut = tail.find(b"\n") + 1
            tail, start = (tail[cut:], start + cut) if cut else (b"", length)
        end = tail.rfind(b"\n") + 1
        if end < len(tail) and not _is_whole_object(tail[end:]):
            tail = tail[:end]
        return head, start, tail


def _is_whole_object(data: bytes) -> bool:
    line = clean(data)
    if not line.endswith(b"}"):
        return False
    try:
        decode_object(line)
    except BadLineError:
        return False
    return True
