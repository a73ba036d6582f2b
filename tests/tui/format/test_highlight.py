from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.tui.format.highlight import MAX_LINES, highlight_lines, language_of
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

PALETTE = palette_for(AIMUX)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/app.py", "python"),
        ("C:\\src\\main.RS", "rust"),
        ("Dockerfile", "docker"),
        ("notes", ""),
        ("", ""),
        (".gitignore", ""),
    ],
)
def test_languages_by_name(path: str, language: str) -> None:
    assert language_of(path) == language


def test_keywords_and_strings_stand_out() -> None:
    first, second = highlight_lines('def f():\n    return "x"', "python", PALETTE)
    assert (first.plain, second.plain) == ("def f():", '    return "x"')
    styles = {second.plain[span.start : span.end]: span.style for span in second.spans}
    assert styles["return"] == PALETTE.syntax["Keyword"]
    assert styles["x"] == PALETTE.syntax["Literal.String"]


def test_a_string_over_several_lines_is_coloured_on_each() -> None:
    lines = highlight_lines('"""one\ntwo\n"""', "python", PALETTE)
    assert [line.plain for line in lines] == ['"""one', "two", '"""']
    assert all(line.spans for line in lines)


def test_unknown_languages_and_data_are_plain() -> None:
    assert not highlight_lines("text", "no-such-language", PALETTE)[0].spans
    assert not highlight_lines("x = '" + "y" * 5_000 + "'", "python", PALETTE)[0].spans


def test_only_the_beginning_is_coloured() -> None:
    lines = highlight_lines("pass\n" * (MAX_LINES + 5), "python", PALETTE)
    assert len(lines) == MAX_LINES + 6
    assert lines[MAX_LINES - 1].spans
    assert not lines[MAX_LINES].spans


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF) | st.just("\n")),
    st.sampled_from(["python", "json", "html", "bash", "diff", "markdown", ""]),
)
def test_the_text_is_never_changed(code: str, language: str) -> None:
    lines = highlight_lines(code, language, PALETTE)
    assert [line.plain for line in lines] == code.split("\n")
