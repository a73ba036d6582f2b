from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.tui.format.inline import inline
from aimux_tui.tui.format.lines import Line, rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.markdown import markdown_lines
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

LOOK = Look(palette_for(AIMUX))


def drawn(text: str, width: int = 60) -> list[str]:
    return [row.content.plain.rstrip() for row in rows(markdown_lines(text, LOOK), width)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("# Title\n\ntext", ["# Title", "", "text"]),
        ("### Third ##", ["### Third"]),
        ("Title\n=====\nSub\n---\ntext", ["# Title", "## Sub", "text"]),
        ("- one\n  - two\n10. three\n* [x] done\n+ [ ] open",
         ["• one", "  • two", "10. three", "• [x] done", "• [ ] open"]),
        ("> quoted\n> > twice", ["│ quoted", "│ │ twice"]),
        ("above\n\n---\nbelow", ["above", "", "─" * 24, "below"]),
        ("```python\ndef f():\n    pass\n```\nafter", ["│ def f():", "│     pass", "after"]),
        ("~~~\n``` not the end\n~~~", ["│ ``` not the end"]),
        ("```\nnever closed", ["│ never closed"]),
        ("| a | b |\n|---|:-:|\n| long cell | x |\n| `c` |",
         ["a         │ b", "──────────┼──", "long cell │ x", "c         │"]),
        ("a | b, no table", ["a | b, no table"]),
        ("    indented", ["    indented"]),
        ("", [""]),
    ],
)  # fmt: skip
def test_blocks(text: str, rows: list[str]) -> None:
    assert drawn(text) == rows


@pytest.mark.parametrize(
    ("text", "plain", "marked"),
    [
        ("a **bold** b", "a bold b", ["bold"]),
        ("*it* and _it_", "it and it", ["it", "it"]),
        ("`code **raw**`", "code **raw**", ["code **raw**"]),
        ("``a ` b``", "a ` b", ["a ` b"]),
        ("~~gone~~", "gone", ["gone"]),
        ("[text](https://x.y)", "text (https://x.y)", ["text", " (https://x.y)"]),
        ("see https://x.y/z.", "see https://x.y/z.", ["https://x.y/z."]),
        ("![shot](a.png)", "▣ shot", ["▣ shot"]),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4", []),
        (r"\*not\* this", "*not* this", []),
        ("**unclosed", "**unclosed", []),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]", []),
    ],
)
def test_marks_within_a_line(text: str, plain: str, marked: list[str]) -> None:
    content = inline(text, LOOK)
    assert content.plain == plain
    assert [content.plain[span.start : span.end] for span in content.spans] == marked


def test_marks_can_be_nested() -> None:
    content = inline("**bold and `code`**", LOOK)
    assert content.plain == "bold and code"
    assert {content.plain[span.start : span.end] for span in content.spans} == {
        "bold and code",
        "code",
    }


def test_long_paragraphs_hang_below_their_bullet() -> None:
    assert drawn("- one two three four", 12) == ["• one two", "  three four"]


def test_code_has_the_colours_of_its_language() -> None:
    (line,) = markdown_lines("```python\nreturn 1\n```", LOOK)
    assert LOOK.palette.syntax["Keyword"] in [span.style for span in line.content.spans]


def test_a_huge_text_is_plain_after_a_while_and_says_so() -> None:
    made = drawn("- item\n" * 20_000)
    assert made[0] == "• item"
    assert "… formatted up to 64 KB, plain from here" in made
    assert made[-2] == "- item"


def test_every_line_belongs_to_the_part() -> None:
    made = markdown_lines("# a\n- b\n```\nc\n```\n|d|\n|-|\n|e|", LOOK, part="step:1")
    assert {line.part for line in made} == {"step:1"}


def test_marks_that_never_end_cost_little() -> None:
    for mark in ("**a ", "a`", "[a](", "_a ", "![", "~~a", "*a", "[a](b c"):
        assert inline(mark * 900, LOOK).plain
        assert len(markdown_lines((mark * 50 + "\n") * 100, LOOK)) == 101


def lines_of(text: str) -> list[Line]:
    return markdown_lines(text, LOOK)


@given(st.text(st.one_of(st.characters(), st.sampled_from("#*_`~[]()|->!\\ \n\x1b1."))))
def test_any_text_becomes_safe_lines(text: str) -> None:
    for line in lines_of(text):
        for piece in (line.content, line.prefix):
            assert all(
                unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
                for character in piece.plain
            )


@given(st.text("ab c1.\n"))
def test_words_without_marks_are_unchanged(text: str) -> None:
    plain = [line.prefix.plain.strip() + line.content.plain.strip() for line in lines_of(text)]
    assert "".join(plain).replace(" ", "") == text.replace("\n", "").replace(" ", "")
