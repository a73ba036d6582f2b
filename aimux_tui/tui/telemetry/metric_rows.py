"""Metrics as lines: one for each metric of a service, or one for each part of a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.telemetry import MetricKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aimux_tui.store.telemetry.metrics import MetricSeries

SLOTS = 40
"""Characters of the longest sparkline."""
_FIRST = (
    ("token",),
    ("cost",),
    ("active_time", "active.time"),
    ("lines_of_code", "lines.changed"),
    ("commit",),
    ("pull_request",),
    ("session.count", "thread.started"),
)
"""Words of the metrics that are told first, in this order."""
_SESSION = ("session.id", "gen_ai.conversation.id", "conversation.id")
_TOLD_ELSEWHERE = frozenset({*_SESSION, "user.id", "user.email", "user.account_uuid",
                             "organization.id", "terminal.type", "installation.id"})  # fmt: skip


class MetricRow(Struct, frozen=True):
    """A line."""

    key: str
    name: str
    service: str
    unit: str
    kind: MetricKind
    value: float
    """What it came to; of a gauge, its newest value."""
    count: int
    """How much was observed, of a histogram."""
    slots: tuple[float, ...]
    """How it went, for a sparkline."""
    last_ns: int
    series: int
    """How many series were added up."""

    @property
    def average(self) -> float | None:
        """Of a histogram or summary, its mean."""
        if self.kind in {MetricKind.GAUGE, MetricKind.SUM} or not self.count:
            return None
        return self.value / self.count


def rows_in_total(series: Sequence[MetricSeries]) -> list[MetricRow]:
    """A line for each metric of each service, those that tell of work and money first."""
    groups: dict[tuple[str, str], list[MetricSeries]] = {}
    for one in series:
        groups.setdefault((one.service, one.name), []).append(one)
    rows = [_row(f"{service}\n{name}", name, found) for (service, name), found in groups.items()]
    return sorted(rows, key=lambda row: (_rank(row.name), row.service, row.name))


def rows_of(
    key: str, series: Iterable[MetricSeries], title_of: Callable[[str], str]
) -> list[MetricRow]:
    """The parts of one metric, by the key of its line: by session, then by what else differs."""
    service, _, name = key.partition("\n")
    inside = [one for one in series if (one.service, one.name) == (service, name)]
    differing = _differing(inside)
    by_session: dict[str, list[MetricSeries]] = {}
    by_rest: dict[str, list[MetricSeries]] = {}
    for one in inside:
        if session := session_of(one):
            by_session.setdefault(session, []).append(one)
        rest = " ".join(
            f"{field}={one.attributes[field]}" for field in differing if field in one.attributes
        )
        by_rest.setdefault(rest, []).append(one)
    rows = [_row(f"rest {rest}", rest or name, found) for rest, found in by_rest.items()]
    rows.sort(key=lambda row: -row.value)
    sessions = [
        _row(f"session {session}", f"session {title_of(session) or session}", found)
        for session, found in by_session.items()
    ]
    return rows + sorted(sessions, key=lambda row: -row.last_ns)


def session_of(series: MetricSeries) -> str:
    """The session that a series belongs to; "" if it does not say."""
    return next((str(series.attributes[key]) for key in _SESSION if key in series.attributes), "")


def _differing(series: Sequence[MetricSeries]) -> list[str]:
    """The attributes that tell the series apart, beside the session."""
    values: dict[str, set[str]] = {}
    for one in series:
        for field, value in one.attributes.items():
            if field not in _TOLD_ELSEWHERE:
                values.setdefault(field, set()).add(str(value))
    total = len(series)
    found = [
        field
        for field, seen in values.items()
        if len(seen) > 1 or sum(field in one.attributes for one in series) < total
    ]
    return sorted(found)


def _row(key: str, name: str, series: Sequence[MetricSeries]) -> MetricRow:
    first = series[0]
    newest = max(series, key=lambda one: one.points[-1][0])
    is_gauge = first.kind is MetricKind.GAUGE
    return MetricRow(
        key=key,
        name=name,
        service=first.service,
        unit=first.unit,
        kind=first.kind,
        value=newest.latest if is_gauge else sum(one.total for one in series),
        count=sum(one.count for one in series),
        slots=_slots(series, is_gauge=is_gauge),
        last_ns=newest.points[-1][0],
        series=len(series),
    )


def _slots(series: Sequence[MetricSeries], *, is_gauge: bool) -> tuple[float, ...]:
    """The points of all in even pieces of time; of a gauge, the last value in each."""
    points = sorted(point for one in series for point in one.points)
    start, end = points[0][0], points[-1][0]
    if start == end:
        return ()
    slots = [0.0] * SLOTS
    for at, value in points:
        slot = min((at - start) * SLOTS // (end - start), SLOTS - 1)
        slots[slot] = value if is_gauge else slots[slot] + value
    return tuple(slots)


def _rank(name: str) -> int:
    ranks = (rank for rank, words in enumerate(_FIRST) if any(word in name for word in words))
    return next(ranks, len(_FIRST))
