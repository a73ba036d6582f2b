"""The bytes of a log in pieces of whole records, without understanding them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.sources.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Iterator

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
