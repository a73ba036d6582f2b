"""Appending to a file so that it lasts, and so that several processes may do it at once."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE_S = 10.0
"""How long another process may hold a file. It needs milliseconds, unless it was stopped."""
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""What file systems without locks answer. An append in one write is then all there is."""


def append_lines(path: Path, lines: bytes) -> None:
    """Append whole lines in one write; they are on the disk when this returns.

    On failure none of them is left in the file, as far as the file system allows. A line that a
    killed writer has left unfinished is ended first, so that it harms no other. Raises OSError.
    """
    make_private_folder(path.parent)
    with _locked(path) as descriptor:
        size = os.fstat(descriptor).st_size
        is_torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = b"\n" + lines if is_torn else lines
        try:
            _write(descriptor, data)
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
        if size == 0:
            _sync_folder(path.parent)


def _write(descriptor: int, data: bytes) -> None:
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A descriptor of the file that nobody else appends to meanwhile.

    flock suits better than the libraries for it: those lock a second file beside each, or empty
    the file they lock.
    """
    while True:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            _lock(descriptor, path)
            if _is_at(path, descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    deadline, pause = time.monotonic() + _PATIENCE_S, 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError(
                    errno.ETIMEDOUT, "another process holds the file", str(path)
                ) from None
            time.sleep(pause)
            pause = min(2 * pause, 0.02)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return
            raise
        else:
            return


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the file is still the one at `path`: an editor may have replaced it meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def make_private_folder(folder: Path) -> None:
    """Make a folder that is its owner's alone, and those above it that are missing."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Have the folder's entries on the disk; file systems that cannot do it need it not."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
