"""The scan of a rollout that is one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.codex.documents import ITEMS, SESSION, objects_in, on_one_line
from aimux_tui.providers.codex.scan import CodexScan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile


class DocumentScan:
    """Fulfils `LogScan` for a document: each feed is all of it."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._scan = CodexScan(file)
        self._feeds = 0

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn of the document."""
        return self._scan.turns

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may differ since `mark`, a new mark)."""
        return (0 if mark < self._feeds else len(self.turns)), self._feeds

    def feed(self, block: bytes, offset: int) -> None:
        """Take the whole document anew."""
        self._feeds += 1
        scan = self._scan = CodexScan(self._file)
        text = block.decode("latin-1")
        session, items = SESSION.search(text), ITEMS.search(text)
        if session is not None:
            start, head = next(objects_in(block, session.end()), (0, b""))
            scan.feed(head + b"\n", offset + start)
        if items is not None:
            for start, item in objects_in(block, items.end()):
                scan.feed(item + b"\n", offset + start)
        elif session is None:
            scan.feed(on_one_line(block) + b"\n", offset)

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        return self._scan.summary()
