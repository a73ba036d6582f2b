"""What was spent, by day, project, model and whatever else one asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.model.session import Session
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.store.spending import NO_TIME, SLOT, Bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

NO_MODEL = "unknown model"
NO_DATE = "no date"


class Grouping(StrEnum):
    """What a report has a line for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PROJECT = "project"
    MODEL = "model"
    PROVIDER = "provider"
    SESSION = "session"


BY_TIME = frozenset({Grouping.DAY, Grouping.WEEK, Grouping.MONTH})
"""Groupings whose lines are in the order of time; the others begin with the dearest."""


class Spent(Struct, frozen=True):
    """What one session spent on one model in one slot of time."""

    session: Session
    bucket: Bucket

    @property
    def at(self) -> datetime | None:
        """When the slot begins."""
        if self.bucket.slot == NO_TIME:
            return None
        return datetime.fromtimestamp(self.bucket.slot * SLOT, UTC)


class Line(Struct, frozen=True):
    """A line of a report."""

    key: str
    """By which programs know it: a date, a model, a session's key."""
    name: str
    """For people."""
    usage: Usage
    cost: Cost
    saved: float
    """USD that the prompt cache saved."""
    sessions: int
    """Sessions that took part, sub-agents not counted apart."""

    @property
    def cache_hits(self) -> float | None:
        """The part of the prompt tokens that came from the cache; None where there were none."""
        return self.usage.cache_read / self.usage.context if self.usage.context else None


def report(
    spent: Iterable[Spent],
    by: Grouping,
    parents: Mapping[str, str],
    zone: tzinfo | None = None,
) -> tuple[Line, ...]:
    """One line for each group. `parents`: session key → its parent's key, "" at the top.

    Days begin at midnight of `zone`, the local one by default; weeks on Monday.
    """
    name_of = _NAMES[by]
    sums: dict[str, _Sum] = {}
    for one in spent:
        root = _root(one.session.key, parents)
        key, name = name_of(one, root, zone)
        known = sums.get(key)
        if known is None:
            known = sums[key] = _Sum(name)
        if by is Grouping.SESSION and one.session.key == root:
            known.name = name
        known.add(one.bucket, root)
    lines = [known.line(key) for key, known in sums.items()]
    if by in BY_TIME:
        return tuple(sorted(lines, key=lambda line: line.key))
    return tuple(sorted(lines, key=lambda line: (-line.cost.usd, -line.usage.total, line.key)))


def total(spent: Iterable[Spent], parents: Mapping[str, str]) -> Line:
    """Everything in one line."""
    everything = _Sum("total")
    for one in spent:
        everything.add(one.bucket, _root(one.session.key, parents))
    return everything.line("total")


def unpriced(spent: Iterable[Spent], parents: Mapping[str, str]) -> tuple[Line, ...]:
    """A line for each model that has no price: its tokens are in no sum of money."""
    models = [one for one in spent if one.bucket.cost.unpriced_models]
    return report(models, Grouping.MODEL, parents)


def timeline(lines: Sequence[Line], by: Grouping) -> list[float]:
    """USD for each day, week or month from the first line to the last, without gaps."""
    amounts = {line.key: line.cost.usd for line in lines if line.key != NO_DATE}
    if not amounts:
        return []
    day, last = (
        date.fromisoformat(key if by is not Grouping.MONTH else f"{key}-01")
        for key in (min(amounts), max(amounts))
    )
    values = []
    while day <= last:
        key = day.isoformat()
        values.append(amounts.get(key[:7] if by is Grouping.MONTH else key, 0.0))
        if by is Grouping.MONTH:
            day = (day + timedelta(days=31)).replace(day=1)
        else:
            day += timedelta(days=7 if by is Grouping.WEEK else 1)
    return values


class _Sum:
    """A line that is being added up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._usage = Usage()
        self._cost = Cost()
        self._saved = 0.0
        self._roots: set[str] = set()

    def add(self, bucket: Bucket, root: str) -> None:
        self._usage += bucket.usage
        self._cost += bucket.cost
        self._saved += bucket.saved
        self._roots.add(root)

    def line(self, key: str) -> Line:
        return Line(key, self.name, self._usage, self._cost, self._saved, len(self._roots))


def _root(key: str, parents: Mapping[str, str]) -> str:
    """The session at the top of the tree in which a session is."""
    seen = {key}
    while (parent := parents.get(key, "")) and parent in parents and parent not in seen:
        seen.add(parent)
        key = parent
    return key


def _day(one: Spent, _root: str, zone: tzinfo | None) -> tuple[str, str]:
    day = one.at.astimezone(zone).date().isoformat() if one.at else NO_DATE
    return day, day


def _week(one: Spent, _root: str, zone: tzinfo | None) -> tuple[str, str]:
    if one.at is None:
        return NO_DATE, NO_DATE
    day = one.at.astimezone(zone).date()
    monday = (day - timedelta(days=day.weekday())).isoformat()
    return monday, f"week of {monday}"


def _month(one: Spent, _root: str, zone: tzinfo | None) -> tuple[str, str]:
    month = one.at.astimezone(zone).strftime("%Y-%m") if one.at else NO_DATE
    return month, month


def _project(one: Spent, _root: str, _zone: tzinfo | None) -> tuple[str, str]:
    session = one.session
    return session.project or session.cwd, session.project or session.cwd or "no project"


def _model(one: Spent, _root: str, _zone: tzinfo | None) -> tuple[str, str]:
    return one.bucket.model, one.bucket.model or NO_MODEL


def _provider(one: Spent, _root: str, _zone: tzinfo | None) -> tuple[str, str]:
    return one.session.provider, one.session.provider


def _session(one: Spent, root: str, _zone: tzinfo | None) -> tuple[str, str]:
    return root, one.session.title or one.session.session_id


_NAMES: Mapping[Grouping, Callable[[Spent, str, tzinfo | None], tuple[str, str]]] = {
    Grouping.DAY: _day,
    Grouping.WEEK: _week,
    Grouping.MONTH: _month,
    Grouping.PROJECT: _project,
    Grouping.MODEL: _model,
    Grouping.PROVIDER: _provider,
    Grouping.SESSION: _session,
}
