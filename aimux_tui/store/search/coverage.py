"""How much of the logs the index covers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.store.search.indexing import reader_of

if TYPE_CHECKING:
    from aimux_tui.sources.discovery import FoundLog
    from aimux_tui.store.search.catalog import Covered


_WORTH_INDEXING = 32 << 20
"""Bytes of logs from which reading them with each search would be felt."""


class Coverage(Struct, frozen=True):
    """How much of the logs is in the index; the rest is read when somebody searches."""

    logs: int = 0
    """Logs to be searched."""
    bytes: int = 0
    """All of their bytes."""
    covered_bytes: int = 0

    @property
    def uncovered_bytes(self) -> int:
        """Bytes that every search has to read."""
        return self.bytes - self.covered_bytes

    @property
    def is_worth_indexing(self) -> bool:
        """Whether so much is uncovered that the index should be built, or brought up to date."""
        return self.uncovered_bytes >= _WORTH_INDEXING


class Reach(Struct, frozen=True, gc=False):
    """How far the index covers a log as it is now."""

    position: int = 0
    missing: int = 0
    """Bytes behind the position that are yet to be covered (of a compressed log: about)."""


def reach_of(covered: Covered | None, found: FoundLog) -> Reach:
    """How far the index covers a log; not at all if what it has is void. Reads little."""
    nothing = Reach(0, found.stamp.size)
    if covered is None or covered.reader != reader_of(found.file):
        return nothing
    if covered.stamp == found.stamp:
        return Reach(covered.position, 0)  # a torn last line is no line
    is_appended = (
        found.file.format == "lines"
        and covered.stamp.is_same_file(found.stamp)
        and found.stamp.size >= covered.position
        and bool(covered.fingerprint)
    )
    if is_appended and _still_begins(found.file.path, covered):
        return Reach(covered.position, found.stamp.size - covered.position)
    return nothing


def _still_begins(path: str, covered: Covered) -> bool:
    """Whether the log still holds what stood before the position: it may have been rewritten."""
    try:
        with Path(path).open("rb", buffering=0) as stream:
            stream.seek(covered.position - len(covered.fingerprint))
            return stream.read(len(covered.fingerprint)) == covered.fingerprint
    except OSError:
        return False
