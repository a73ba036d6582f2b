"""Reading whole logs into records: shallowly for a list at once, fully for its numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.model.usage import Cost
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.reader import LogReader, read_ends
from aimux_tui.store.bill import total_cost
from aimux_tui.store.record import LogRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.usage import Pricer
    from aimux_tui.sources.discovery import FoundLog
    from aimux_tui.store.live_log import LiveLog

_ENDS = 16_384
_AT_REST = 60 * 10**9
"""Nanoseconds without a write after which a torn last line is no longer expected to be finished."""


def read_shallow(found: FoundLog) -> LogRecord:
    """A record from the head and the tail of a log: who and when, but no counts. Raises OSError."""
    scan = load_provider(found.file.provider).scan(found.file)
    head, offset, tail = b"", 0, b""
    if found.file.format == "lines":
        head, offset, tail = read_ends(found.file.path, _ENDS)
    if head:
        scan.feed(head, 0)
    if tail:
        scan.feed(tail, offset)
    return LogRecord(found.file, found.stamp, _without_counts(scan.summary()), Cost())


def read_fully(found: FoundLog, pricer: Pricer) -> tuple[LogRecord, Sequence[Cost]]:
    """A log's record with its requests, and what each of them costs. Raises OSError."""
    reader, scan = LogReader(found.file), load_provider(found.file.provider).scan(found.file)
    for chunk in reader.read(is_final=time.time_ns() - found.stamp.mtime_ns > _AT_REST):
        scan.feed(chunk.data, chunk.offset)
    summary = scan.summary()
    costs = [pricer.cost(request) for request in summary.requests]
    return LogRecord(found.file, reader.stamp or found.stamp, summary, total_cost(costs)), costs


def record_of(live: LiveLog, found: FoundLog) -> tuple[LogRecord, Sequence[Cost]]:
    """The record of a log that is being followed, and what each of its requests costs."""
    summary = live.summary()
    costs, total = live.costs(summary.requests)
    return LogRecord(found.file, live.stamp or found.stamp, summary, total), costs


def _without_counts(summary: LogSummary) -> LogSummary:
    return replace(
        summary,
        turns=0,
        tool_calls=0,
        failed_tool_calls=0,
        rejected_tool_calls=0,
        edits=0,
        additions=0,
        deletions=0,
        compactions=0,
        usage=type(summary.usage)(),
        discarded_usage=type(summary.usage)(),
        requests=(),
        bad_lines=0,
        problems=(),
        unknown=None,
        is_partial=True,
    )
