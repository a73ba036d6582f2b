"""OTLP's enum values, which may come as numbers and as names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.telemetry import SpanKind, SpanStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Mapping[object, SpanKind] = {
    written: kind
    for number, kind in enumerate(SpanKind)
    for written in (number, str(number), f"SPAN_KIND_{kind.value.upper()}")
}
_STATUSES: Mapping[object, SpanStatus] = {
    written: status
    for number, status in enumerate(SpanStatus)
    for written in (number, str(number), f"STATUS_CODE_{status.value.upper()}")
}
_SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_DELTA = frozenset({1, "1", "AGGREGATION_TEMPORALITY_DELTA"})
_LONGEST = 40


def span_kind(value: object) -> SpanKind:
    """The kind of a span; UNSPECIFIED for what is unknown."""
    return _KINDS.get(_written(value), SpanKind.UNSPECIFIED)


def span_status(value: object) -> SpanStatus:
    """The status of a span; UNSET for what is unknown."""
    return _STATUSES.get(_written(value), SpanStatus.UNSET)


def is_delta(value: object) -> bool:
    """Whether a temporality means changes since the last point."""
    return _written(value) in _DELTA


def severity(text: str, value: object) -> str:
    """The severity in the sender's words, or else the name of its number; "" if it has none."""
    if text:
        return text
    written = _written(value)
    if isinstance(written, str) and not written.isdecimal():
        return written.removeprefix("SEVERITY_NUMBER_").removeprefix("UNSPECIFIED")
    number = int(written or 0)
    return _SEVERITIES[(number - 1) // 4] if 0 < number <= 4 * len(_SEVERITIES) else ""


def _written(value: object) -> int | str | None:
    """A value that may stand for an enum's; None for any other."""
    if isinstance(value, int):
        return value
    return value if isinstance(value, str) and len(value) <= _LONGEST else None
