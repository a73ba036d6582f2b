from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.tui.widgets.heights import Heights


def test_items_of_one_height_need_no_tree() -> None:
    heights = Heights(100_000, default=2)
    assert heights.total == 200_000
    assert heights.find(0) == (0, 0)
    assert heights.find(131_071) == (65_535, 1)
    assert heights.top(100_000) == 200_000


def test_one_tall_item_moves_all_behind_it() -> None:
    heights = Heights(5)
    assert heights.set(1, 10) == 9
    assert [heights.top(index) for index in range(6)] == [0, 1, 11, 12, 13, 14]
    assert heights.find(10) == (1, 9)
    assert heights.find(11) == (2, 0)


def test_rows_outside_give_the_nearest_item() -> None:
    heights = Heights(3)
    heights.set(2, 4)
    assert heights.find(-7) == (0, 0)
    assert heights.find(99) == (2, 3)


def test_items_without_height_are_never_found() -> None:
    heights = Heights(4)
    heights.set(0, 0)
    heights.set(3, 0)
    assert [heights.find(row) for row in range(2)] == [(1, 0), (2, 0)]
    assert heights.find(99) == (2, 0)


def test_an_empty_column_has_no_rows() -> None:
    for heights in (Heights(), Heights(3, default=0)):
        assert heights.total == 0
        assert heights.top(0) == 0
        with pytest.raises(IndexError):
            heights.find(0)


@given(
    st.integers(0, 90), st.integers(0, 3), st.dictionaries(st.integers(0, 99), st.integers(0, 9))
)
def test_many_heights_can_be_given_at_once(
    count: int, default: int, unusual: dict[int, int]
) -> None:
    heights = Heights(7, 1)
    heights.reset(count, default, unusual.items())
    plain = [unusual.get(index, default) for index in range(count)]
    assert [heights[index] for index in range(count)] == plain
    assert [heights.top(index) for index in range(count + 1)] == [
        sum(plain[:index]) for index in range(count + 1)
    ]
    heights.append(3)
    assert heights.total == sum(plain) + 3 * default
    assert heights.top(count + 3) == heights.total


def test_bad_arguments_are_refused() -> None:
    heights = Heights(2)
    with pytest.raises(IndexError):
        heights.set(2, 1)
    with pytest.raises(IndexError):
        heights.top(3)
    with pytest.raises(ValueError, match="negative"):
        heights.set(0, -1)


Steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 300), st.integers(0, 9)),
        st.tuples(st.just("append"), st.integers(0, 70), st.just(0)),
        st.tuples(st.just("truncate"), st.integers(0, 300), st.just(0)),
        st.tuples(st.just("reset"), st.integers(0, 70), st.integers(0, 3)),
    ),
    max_size=40,
)


@given(st.integers(0, 40), st.integers(0, 3), Steps)
def test_it_behaves_like_a_plain_list(
    count: int, default: int, steps: list[tuple[str, int, int]]
) -> None:
    heights = Heights(count, default)
    plain = [default] * count
    for name, first, second in steps:
        match name:
            case "set" if first < len(plain):
                assert heights.set(first, second) == second - plain[first]
                plain[first] = second
            case "append":
                heights.append(first)
                plain += [default] * first
            case "truncate":
                heights.truncate(first)
                del plain[first:]
            case "reset":
                default = second
                heights.reset(first, default)
                plain = [default] * first
    assert [heights[index] for index in range(len(heights))] == plain
    assert heights.total == sum(plain)
    assert [heights.top(index) for index in range(len(plain) + 1)] == [
        sum(plain[:index]) for index in range(len(plain) + 1)
    ]
    rows = [(index, line) for index, height in enumerate(plain) for line in range(height)]
    assert [heights.find(row) for row in range(len(rows))] == rows
