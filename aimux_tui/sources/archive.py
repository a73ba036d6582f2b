"""Copies of logs that somebody judged: agents delete their logs after some weeks.

The archive holds a home for each home of an agent, with the same files at the same places, the
logs compressed. So they are found and read as all logs are; those whose original still lies in
its own place are passed over.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from aimux_tui.annotations.appending import make_private_folder
from aimux_tui.providers.packing import PACKED
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.discovery import Home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.providers.base import LogFile

_MARKER = ".archive-of"
"""The file in a home of the archive that names the original home."""
_PART = ".part"
_ABANDONED_S = 3600
_SIZE_HOLDS_S = 60.0
"""For so long what other processes add may be missed."""
_BLOCK = 1 << 20
_MOST_FOR_A_COMPANION = 64 << 20


class ArchiveFullError(OSError):
    """A copy would make the archive larger than it may be."""


class Kept(Struct, frozen=True):
    """What became of an attempt to keep logs."""

    logs: int = 0
    """Copied now; those that had not changed since are not counted."""
    bytes: int = 0
    """What the copies take on the disk."""
    is_first: bool = False
    """Nothing was ever kept before: worth a word to the user."""
    trouble: str = ""
    """Why something could not be kept, in words; "" if all is well."""

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.logs + other.logs,
            self.bytes + other.bytes,
            self.is_first or other.is_first,
            self.trouble or other.trouble,
        )


class Archive:
    """The folder of copies. Several processes may write to it at once."""

    def __init__(self, folder: Path, limit: int) -> None:
        """`limit`: bytes that all copies may take together."""
        self.folder = folder
        self.limit = limit
        self._size = 0
        self._measured = -_SIZE_HOLDS_S

    def size(self) -> int:
        """Bytes of all copies. Blocks."""
        return sum(_sizes_below(self.folder))

    def keep(self, logs: Iterable[LogFile]) -> Kept:
        """Copy those of the logs that changed since they were kept, and what belongs to them.

        Blocks. A log that is shorter than its copy is not copied: what was judged may be in the
        part that is gone.
        """
        is_first = next(self.folder.rglob(f"*{PACKED}"), None) is None
        copied = size = 0
        trouble = ""
        for log in logs:
            try:
                taken = self._keep_log(log)
            except ArchiveFullError as error:
                trouble = str(error)
                break
            except OSError as error:
                trouble = trouble or f"{log.path} is not kept: {error.strerror or error}"
            else:
                copied += taken > 0
                size += taken
        return Kept(copied, size, is_first and copied > 0, trouble)

    def _keep_log(self, log: LogFile) -> int:
        """Bytes of the copies that were made. Raises OSError."""
        home = self._home_for(log)
        original = Path(log.path)
        copy = home / original.relative_to(log.root)
        if not log.is_packed:
            copy = copy.with_name(copy.name + PACKED)
        taken = 0
        try:
            stat = original.stat()
        except FileNotFoundError:
            return 0  # deleted since it was listed: the copy is all there is
        length = _length_of(original) if log.is_packed else stat.st_size
        if _is_newer(stat, copy) and (length is None or length >= (_length_of(copy) or 0)):
            taken += self._replace(copy, original, stat, is_packed=log.is_packed)
        for companion in load_provider(log.provider).companions(log):
            if companion.is_file() and companion.is_relative_to(log.root):
                stat = companion.stat()
                place = home / companion.relative_to(log.root)
                if stat.st_size <= _MOST_FOR_A_COMPANION and _is_newer(stat, place):
                    taken += self._replace(place, companion, stat, is_packed=True)
        return taken

    def _home_for(self, log: LogFile) -> Path:
        """The home in the archive for the log's own, made if need be. Raises OSError."""
        name = Path(log.root).name.lstrip(".") or "home"
        digest = sha256(os.fsencode(log.root)).hexdigest()[:8]
        home = self.folder / log.provider / f"{name}-{digest}"
        marker = home / _MARKER
        if not marker.exists():
            make_private_folder(home)
            part = marker.with_name(f"{_MARKER}.{os.getpid()}{_PART}")
            part.write_bytes(os.fsencode(log.root))
            part.replace(marker)
        return home

    def _replace(self, copy: Path, original: Path, stat: os.stat_result, *, is_packed: bool) -> int:
        """Put a copy of the original, as far as `stat` knows it, in the place of the former one.

        The copy has the time of the original, by which it is known to be current. Raises OSError.
        """
        make_private_folder(copy.parent)
        part = copy.with_name(f".{copy.name}.{os.getpid()}{_PART}")
        try:
            with original.open("rb") as source, part.open("wb") as target:
                if is_packed:
                    shutil.copyfileobj(source, target, _BLOCK)
                else:
                    _compress(source, target, stat.st_size)
                target.flush()
                os.fsync(target.fileno())
            size = part.stat().st_size
            self._make_sure_of_room(original, size - _size_of(copy))
            os.utime(part, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
            part.chmod(0o600)
            part.replace(copy)
        finally:
            part.unlink(missing_ok=True)
        _remove_abandoned(copy)
        return size

    def _make_sure_of_room(self, original: Path, growth: int) -> None:
        """Raise ArchiveFullError unless the archive may grow by so many bytes, and count them."""
        if time.monotonic() - self._measured > _SIZE_HOLDS_S:
            self._size = self.size()
            self._measured = time.monotonic()
        if self._size + growth > self.limit:
            raise ArchiveFullError(
                f"the archive is full ({self.limit >> 20} MB): {original} is not kept; "
                "raise labels.archive_limit_mb"
            )
        self._size += growth


def archived_homes(folder: Path, providers: Iterable[str]) -> Iterator[Home]:
    """The homes of these providers that an archive holds."""
    for provider in providers:
        for marker in sorted((folder / provider).glob(f"*/{_MARKER}")):
            with contextlib.suppress(OSError):
                yield Home(provider, marker.parent, Path(os.fsdecode(marker.read_bytes())))


def _compress(source: IO[bytes], target: IO[bytes], size: int) -> None:
    """Compress the first `size` bytes; the length is noted in the head of the copy."""
    import zstandard

    context = zstandard.ZstdCompressor(level=3, write_checksum=True)
    try:
        with context.stream_writer(target, size=size, closefd=False) as writer:
            rest = size
            while rest and (block := source.read(min(rest, _BLOCK))):
                writer.write(block)
                rest -= len(block)
    except zstandard.ZstdError as error:
        raise OSError(f"cut while it was copied: {error}") from error


def _length_of(packed: Path) -> int | None:
    """Bytes of the log in a compressed file; None if there is none, or its head does not tell."""
    import zstandard

    try:
        with packed.open("rb") as stream:
            length = zstandard.frame_content_size(stream.read(18))
    except (OSError, zstandard.ZstdError):
        return None
    return length if length >= 0 else None


def _is_newer(stat: os.stat_result, copy: Path) -> bool:
    """Whether the original has changed since the copy was made."""
    try:
        return copy.stat().st_mtime_ns != stat.st_mtime_ns
    except OSError:
        return True


def _remove_abandoned(copy: Path) -> None:
    """Remove what a killed process has left of an attempt to make this copy."""
    for part in copy.parent.glob(f".{copy.name}.*{_PART}"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sizes_below(folder: Path) -> Iterator[int]:
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                if not name.endswith(_PART):
                    yield os.stat(os.path.join(parent, name)).st_size  # noqa: PTH116, PTH118 - hot
