"""Bars on an axis of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.text.waterfall import stroke, ticks


def drawn(start: float, end: float, width: int, *, is_ascii: bool = False) -> str:
    made = stroke(start, end, width, is_ascii=is_ascii)
    return " " * made.before + (f"<{made.opening}>" if made.opening else "") + made.rest


def test_whole_cells() -> None:
    assert drawn(0, 1, 4) == "████"
    assert drawn(0.25, 0.75, 4) == " ██"


def test_an_eighth_of_a_cell_is_seen_at_both_ends() -> None:
    assert drawn(0, 0.28125, 4) == "█▏"
    assert drawn(0.03125, 1, 4) == "<▏>███"


def test_what_is_very_short_is_seen_where_it_is() -> None:
    assert drawn(0, 0, 4) == "▏"
    assert drawn(0.5, 0.5, 1) == "│"
    assert drawn(1, 1, 4) == "   ▕"


def test_ascii() -> None:
    assert drawn(0.25, 0.75, 8, is_ascii=True) == "  ===="
    assert drawn(0.99, 1, 8, is_ascii=True) == "       ="


shares = st.floats(-0.5, 1.5, allow_nan=False)


@given(shares, shares, st.integers(1, 300), st.booleans())
def test_it_never_leaves_the_axis(start: float, end: float, width: int, is_ascii: bool) -> None:
    made = stroke(start, end, width, is_ascii=is_ascii)
    assert made.rest or made.opening
    assert made.width <= width


def test_ticks_are_round_and_apart() -> None:
    assert ticks(2_000_000, 50, 10) == [
        (12, 500_000),
        (25, 1_000_000),
        (38, 1_500_000),
        (49, 2_000_000),
    ]
    assert ticks(0, 50, 10) == []
    assert ticks(7, 3, 10) == []


@given(st.floats(1, 1e18), st.integers(10, 300))
def test_ticks_lie_on_the_axis(total: float, width: int) -> None:
    found = ticks(total, width, 9)
    assert all(0 <= at < width for at, _ in found)
    assert len(found) <= width // 9 + 1
