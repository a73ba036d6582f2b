"""What is known of logs and not in the list yet: it comes there in parts, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.sources.discovery import FoundLog
    from aimux_tui.store.record import LogRecord

_AT_ONCE = 100
"""Logs that are opened in one go: about what the eye takes in, and no key waits for long."""
_KNOWN_AT_ONCE = 2_500
"""The same of records, for which nothing is opened."""


class Unlisted:
    """Records from the index, and logs of which nothing is known."""

    def __init__(self, records: Iterable[LogRecord] = (), pending: Iterable[FoundLog] = ()) -> None:
        # The newest last, to be taken from the end.
        self._records = sorted(records, key=lambda record: record.stamp.mtime_ns)
        self._pending = sorted(pending, key=lambda found: found.stamp.mtime_ns)

    def __bool__(self) -> bool:
        return bool(self._records or self._pending)

    def take_records(self) -> list[LogRecord]:
        """The next records."""
        part, self._records = self._records[-_KNOWN_AT_ONCE:], self._records[:-_KNOWN_AT_ONCE]
        return part

    def take_pending(self) -> list[FoundLog]:
        """The next logs, the newest first."""
        part, self._pending = self._pending[-_AT_ONCE:], self._pending[:-_AT_ONCE]
        return part[::-1]
