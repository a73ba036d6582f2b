"""`aimux doctor --every-byte`: the lines of logs that are damaged where the scan does not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.log import Problem
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object
from aimux_tui.sources.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.providers.base import LogFile


def unnoticed_damage(file: LogFile, noticed: tuple[Problem, ...]) -> Iterator[Problem]:
    """Every line of a log that cannot be decoded and is not `noticed`. Raises OSError.

    Blocks for as long as the decoding of every byte takes. A log that is one document is decoded
    whole by its scan already.
    """
    if file.is_document:
        return
    known = {problem.offset for problem in noticed}
    number = 0
    for chunk in LogReader(file).read(is_final=True):
        start = 0
        for raw in chunk.data.removesuffix(b"\n").split(b"\n"):
            number += 1
            offset = chunk.offset + start
            start += len(raw) + 1
            line = clean(raw)
            if not line or offset in known:
                continue
            try:
                decode_object(line)
            except BadLineError as error:
                yield Problem(number, offset, str(error))
