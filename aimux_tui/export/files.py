"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
from typing import TYPE_CHECKING, Self

from aimux_tui.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BUFFER = 1 << 18


class NewFile:
    """A file that is written beside its place under another name. Only its owner may read it."""

    def __init__(self, target: Path) -> None:
        """Raises OSError; the folder must exist."""
        self.target = target
        self.size = 0
        self._digest = hashlib.sha256()
        self._path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream = open(descriptor, "wb", buffering=_BUFFER)  # noqa: PTH123, SIM115

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes, /) -> int:
        """Take the next bytes. Raises ExportError, so as not to be taken for a log's trouble."""
        self._digest.update(data)
        self.size += len(data)
        with writing(self.target):
            return self._stream.write(data)

    def finish(self) -> None:
        """See that every byte is on the disk. Raises ExportError."""
        with writing(self.target):
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()

    def put_in_place(self) -> None:
        """Give it its name, over what had it before. Raises ExportError."""
        with writing(self.target):
            self._path.replace(self.target)

    def drop(self) -> None:
        """Leave nothing behind, if it was not put in place."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._path.unlink(missing_ok=True)


class NewFiles:
    """Several files that are put in place together when all of them are whole.

    with NewFiles() as files:
        out = files.open(path)
        …
        files.commit()

    Without the commit, nothing is left of them.
    """

    def __init__(self) -> None:
        self._files: list[NewFile] = []

    def open(self, target: Path) -> NewFile:
        """Begin one more. Raises ExportError."""
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            file = NewFile(target)
        self._files.append(file)
        return file

    def commit(self) -> None:
        """Put all in place. Raises ExportError; then those that are in place are whole."""
        for file in self._files:
            file.finish()
        for file in self._files:
            file.put_in_place()
        for folder in {file.target.parent for file in self._files}:
            _sync_folder(folder)
        self._files = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.drop()


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns an OSError while a file is written into an ExportError that names the file."""
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"cannot write {target}: {error.strerror or error}", hint=_hint(error.errno)
        ) from error


def _hint(number: int | None) -> str:
    if number in _NO_ROOM:
        return "there is no room for it; nothing was left of the export"
    return "name another place with --out, or in the settings (export.folder)"


def _sync_folder(folder: Path) -> None:
    """The names too are to outlive a crash, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
