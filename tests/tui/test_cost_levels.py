"""Going into lines of costs, and out again."""

from __future__ import annotations

import pytest

from aimux_tui.query.parse import parse
from aimux_tui.tui.costs.levels import Level, View


@pytest.mark.parametrize(
    ("view", "key", "inner", "query"),
    [
        (View.DAY, "2026-11-30", View.SESSION, "since:2026-11-30 before:2026-12-01"),
        (View.WEEK, "2026-11-16", View.DAY, "since:2026-11-16 before:2026-11-23"),
        (View.MONTH, "2026-12", View.DAY, "since:2026-12-01 before:2027-01-01"),
        (View.PROJECT, 'my "app"', View.SESSION, 'project="my \\"app\\""'),
        (View.MODEL, "gpt-5.5", View.SESSION, 'model="gpt-5.5"'),
        (View.AGENT, "codex", View.SESSION, 'provider="codex"'),
        (
            View.BLOCK,
            "2026-11-21T09:00:00+00:00",
            View.SESSION,
            "since:2026-11-21T09:00:00+00:00 before:2026-11-21T14:00:00+00:00",
        ),
    ],
)
def test_a_line_opens_what_is_in_it(view: View, key: str, inner: View, query: str) -> None:
    level = Level(view, "opus").inside(key)
    assert level is not None
    assert (level.view, level.whole_query) == (inner, f"{query} opus")
    assert parse(level.whole_query)


def test_lines_open_within_one_another() -> None:
    level = Level(View.PROJECT).inside("api")
    assert level is not None
    assert level.inside("claude:s1") is None  # a session is opened in the trace
    within = Level(View.DAY, scope=level.scope).inside("2026-11-21")
    assert within is not None
    assert within.whole_query == 'project="api" since:2026-11-21 before:2026-11-22'


def test_what_has_no_date_or_name_does_not_open() -> None:
    assert Level(View.DAY).inside("no date") is None
    assert Level(View.MODEL).inside("") is None
