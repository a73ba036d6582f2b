from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.theme import BUILTIN_THEMES

from aimux_tui.model.tools import FileEdit, Hunk
from aimux_tui.text.words import changed_words
from aimux_tui.tui.format.diff import edit_heading, side_by_side_diff, unified_diff
from aimux_tui.tui.format.lines import Line, rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.paths import Paths
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

LOOK = Look(palette_for(AIMUX), zone=UTC)
MINUS = LOOK.glyphs.removed
EDIT = FileEdit(
    "src/login.py",
    "update",
    (
        Hunk(
            (
                " def login(request):",
                "-    return redirect(request.url)",
                "+    target = clean(request)",
                "+    return redirect(target)",
                " ",
            ),
            9,
            9,
        ),
        Hunk(("-gone", "\\ No newline at end of file"), 120, 121),
    ),
    additions=2,
    deletions=2,
)


def drawn(lines: list[Line], width: int = 60) -> list[str]:
    return [row.content.plain.rstrip() for row in rows(lines, width)]


def test_a_unified_diff_has_the_numbers_of_the_file() -> None:
    assert drawn(unified_diff(EDIT, LOOK)) == [
        "  9   def login(request):",
        f" 10 {MINUS}     return redirect(request.url)",
        " 10 +     target = clean(request)",
        " 11 +     return redirect(target)",
        " 12",
        "⋯",
        f"120 {MINUS} gone",
        "      No newline at end of file",
    ]


def test_numbers_that_the_log_does_not_tell_are_left_out() -> None:
    edit = FileEdit("f", "update", (Hunk(("-a", "+b", " c")),))
    assert drawn(unified_diff(edit, LOOK)) == [f"{MINUS} a", "+ b", "  c"]


def test_a_long_diff_is_cut_and_says_so() -> None:
    edit = FileEdit("f", "create", (Hunk(tuple(f"+{n}" for n in range(50)), 0, 1),))
    assert drawn(unified_diff(edit, LOOK, max_lines=3))[-1] == "… 47 more lines, enter"
    assert len(unified_diff(edit, LOOK, max_lines=50)) == 50


def test_both_versions_side_by_side() -> None:
    assert drawn(side_by_side_diff(EDIT, LOOK, 75), 75) == [
        "  9   def login(request):            │   9   def login(request):",
        "                                     │  10 +     target = clean(request)",
        f" 10 {MINUS}     return redirect(request.ur │  11 +     return redirect(target)",
        "      l)                             │",
        " 11                                  │  12",
        "───",
        f"120 {MINUS} gone                           │",
        "      No newline at end of file      │       No newline at end of file",
    ]


def test_changed_words_are_marked_within_lines() -> None:
    removed = unified_diff(EDIT, LOOK)[1].content
    assert [
        removed.plain[span.start : span.end]
        for span in removed.spans
        if span.style == LOOK.palette.removed_word
    ] == ["request.url"], "compared with the line that it became, not with the next one"
    edit = FileEdit("f", "update", (Hunk(("-the old name stays", "+the new name stays")),))
    old, new = unified_diff(edit, LOOK)
    assert [(span.start, span.end, span.style) for span in old.content.spans] == [
        (4, 7, LOOK.palette.removed_word)
    ]
    assert [(span.start, span.end, span.style) for span in new.content.spans] == [
        (4, 7, LOOK.palette.added_word)
    ]


def test_code_is_coloured_in_its_language() -> None:
    (line,) = unified_diff(FileEdit("a.py", "create", (Hunk(("+def f(): pass",)),)), LOOK)
    assert LOOK.palette.syntax["Keyword"] in [span.style for span in line.content.spans]
    terminal = Look(palette_for(BUILTIN_THEMES["ansi-dark"]))
    (line,) = unified_diff(FileEdit("a.py", "create", (Hunk(("+def f(): pass",)),)), terminal)
    assert not line.content.spans, "the colour of the line says that it was added"


@pytest.mark.parametrize(
    ("edit", "heading"),
    [
        (EDIT, f"src/login.py  +2  {MINUS}2"),
        (FileEdit("new.py", "create", additions=4), "new.py  new file  +4"),
        (FileEdit("a", "move", new_path="b"), "a → b  moved"),
        (
            FileEdit("a", "delete", is_proposed=True),
            "a  deleted  as proposed: the log holds no result",
        ),
        (FileEdit("e\x1b[31mvil\n", "update"), "evil"),
    ],
)
def test_headings(edit: FileEdit, heading: str) -> None:
    assert edit_heading(edit, LOOK).content.plain == heading


def test_a_heading_leaves_out_folders_rather_than_take_two_lines() -> None:
    edit = FileEdit("/work/packages/animals/src/lion.py", "update", additions=4, deletions=2)
    plain = edit_heading(edit, LOOK, paths=Paths("/work", 32)).content.plain
    assert plain == f"packages/…/src/lion.py  +4  {MINUS}2"
    moved = FileEdit("/work/packages/animals/lion.py", "move", new_path="/work/packages/cats/l.py")
    plain = edit_heading(moved, LOOK, paths=Paths("/work", 60)).content.plain
    assert plain == "packages/…/lion.py → packages/cats/l.py  moved"


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("f(a, b)", "f(a, c, b)", [], ["c, "]),
        ("x = 1", "x = 2", ["1"], ["2"]),
        ("x = 1", "import everything", [], []),
        ("same", "same", [], []),
        ("a" * 5_000 + "x", "a" * 5_000 + "y", [], []),
        ("keep this and that", "keep that and this", ["this", "that"], ["that", "this"]),
    ],
)
def test_changed_words(old: str, new: str, removed: list[str], added: list[str]) -> None:
    gone, come = changed_words(old, new)
    assert [old[start:end] for start, end in gone] == removed
    assert [new[start:end] for start, end in come] == added


@given(st.text("ab =(),\n", max_size=60), st.text("ab =(),\n", max_size=60))
def test_without_the_changed_words_both_lines_are_the_same(old: str, new: str) -> None:
    removed, added = changed_words(old, new)
    if removed or added:
        # Signs between two changes may count as changed, on one side or on both.
        assert letters(without(old, removed)) == letters(without(new, added))


def without(text: str, ranges: list[tuple[int, int]]) -> str:
    for start, end in reversed(ranges):
        text = text[:start] + text[end:]
    return text


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


Hunks = st.lists(
    st.builds(
        Hunk,
        st.lists(
            st.builds(str.__add__, st.sampled_from(" -+\\"), st.text(max_size=30)), max_size=12
        ).map(tuple),
        st.none() | st.integers(0, 99_999),
        st.none() | st.integers(0, 99_999),
    ),
    max_size=4,
).map(tuple)


@given(Hunks, st.integers(1, 200))
def test_any_diff_fits_any_width(hunks: tuple[Hunk, ...], width: int) -> None:
    edit = FileEdit("x.py", "update", hunks)
    for lines in (unified_diff(edit, LOOK), side_by_side_diff(edit, LOOK, width)):
        for row in rows(lines, width):
            assert cell_len(row.content.plain.rstrip()) <= max(width, row.lead + 2)
            assert "\n" not in row.content.plain
            assert "\x1b" not in row.content.plain
