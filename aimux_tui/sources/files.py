"""Random access to the bytes of a log, compressed or not."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from aimux_tui.sources.reader import decompress

if TYPE_CHECKING:
    from aimux_tui.model.body import Span
    from aimux_tui.providers.base import LogFile


class FileSource:
    """Reads spans of a log file. Opens it each time: an agent may replace it between two reads."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._unpacked: IO[bytes] | None = None

    @property
    def file(self) -> LogFile:
        """Which file it is."""
        return self._file

    def read(self, span: Span) -> bytes:
        """The bytes of `span`, fewer if the file has shrunk. Raises OSError."""
        if self._file.is_packed:
            stream = self._unpack()
            stream.seek(span.offset)
            return stream.read(span.length)
        with Path(self._file.path).open("rb", buffering=0) as stream:
            stream.seek(span.offset)
            return stream.read(span.length)

    def close(self) -> None:
        """Let go of a decompressed copy."""
        if self._unpacked is not None:
            self._unpacked.close()
            self._unpacked = None

    def _unpack(self) -> IO[bytes]:
        """A compressed log unpacked into an unnamed temporary file, so that memory stays flat."""
        if self._unpacked is None:
            import tempfile

            unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
            with Path(self._file.path).open("rb") as packed:
                for block in decompress(packed):
                    unpacked.write(block)
            self._unpacked = unpacked
        return self._unpacked
