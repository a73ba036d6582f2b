"""The folder of parcels that wait to be sent. Several processes may use it at once."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.errors import ExportError
from aimux_tui.export.otlp.parcel import ParcelError, ParcelHead, read_head

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 512 << 20
"""Bytes of all parcels that are kept."""
_SUFFIX = ".parcel"
_STALE_SECONDS = 24 * 3600.0
"""After which an unfinished file is left by a process that was killed."""


class Waiting(Struct, frozen=True):
    """A parcel that waits."""

    path: Path
    head: ParcelHead


class Spool:
    """Parcels in a folder, which need not exist."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    @contextmanager
    def alone(self, place: str) -> Iterator[None]:
        """No other process exports to this place while the block runs.

        Two would send the same spans twice. Raises ExportError if one does.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (self._folder / f"{_digest(place)}.lock").open("w")
        except OSError as error:
            raise state_trouble(error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = "another aimux is exporting to this endpoint"
                raise ExportError(message, "try again when it is done") from error
            yield

    def path_for(self, place: str, session_key: str, *, is_whole: bool) -> Path:
        """Where to write a parcel. A whole session takes the place of an older one of it."""
        name = _digest(f"{place}\n{session_key}")
        part = "" if is_whole else f"-{time.time_ns():x}"
        return self._folder / f"{name}{part}{_SUFFIX}"

    def waiting(self) -> list[Waiting]:
        """Every parcel, oldest first. Those of another version or damaged are deleted."""
        found: list[tuple[float, Waiting]] = []
        for path in self._files():
            try:
                found.append((path.stat().st_mtime, Waiting(path, read_head(path))))
            except ParcelError:
                path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue
        return [parcel for _, parcel in sorted(found, key=lambda pair: pair[0])]

    def keep(self, path: Path) -> bool:
        """Make a parcel last; False if there is no room for it, and it is deleted then."""
        size = path.stat().st_size
        others = sum(other.stat().st_size for other in self._files() if other != path)
        if size + others > self._limit:
            path.unlink(missing_ok=True)
            return False
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return True

    def settle(self, path: Path) -> None:
        """A parcel was sent. With a whole session, older parts of it have nothing to add."""
        path.unlink(missing_ok=True)
        for part in self._folder.glob(f"{path.name.removesuffix(_SUFFIX)}-*{_SUFFIX}"):
            part.unlink(missing_ok=True)

    def clean(self) -> None:
        """Delete what killed processes left unfinished."""
        for path in self._folder.glob(f".*{_SUFFIX}.part"):
            try:
                if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"[!.]*{_SUFFIX}"))


def state_trouble(error: Exception) -> ExportError:
    """The error that aimux's own state folder cannot be used."""
    hint = "see the state folder's disk and rights (AIMUX_STATE_DIR moves it)"
    return ExportError(f"nothing can be kept for sending: {error}", hint)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
