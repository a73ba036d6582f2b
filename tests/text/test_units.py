from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aimux_tui.model.usage import Cost, Usage
from aimux_tui.text.units import (
    format_age,
    format_bytes,
    format_clock,
    format_cost,
    format_count,
    format_date,
    format_duration,
    format_elapsed,
    format_spent,
    format_tokens,
    plural,
)

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (1_234, "1.2k"),
        (99_940, "99.9k"),
        (99_960, "100k"),
        (999_600, "1.0M"),
        (3_400_000, "3.4M"),
        (124_922_696, "125M"),
    ],
)
def test_counts(number: int, text: str) -> None:
    assert format_count(number) == text


def test_tokens_tell_what_went_in_and_came_out() -> None:
    assert format_tokens(Usage(input=1_000, cache_read=12_000, output=1_100)) == "13.0k→1.1k"
    assert format_tokens(Usage(input=5, output=7, is_lower_bound=True)) == "5→≥7"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (Cost(), "$0"),
        (Cost(0.004), "<$0.01"),
        (Cost(0.08), "$0.08"),
        (Cost(123.4), "$123"),
        (Cost(1.2, is_lower_bound=True), "≥$1.20"),
        (Cost(0.004, is_lower_bound=True), ">$0"),
        (Cost(1.2, unpriced_models=("new",)), "≥$1.20"),
        (Cost(unpriced_models=("new",)), "—"),
    ],
)
def test_money_is_honest(cost: Cost, text: str) -> None:
    assert format_cost(cost) == text


def test_what_was_not_counted_was_not_free() -> None:
    assert format_tokens(Usage(requests=3)) == "—"
    assert format_spent(Usage(requests=3), Cost()) == "—"
    assert format_spent(Usage(input=3, requests=1), Cost()) == "$0"
    assert format_spent(Usage(), Cost(0.08)) == "$0.08"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0.4s"),
        (12, "12s"),
        (59.7, "1m00s"),
        (182, "3m02s"),
        (3_900, "1h05m"),
        (187_200, "2d04h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


def test_times() -> None:
    assert format_age(NOW - timedelta(minutes=3), NOW) == "3m"
    assert format_age(NOW + timedelta(seconds=9), NOW) == "now"
    assert format_elapsed(NOW, NOW - timedelta(seconds=182)) == "+3m02s"
    tokyo = timezone(timedelta(hours=9))
    assert format_clock(NOW, tokyo) == "21:00"
    assert format_date(NOW, UTC) == "2026-03-14 12:00"


def test_what_is_unknown_is_never_nothing() -> None:
    assert format_duration(None) == format_age(None, NOW) == format_clock(None) == "—"
    assert format_elapsed(NOW, None) == format_date(None) == "—"


def test_sizes_and_plurals() -> None:
    assert [format_bytes(size) for size in (812, 1_300, 170_000_000)] == [
        "812 B",
        "1.3 KB",
        "170 MB",
    ]
    assert [plural(1, "turn"), plural(3, "turn"), plural(2, "reply", "replies")] == [
        "1 turn",
        "3 turns",
        "2 replies",
    ]
