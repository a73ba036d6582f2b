"""The bytes of a log in pieces of whole records, without understanding them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.sources.files import FileSource
from aimux_tui.sources.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.body import Span
    from aimux_tui.providers.base import LogFile

_PIECE = 1 << 20


def pieces_after(file: LogFile, start: int) -> Iterator[tuple[int, bytes]]:
    """(offset, whole lines) of what stands in a log behind `start`; a document comes whole.

    Raises OSError.
    """
    if file.is_document or file.is_packed:
        for chunk in LogReader(file).read(is_final=True):
            if chunk.offset + len(chunk.data) > start:
                yield chunk.offset, chunk.data
        return
    with Path(file.path).open("rb", buffering=0) as stream:
        stream.seek(start)
        rest = b""
        while block := stream.read(_PIECE):
            data = rest + block
            end = data.rfind(b"\n") + 1
            rest = data[end:]
            if end:
                yield start, data[:end]
                start += end
        if rest:
            yield start, rest


class OpenLog:
    """The bytes of a log that is opened once: for many short reads in a moment."""

    def __init__(self, file: LogFile) -> None:
        self.file = file
        self._packed = FileSource(file) if file.is_packed else None
        self._descriptor = -1

    def read(self, span: Span) -> bytes:
        """The bytes of `span`, fewer if the file has shrunk. Raises OSError."""
        if self._packed is not None:
            return self._packed.read(span)
        if self._descriptor < 0:
            self._descriptor = os.open(self.file.path, os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(self._descriptor, span.length, span.offset)

    def close(self) -> None:
        """Close it."""
        if self._packed is not None:
            self._packed.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
