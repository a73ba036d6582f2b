from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.text.sanitise import one_line, sanitise

# Anything at all, and above all the characters that mean something to a terminal.
Hostile = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cf", "Cc", "Zl", "Zp", "Mn", "Me"]),
        st.sampled_from("\x1b\x9b\x9d[]PX^_m0;?\\\x07 \t\r\n"),
    )
)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x9b31mred", "red"),
        ("\x1b]0;a new title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;c2VjcmV0\x07pasted", "pasted"),
        ("\x1bPq#0;2;0;0;0~~\x1b\\image", "image"),
        ("\x1b_Gf=100;AAAA\x1b\\kitty", "kitty"),
        ("\x1b(Bcharset \x1b7cursor\x1bc", "charset cursor"),
        ("unfinished \x1b]0;title", "unfinished 0;title"),
        ("unfinished \x1b[31", "unfinished 31"),
        ("nested \x1b\x1b[0m[31m", "nested ␛[31m"),
        ("bell\x07 null\x00 delete\x7f", "bell␇ null␀ delete␡"),
        ("c1 \x84 é", "c1 � é"),
        ("dos\r\nmac\runix\n", "dos\nmac\nunix\n"),
        ("lines\u2028and\u2029paragraphs\x85", "lines\nand\nparagraphs\n"),
        ("file\u202egnp.exe", "file�gnp.exe"),
        ("is\u2066olated\u2069", "is�olated�"),
        ("zero\u200bwidth\u200d\ufeff", "zerowidth"),
        ("smuggled\U000e0041", "smuggled�"),
        ("half \ud83d of a pair", "half � of a pair"),
        ("z" + "\u0300" * 50, "z" + "\u0300" * 3),
        ("a\tb", "a   b"),
        ("日本語 stays", "日本語 stays"),
        ("[bold]markup is only text[/bold]", "[bold]markup is only text[/bold]"),
    ],
)
def test_what_becomes_of_it(text: str, safe: str) -> None:
    assert sanitise(text) == safe


@given(Hostile)
def test_no_control_character_survives(text: str) -> None:
    for character in sanitise(text):
        assert character == "\n" or unicodedata.category(character) not in {
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
        }


@given(Hostile)
def test_it_changes_nothing_the_second_time(text: str) -> None:
    once = sanitise(text)
    assert sanitise(once) == once
    once.encode()


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert sanitise(text) is text


def test_unterminated_sequences_cost_no_more_than_their_length() -> None:
    # Quadratic scanning would not come to an end here.
    for text in ("\x1b]" * 300_000, "\x9d" * 300_000 + "é", "\x1b[0" * 300_000, "\x90x" * 300_000):
        assert len(sanitise(text)) <= len(text)


def test_one_line_is_short_and_has_no_breaks() -> None:
    assert one_line("  first\n\n\tsecond\x1b[0m  ") == "first second"
    assert one_line("word " * 100, limit=12) == "word word w…"
    assert one_line("x" * 5_000_000, limit=10) == "xxxxxxxxx…"
    assert one_line("\x1b[31m" * 100 + "late", limit=10).endswith("…")
