"""Metric points as series: what a metric came to, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.telemetry import Attributes, MetricKind, MetricPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TOTALLED = frozenset({MetricKind.SUM, MetricKind.HISTOGRAM, MetricKind.SUMMARY})
_NOT_IDENTITY = frozenset({"event.timestamp", "event.sequence"})


class MetricSeries(Struct, frozen=True):
    """One metric of one service, with one set of attributes."""

    name: str
    service: str
    unit: str
    kind: MetricKind
    attributes: Attributes
    points: tuple[tuple[int, float], ...]
    """(nanoseconds since 1970, value) by time. Of what is counted: how much was added until then
    since the point before. Of a gauge: its value."""
    total: float
    """Of what is counted: all of it. Of a gauge: its latest value."""
    count: int
    """How much was observed."""

    @property
    def latest(self) -> float:
        """The value of the last point."""
        return self.points[-1][1]


def series_of(points: Iterable[MetricPoint]) -> Sequence[MetricSeries]:
    """The series of some points, by name and attributes. Running totals are turned into additions.

    A running total that starts anew (another process, another start time) adds what it counts.
    """
    groups: dict[tuple[str, str, str], list[MetricPoint]] = {}
    for point in points:
        groups.setdefault(_identity(point), []).append(point)
    return [_series(groups[key]) for key in sorted(groups)]


def _identity(point: MetricPoint) -> tuple[str, str, str]:
    attributes = sorted(
        (key, str(value)) for key, value in point.attributes.items() if key not in _NOT_IDENTITY
    )
    return point.name, point.resource.service, repr(attributes)


def _series(points: list[MetricPoint]) -> MetricSeries:
    points.sort(key=lambda point: point.time_ns)
    first = points[0]
    is_total = first.kind in _TOTALLED
    additions: list[tuple[int, float]] = []
    running: dict[object, tuple[float, int]] = {}
    observed = 0
    for point in points:
        value, count = point.value, point.count
        if is_total and not point.is_delta:
            # Each start time is a counter of its own: another process, or one that was reset.
            source = (point.start_ns, repr(point.resource.attributes.get("service.instance.id")))
            before, counted = running.get(source, (0.0, 0))
            if value >= before or not point.is_monotonic:
                value, count = value - before, count - counted
            running[source] = (point.value, point.count)
        observed += max(0, count)
        additions.append((point.time_ns, value))
    total = sum(value for _, value in additions) if is_total else additions[-1][1]
    return MetricSeries(
        name=first.name,
        service=first.resource.service,
        unit=first.unit,
        kind=first.kind,
        attributes=first.attributes,
        points=tuple(additions),
        total=total,
        count=observed,
    )
