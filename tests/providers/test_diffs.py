"""Diffs: parsing what logs hold, and computing what they do not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.model.tools import Hunk
from aimux_tui.providers.diffs import (
    NO_NEWLINE,
    count_changes,
    edit_for_deleted_file,
    edit_for_new_file,
    edit_from_replacement,
    hunks_from_structured_patch,
    hunks_from_texts,
    hunks_from_unified,
)
from aimux_tui.providers.line_diff import MAX_LINES, Change, changes

UNIFIED = """\
Index: a.py
===================================================================
--- a.py\tCurrent
+++ a.py\tProposed
@@ -1,3 +1,3 @@ def f():
 one
--- two
+++ zwei
 three
@@ -10 +10,2 @@
 ten

+eleven
\\ No newline at end of file
"""


def test_a_unified_diff_gives_numbered_hunks() -> None:
    first, second = hunks_from_unified(UNIFIED)
    assert first == Hunk((" one", "--- two", "+++ zwei", " three"), 1, 1)
    assert (second.old_start, second.new_start) == (10, 10)


def test_counts_in_a_header_decide_where_its_hunk_ends() -> None:
    text = "@@ -1 +1 @@\n-a\n+b\n--- other.py\n+++ other.py\n@@ -5 +5 @@\n-c\n+d\n"
    assert [hunk.lines for hunk in hunks_from_unified(text)] == [("-a", "+b"), ("-c", "+d")]


def test_headers_without_numbers_give_hunks_without_numbers() -> None:
    hunks = hunks_from_unified("@@ def f():\n-a\n+b\n@@\n c\n+d\n")
    assert hunks == (Hunk(("-a", "+b")), Hunk((" c", "+d")))


@given(st.text(alphabet="@-+ \\\n19,a"))
def test_any_text_is_survived(text: str) -> None:
    for hunk in hunks_from_unified(text):
        assert all(line[:1] in " -+\\" for line in hunk.lines)


def test_a_structured_patch_is_taken_as_it_is() -> None:
    patch = [
        {"oldStart": 3, "oldLines": 2, "newStart": 3, "newLines": 2, "lines": [" a", "-b", "+c"]},
        {"oldStart": "x", "lines": ["\\ No newline at end of file", 5]},
        "junk",
        {"lines": None},
    ]
    assert hunks_from_structured_patch(patch) == (
        Hunk((" a", "-b", "+c"), 3, 3),
        Hunk(("\\ No newline at end of file",)),
    )
    assert hunks_from_structured_patch({"oldStart": 1}) == ()


def test_a_replacement_shows_context_but_claims_no_line_numbers() -> None:
    edit = edit_from_replacement("a.py", "x = 1\ny = 2\nz = 3", "x = 1\ny = 20\nz = 3")
    assert edit.hunks == (Hunk((" x = 1", "-y = 2", "+y = 20", " z = 3")),)
    assert (edit.additions, edit.deletions, edit.is_proposed) == (1, 1, True)


def test_deleting_whole_lines_leaves_no_phantom_line() -> None:
    assert edit_from_replacement("a", "gone\n", "").hunks == (Hunk(("-gone",)),)
    assert edit_from_replacement("a", "", "").hunks == ()


def test_far_changes_are_separate_hunks_with_numbers() -> None:
    old = "\n".join(f"line {n}" for n in range(1, 41))
    new = old.replace("line 5\n", "five\n").replace("line 30\n", "")
    first, second = hunks_from_texts(old, new, old_start=1, new_start=1)
    assert (first.old_start, first.new_start) == (2, 2)
    assert (second.old_start, second.new_start) == (27, 27)
    assert second.lines == (
        " line 27", " line 28", " line 29", "-line 30", " line 31", " line 32", " line 33",
    )  # fmt: skip


def test_new_and_deleted_files_are_whole() -> None:
    created = edit_for_new_file("a", "x\ny\n")
    assert (created.operation, created.additions) == ("create", 2)
    assert created.hunks == (Hunk(("+x", "+y"), 0, 1),)
    assert edit_for_new_file("a", "x").hunks[0].lines == ("+x", NO_NEWLINE)
    assert edit_for_new_file("a", "").hunks == ()
    assert edit_for_deleted_file("a", "x\n").deletions == 1


def _patched(before: list[str], after: list[str], found: list[Change]) -> list[str]:
    result, at = [], 0
    for change in found:
        assert change.old_start >= at
        result += before[at : change.old_start] + after[change.new_start : change.new_end]
        at = change.old_end
    return result + before[at:]


lines = st.lists(st.sampled_from("abcdef{}"), max_size=25)


@given(lines, lines)
def test_changes_turn_the_old_lines_into_the_new(before: list[str], after: list[str]) -> None:
    found = changes(before, after)
    assert _patched(before, after, found) == after
    if before == after:
        assert found == []


@given(lines, lines)
def test_hunks_hold_what_changed(before: list[str], after: list[str]) -> None:
    additions, deletions = count_changes(
        hunks_from_texts("".join(f"{x}\n" for x in before), "".join(f"{x}\n" for x in after))
    )
    assert len(after) - len(before) == additions - deletions


@pytest.mark.parametrize("kind", ["shuffled", "repetitive", "half", "huge"])
def test_hard_inputs_still_give_a_true_diff(kind: str) -> None:
    rng = random.Random(kind)
    before = [f"{n} {rng.random()}" for n in range(3000)]
    match kind:
        case "shuffled":
            after = rng.sample(before, len(before))
        case "half":
            after = [line if rng.random() < 0.5 else line + "!" for line in before]
        case "repetitive":
            before = rng.choices(["{", "}", '"a": 1,'], k=3000)
            after = rng.choices(["{", "}", '"a": 1,'], k=3000)
        case _:
            before = ["same", *["a"] * MAX_LINES, "end"]
            after = ["same", *["b"] * 5, "end"]
    assert _patched(before, after, changes(before, after)) == after
