"""Stretches the times of a recording: the scripted model and its user were far too quick."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ISO = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
EPOCH_SECONDS = frozenset({"started_at", "completed_at"})
EPOCH_MILLISECONDS = frozenset(
    {"started_at_ms", "completed_at_ms", "startedAt", "updatedAt", "statusUpdatedAt"}
)
DURATIONS = frozenset({"durationMs", "totalDurationMs", "duration_ms", "thinkingDurationMs"})
"""Milliseconds that ended when the record was written."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of real time that is to last longer by some seconds."""

    start: float
    end: float
    extra: float

    @property
    def rate(self) -> float:
        """Seconds to show for each second that passed."""
        return 1 + self.extra / max(self.end - self.start, 1e-6)


class Clock:
    """Maps real seconds to shown seconds, never backwards. Of overlapping stretches the
    strongest counts, so that two sub-agents that wait for the model wait together."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        known = [item for item in stretches if item.extra > 0]
        edges = sorted({edge for item in known for edge in (item.start, item.end)})
        self._edges = edges
        self._rates = [
            max((item.rate for item in known if item.start <= edge < item.end), default=1.0)
            for edge in edges
        ]
        self._shown: list[float] = edges[:1]
        for index in range(1, len(edges)):
            passed = edges[index] - edges[index - 1]
            self._shown.append(self._shown[-1] + passed * self._rates[index - 1])
        self.shift = 0.0

    def end_at(self, real: float, shown: float) -> None:
        """Move everything so that `real` is shown as `shown`."""
        self.shift = 0.0
        self.shift = shown - self.at(real)

    def at(self, real: float) -> float:
        """The seconds to show for `real`."""
        index = bisect_right(self._edges, real) - 1
        if index < 0:
            return real + self.shift
        return self._shown[index] + (real - self._edges[index]) * self._rates[index] + self.shift


def retimed(record: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """The record with every time and every duration mapped."""
    stamp = record.get("timestamp")
    ended = seconds(stamp) if isinstance(stamp, str) and ISO.fullmatch(stamp) else None
    return {key: _retimed(item, clock, ended, key) for key, item in record.items()}


def _retimed(value: Any, clock: Clock, ended: float | None, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _retimed(item, clock, ended, name) for name, item in value.items()}
        case list():
            return [_retimed(item, clock, ended) for item in value]
        case str() if ISO.fullmatch(value):
            return iso(clock.at(seconds(value)))
        case int() | float() if key in EPOCH_MILLISECONDS:
            return round(clock.at(value / 1000) * 1000)
        case int() if key in EPOCH_SECONDS:
            return int(clock.at(value))
        case int() | float() if key in DURATIONS and ended is not None:
            return round((clock.at(ended) - clock.at(ended - value / 1000)) * 1000)
    return value


def seconds(stamp: str) -> float:
    """The seconds since the epoch that an ISO time names."""
    return datetime.fromisoformat(stamp).timestamp()


def iso(real: float) -> str:
    """An ISO time as the agents write it."""
    moment = datetime.fromtimestamp(real, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
