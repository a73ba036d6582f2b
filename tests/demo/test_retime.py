"""Stretching a recording: what was too quick takes its time, everything else keeps its order."""

from __future__ import annotations

import pytest

from scripts.demo_stories.retime import Clock, Stretch, iso, retimed

T0 = 1_780_000_000.0


def test_time_runs_slower_where_it_is_stretched() -> None:
    clock = Clock([Stretch(10, 11, extra=5)])
    assert [clock.at(real) for real in (9, 10, 10.5, 11, 12)] == [9, 10, 13, 16, 17]


def test_of_overlapping_stretches_the_strongest_counts() -> None:
    clock = Clock([Stretch(0, 10, extra=10), Stretch(4, 6, extra=10)])
    assert clock.at(10) == pytest.approx(4 * 2 + 2 * 6 + 4 * 2)


def test_it_ends_when_it_should() -> None:
    clock = Clock([Stretch(10, 11, extra=5)])
    clock.end_at(12, 100)
    assert (clock.at(12), clock.at(11)) == (100, 99)


def test_times_and_durations_of_a_record_agree() -> None:
    clock = Clock([Stretch(T0 + 1, T0 + 2, extra=9)])
    record = {
        "timestamp": iso(T0 + 3),
        "durationMs": 2500,
        "payload": {"started_at": int(T0), "completed_at_ms": int(T0 + 3) * 1000},
        "output": f"it is {iso(T0)}",
    }
    assert retimed(record, clock) == {
        "timestamp": iso(T0 + 12),
        # Half a second lies before the stretch, the rest of the first second is in it.
        "durationMs": 11_500,
        "payload": {"started_at": int(T0), "completed_at_ms": int(T0 + 12) * 1000},
        "output": f"it is {iso(T0)}",
    }
