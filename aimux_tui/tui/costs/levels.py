"""Where the reader of costs is: what has a line each, within what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from aimux_tui.analysis.costs import NO_DATE, Grouping


class View(StrEnum):
    """What has a line of its own."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PROJECT = "project"
    MODEL = "model"
    AGENT = "agent"
    SESSION = "session"
    BLOCK = "5 hours"

    @property
    def grouping(self) -> Grouping:
        """As the report knows it; blocks have none."""
        return Grouping.PROVIDER if self is View.AGENT else Grouping(self.value)


VIEWS = tuple(View)
_INNER = {View.MONTH: View.DAY, View.WEEK: View.DAY}
"""What is shown of a line that is opened; of all others, their sessions."""


class Level(Struct, frozen=True):
    """A list of lines."""

    view: View = View.DAY
    query: str = ""
    """What the reader typed."""
    scope: tuple[str, ...] = ()
    """What was opened to come here, as terms of a query."""

    @property
    def whole_query(self) -> str:
        """Everything that is asked for."""
        return " ".join(part for part in (*self.scope, self.query) if part)

    def inside(self, key: str) -> Level | None:
        """The level below a line; None if there is none: a session, or what has no date."""
        term = _term_for(self.view, key)
        if not term:
            return None
        return Level(_INNER.get(self.view, View.SESSION), self.query, (*self.scope, term))


def _term_for(view: View, key: str) -> str:
    match view:
        case View.DAY if key != NO_DATE:
            return _days(key, 1)
        case View.WEEK if key != NO_DATE:
            return _days(key, 7)
        case View.MONTH if key != NO_DATE:
            first = date.fromisoformat(f"{key}-01")
            following = (first + timedelta(days=31)).replace(day=1)
            return f"since:{first} before:{following}"
        case View.BLOCK:
            start = datetime.fromisoformat(key)
            return f"since:{key} before:{(start + timedelta(hours=5)).isoformat()}"
        case View.PROJECT | View.MODEL if key:
            return f"{view.value}={_quoted(key)}"
        case View.AGENT:
            return f"provider={_quoted(key)}"
    return ""


def _days(first: str, count: int) -> str:
    return f"since:{first} before:{date.fromisoformat(first) + timedelta(days=count)}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
