"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aimux_tui.text.times import parse_when

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("3d", timedelta(days=3)),
        (" 2W ", timedelta(weeks=2)),
    ],
)
def test_an_age(text: str, ago: timedelta) -> None:
    assert parse_when(text, NOW) == NOW - ago


def test_a_date_begins_at_local_midnight() -> None:
    assert parse_when("2026-11-01", NOW) == datetime(2026, 11, 1).astimezone()
    assert parse_when("2026-11-01T10:00:00Z", NOW) == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_days_by_name() -> None:
    today, yesterday = parse_when("today", NOW), parse_when("Yesterday", NOW)
    assert (today.hour, yesterday.hour) == (0, 0)
    assert today.date() == NOW.astimezone().date()
    assert yesterday.date() == NOW.astimezone().date() - timedelta(days=1)


@pytest.mark.parametrize("text", ["", "someday", "3 parsecs", "999999w", "2026-13-01"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time: write 90m|too long ago"):
        parse_when(text, NOW)
