"""Bars and sparklines."""

from __future__ import annotations

from aimux_tui.text.bars import bar, sparkline


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar(8, 8, 4) == "████"
    assert bar(4, 8, 4) == "██"
    assert bar(5, 8, 4) == "██▌"
    assert bar(4, 8, 4, is_ascii=True) == "##"


def test_little_is_seen_and_nothing_is_not() -> None:
    assert bar(0.001, 1000, 4) == "▏"
    assert bar(0.001, 1000, 4, is_ascii=True) == "#"
    assert bar(0, 1000, 4) == bar(-1, 1000, 4) == bar(1, 0, 4) == ""


def test_more_than_all_fills_the_bar() -> None:
    assert bar(20, 10, 3) == "███"


def test_a_sparkline_tells_nothing_from_little() -> None:
    assert sparkline([0, 0.01, 4, 8]) == "▁▂▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""
    assert sparkline([0, 8], is_ascii=True) == "_#"
