"""What was spent: groups, blocks, filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aimux_tui.analysis.blocks import blocks
from aimux_tui.analysis.costs import Grouping, Line, Spent, report, timeline, total, unpriced
from aimux_tui.analysis.spent_by import spent_by
from aimux_tui.model.annotation import Annotations
from aimux_tui.model.session import Session
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.query.parse import parse
from aimux_tui.store.spending import NO_TIME, SLOT, Bucket
from tests.tui.fake_sessions import make_session

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
API = make_session("claude:api", "Fix the API", project="api")
HELPER = make_session("claude:api/helper", "Look around", project="api", parent_key="claude:api")
DOCS = make_session("codex:docs", "Write the docs", project="docs")
PARENTS = {one.key: one.parent_key for one in (API, HELPER, DOCS)}


def spent(
    session: Session, at: datetime | None, usd: float, model: str = "opus", saved: float = 0.0
) -> Spent:
    slot = NO_TIME if at is None else int(at.timestamp()) // SLOT
    cost = Cost(usd) if usd else Cost(0.0, (model,))
    usage = Usage(input=100, cache_read=300, output=10, requests=1)
    return Spent(session, Bucket(slot, model, usage, cost, saved))


SPENT = [
    spent(API, NOW, 1.0, saved=2.0),
    spent(HELPER, NOW, 0.5, "haiku"),
    spent(API, NOW - timedelta(days=1), 2.0),
    spent(DOCS, NOW - timedelta(days=9), 4.0, "gpt"),
    spent(DOCS, None, 0.0, "mystery"),
]


def shown(by: Grouping, **how: object) -> list[tuple[str, float, int]]:
    lines = report(SPENT, by, PARENTS, UTC, **how)
    return [(line.name, line.cost.usd, line.sessions) for line in lines]


def test_days_come_in_order_and_what_has_no_date_stands_apart() -> None:
    assert shown(Grouping.DAY) == [
        ("2026-11-12", 4.0, 1),
        ("2026-11-20", 2.0, 1),
        ("2026-11-21", 1.5, 1),
        ("no date", 0.0, 1),
    ]


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    assert shown(Grouping.WEEK)[:2] == [
        ("week of 2026-11-09", 4.0, 1),
        ("week of 2026-11-16", 3.5, 1),
    ]
    assert shown(Grouping.MONTH)[0] == ("2026-11", 7.5, 2)


def test_a_day_is_the_day_of_the_time_zone() -> None:
    late = [spent(API, datetime(2026, 11, 20, 18, 30, tzinfo=UTC), 1.0)]
    india = timezone(timedelta(hours=5, minutes=30))
    assert report(late, Grouping.DAY, PARENTS, UTC)[0].key == "2026-11-20"
    assert report(late, Grouping.DAY, PARENTS, india)[0].key == "2026-11-21"


def test_other_groups_begin_with_the_dearest() -> None:
    assert shown(Grouping.PROJECT) == [("docs", 4.0, 1), ("api", 3.5, 1)]
    assert [name for name, _, _ in shown(Grouping.MODEL)] == ["gpt", "opus", "haiku", "mystery"]
    assert shown(Grouping.PROVIDER) == [("codex", 4.0, 1), ("claude", 3.5, 1)]


def test_a_session_has_its_sub_agents_in_it_once() -> None:
    assert shown(Grouping.SESSION) == [("Write the docs", 4.0, 1), ("Fix the API", 3.5, 1)]


def test_a_sub_agent_whose_parent_is_gone_stands_for_itself() -> None:
    (line,) = report([SPENT[1]], Grouping.SESSION, {HELPER.key: "claude:gone"})
    assert (line.key, line.sessions) == (HELPER.key, 1)


def test_every_report_has_the_same_sum() -> None:
    everything = total(SPENT, PARENTS)
    assert (everything.cost.usd, everything.sessions, everything.saved) == (7.5, 2, 2.0)
    assert everything.cache_hits == 0.75
    for by in Grouping:
        lines = report(SPENT, by, PARENTS, UTC)
        assert sum((line.usage for line in lines), Usage()) == everything.usage
        assert sum(line.cost.usd for line in lines) == everything.cost.usd


def test_models_without_a_price_are_told_apart() -> None:
    (line,) = unpriced(SPENT, PARENTS)
    assert (line.key, line.usage.total, line.cost.is_known) == ("mystery", 410, False)


def test_a_timeline_has_no_gaps() -> None:
    def line(key: str, usd: float) -> Line:
        return Line(key, key, Usage(), Cost(usd), 0.0, 1)

    days = [line("2026-10-30", 1), line("2026-11-02", 3), line("no date", 9)]
    assert timeline(days, Grouping.DAY) == [1, 0, 0, 3]
    weeks = [line("2026-11-02", 1), line("2026-11-16", 3)]
    assert timeline(weeks, Grouping.WEEK) == [1, 0, 3]
    months = [line("2025-11", 1), line("2026-02", 3)]
    assert timeline(months, Grouping.MONTH) == [1, 0, 0, 3]
    assert timeline([], Grouping.DAY) == []


@pytest.mark.parametrize(
    ("query", "usd"),
    [
        ("", 7.5),
        ("since:2d", 3.5),
        ("before:2d", 4.0),
        ("-since:2d", 4.0),
        ("model:opus", 3.0),
        ("model:opus,gpt", 7.0),
        ("-model:opus", 4.5),
        ("model=opu", 0.0),
        ("project:api", 3.5),
        ("project:api since:1h", 1.5),
        ("provider:codex model:opus", 0.0),
    ],
)
def test_a_query_is_asked_of_what_was_spent(query: str, usd: float) -> None:
    spending = [(one.session, (one.bucket,)) for one in SPENT]
    found = spent_by(spending, parse(query), Annotations, NOW)
    assert total(found, PARENTS).cost.usd == usd


def test_a_block_begins_with_the_full_hour_and_lasts_five() -> None:
    start = datetime(2026, 11, 21, 9, tzinfo=UTC)
    minutes = (20, 299, 300, 901)
    found = blocks([spent(API, start + timedelta(minutes=one), 1.0) for one in minutes])
    assert [(block.start, block.cost.usd) for block in found] == [
        (start, 2.0),
        (start + timedelta(hours=5), 1.0),
        (start + timedelta(hours=15), 1.0),
    ]


def test_a_block_that_goes_on_tells_where_it_leads() -> None:
    (block,) = blocks([spent(API, NOW - timedelta(hours=2), 4.0), spent(API, None, 9.0)])
    assert block.is_active(NOW)
    assert (block.usd_per_hour(NOW), block.projected_usd(NOW)) == (2.0, 10.0)
    later = NOW + timedelta(hours=9)
    assert not block.is_active(later)
    assert block.projected_usd(later) == 4.0
