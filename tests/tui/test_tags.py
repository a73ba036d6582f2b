"""Tags as they are typed and completed."""

from __future__ import annotations

import pytest

from aimux_tui.tui.tags import completion, offered, tags_of, with_tag

KNOWN = ("loop", "Wrong file", "gave up")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        (" , ,", ()),
        ("loop", ("loop",)),
        ("loop,  wrong   file ,loop", ("loop", "wrong file")),
    ],
)
def test_commas_stand_between_tags(text: str, tags: tuple[str, ...]):
    assert tags_of(text) == tags


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("lo", "loop"),
        ("wr", "wrong file"),
        ("loop, g", "loop, gave up"),
        ("", None),
        ("loop, ", None),
        ("loop", None),
        ("loop, lo", None),
        ("x", None),
    ],
)
def test_the_last_tag_is_completed_from_those_in_use(text: str, completed: str | None):
    assert completion(text, KNOWN) == completed


def test_what_holds_the_beginning_is_offered_first_and_what_is_taken_not_at_all():
    assert offered("", KNOWN) == ["loop", "Wrong file", "gave up"]
    assert offered("up", KNOWN) == ["gave up", "loop", "Wrong file"]
    assert offered("loop, ", KNOWN) == ["Wrong file", "gave up"]


def test_a_tag_that_is_clicked_on_takes_the_place_of_its_beginning():
    assert with_tag("", "loop") == "loop, "
    assert with_tag("loop, ga", "gave up") == "loop, gave up, "
    assert with_tag("mine", "loop") == "mine, loop, "
    assert with_tag("loop", "loop") == "loop, "
