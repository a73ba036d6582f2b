from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from aimux_tui.text.sanitise import sanitise
from aimux_tui.tui.format.lines import Line, Wrap, fit, height_of, pad, rows, rows_of, text_lines


def drawn(line: Line, width: int) -> list[str]:
    return [row.content.plain.rstrip() for row in rows_of(line, width)]


def test_words_stay_whole_where_they_fit() -> None:
    line = Line(Content("the quick brown fox"))
    assert drawn(line, 10) == ["the quick", "brown fox"]
    assert drawn(line, 4) == ["the", "quic", "k", "brow", "n", "fox"]


def test_code_is_folded_anywhere() -> None:
    assert drawn(Line(Content("if  x:  y"), wrap=Wrap.FOLD), 4) == ["if", "x:", "y"]
    assert [row.content.plain for row in rows_of(Line(Content("abcdef"), wrap=Wrap.FOLD), 4)] == [
        "abcd",
        "ef",
    ]


def test_a_cut_line_says_so() -> None:
    assert drawn(Line(Content("abcdef"), wrap=Wrap.CUT), 4) == ["abc…"]
    assert [
        row.content.plain for row in rows([Line(Content("a" * 9), wrap=Wrap.CUT)], 6, "...")
    ] == ["aaa..."]


def test_following_rows_hang_below_the_text() -> None:
    line = Line(Content("one two three"), prefix=Content("- "))
    assert drawn(line, 9) == ["- one two", "  three"]
    quoted = Line(Content("one two three"), prefix=Content("| "), hang=Content("| "))
    assert drawn(quoted, 9) == ["| one two", "| three"]


def test_only_the_rows_of_one_line_continue() -> None:
    made = rows(text_lines("aa bb\ncc"), 3)
    assert [row.is_continued for row in made] == [True, False, False]
    assert "".join(row.content.plain for row in made[:2]) == "aa bb"


def test_a_prefix_that_takes_all_the_room_is_left_out() -> None:
    assert drawn(Line(Content("text"), prefix=Content("12345 ")), 4) == ["text"]


def test_wide_characters_are_never_halved() -> None:
    assert drawn(Line(Content("日本語"), wrap=Wrap.FOLD), 5) == ["日本", "語"]
    assert drawn(Line(Content("日本語"), wrap=Wrap.FOLD), 1) == ["日", "本", "語"]
    assert fit(Content("日本語"), 4).plain == "日…"
    assert drawn(Line(Content("ae\u0301i"), wrap=Wrap.FOLD), 2) == ["ae\u0301", "i"]


def test_styles_survive_breaking() -> None:
    bold = Style(bold=True)
    line = Line(Content.assemble("aaa ", ("bbb ccc", bold)))
    first, second, third = rows_of(line, 4)
    assert first.content.spans == []
    assert [(span.start, span.end, span.style) for span in second.content.spans] == [(0, 4, bold)]
    assert third.content.plain == "ccc"


def test_fit_and_pad() -> None:
    assert fit(Content("short"), 5).plain == "short"
    assert fit(Content("longer"), 5).plain == "long…"
    assert fit(Content("longer"), 0).plain == ""
    assert fit(Content("longer"), 2, "...").plain == "lo"
    assert pad(Content("7"), 3, right=True).plain == "  7"
    assert pad(Content("日"), 3).plain == "日 "


@given(
    st.text().map(lambda text: sanitise(text).replace("\n", " ")),
    st.integers(1, 30),
    st.sampled_from([Wrap.WORDS, Wrap.FOLD]),
    st.sampled_from(["", "> ", "12 │ "]),
)
def test_nothing_is_lost_and_nothing_is_too_wide(
    text: str, width: int, wrap: Wrap, prefix: str
) -> None:
    line = Line(Content(text), prefix=Content(prefix), wrap=wrap)
    made = rows_of(line, width)
    assert "".join(row.content.plain[row.lead :] for row in made) == text
    for row in made:
        # A wide character cannot be made narrower than it is.
        assert cell_len(row.content.plain.rstrip(" ")) <= max(width, row.lead + 2)
    if len(made) == 1:
        assert height_of(line, width) == 1
