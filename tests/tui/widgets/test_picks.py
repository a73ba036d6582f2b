"""Marks on the items of a list."""

from __future__ import annotations

from aimux_tui.tui.widgets.item_source import NoItems
from aimux_tui.tui.widgets.picks import Picks


class Letters(NoItems):
    """Items that are letters."""

    def __init__(self, letters: str) -> None:
        self.letters = letters

    def __len__(self) -> int:
        return len(self.letters)

    def key(self, index: int) -> str:
        return self.letters[index]

    def index(self, key: str) -> int | None:
        return self.letters.find(key) if key in self.letters else None


ITEMS = Letters("abcdef")


def test_single_marks_are_set_and_taken_away():
    picks = Picks()
    picks.toggle("d")
    picks.toggle("b")
    assert picks.keys(ITEMS) == ["b", "d"]
    picks.toggle("d")
    assert picks.keys(ITEMS) == ["b"]
    assert picks.count(ITEMS) == 1


def test_a_range_follows_the_cursor_both_ways_until_it_is_ended():
    picks = Picks()
    picks.begin_range("c")
    picks.extend_range("e")
    assert picks.keys(ITEMS) == ["c", "d", "e"]
    picks.extend_range("b")
    assert picks.keys(ITEMS) == ["b", "c"]
    picks.end_range(ITEMS)
    picks.extend_range("f")
    assert picks.keys(ITEMS) == ["b", "c"]
    assert not picks.is_range_open


def test_a_range_and_single_marks_add_up():
    picks = Picks()
    picks.toggle("a")
    picks.toggle("d")
    picks.begin_range("c")
    picks.extend_range("e")
    assert picks.keys(ITEMS) == ["a", "c", "d", "e"]
    assert picks.count(ITEMS) == 4
    assert [picks.holds(index, ITEMS) for index in range(6)] == [1, 0, 1, 1, 1, 0]


def test_marks_of_items_that_are_not_shown_do_not_count():
    picks = Picks()
    picks.toggle("a")
    picks.toggle("b")
    assert picks.keys(Letters("bc")) == ["b"]
    assert picks.count(Letters("bc")) == 1
    picks.begin_range("a")
    assert picks.keys(Letters("bc")) == ["b"]


def test_all_marks_go_at_once():
    picks = Picks()
    assert not picks
    picks.toggle("a")
    picks.begin_range("c")
    assert picks
    picks.clear()
    assert not picks
    assert picks.keys(ITEMS) == []
