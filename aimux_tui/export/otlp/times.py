"""Moments of a log as span times: what the log does not tell is marked, never made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimux_tui.export.otlp.spans import Attributes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
UNKNOWN = "aimux.time.unknown"
"""Attribute that names which of a span's times the log does not tell: "start", "end", "both"."""


def nanoseconds(at: datetime) -> int:
    """Since 1970; 0 for what lies before it."""
    return max((at - _EPOCH) // _MICROSECOND * 1000, 0)


def span_times(
    start: datetime | None, end: datetime | None, fallback: datetime | None
) -> tuple[int, int, Attributes]:
    """(start, end, the mark of what is unknown).

    An unknown time takes the other's place, else that of `fallback`, the nearest known moment:
    spans need times, and this one has no length then.
    """
    if start is not None and end is not None:
        begun = nanoseconds(start)
        return begun, max(nanoseconds(end), begun), {}
    known = start or end or fallback
    moment = nanoseconds(known) if known is not None else 0
    missing = "both" if start is None and end is None else "end" if end is None else "start"
    return moment, moment, {UNKNOWN: missing}
