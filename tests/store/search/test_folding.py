"""Words are cut in Python exactly as FTS5 cuts them, and nothing hides from a look at raw bytes."""

from __future__ import annotations

import json
import sqlite3
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimux_tui.store.search.folding import LONGEST_PART, prepared, words_of
from aimux_tui.store.search.needle import Needle

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    "abcABC 019_-é汉字かなกข—✓ßİ", max_size=40
)


def words_in_fts5(text: str) -> set[str]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='ascii')")
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
    connection.execute("INSERT INTO t VALUES(?)", (prepared(text),))
    return {word for (word,) in connection.execute("SELECT term FROM v")}


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_words_are_cut_as_fts5_cuts_them(text: str):
    text = text.replace("\0", "")  # where SQLite ends a text
    assert {word for word, _, _ in words_of(text.casefold())} == words_in_fts5(text)


def test_a_character_without_spaces_around_it_is_a_word():
    assert [word for word, _, _ in words_of("见文档abc。可")] == ["见", "文", "档", "abc", "可"]


def test_a_word_of_any_length_is_found_in_parts():
    text = "".join(chr(ord("a") + number % 26) for number in range(50_000))
    parts = [word for word, _, _ in words_of(text)]
    assert max(map(len, parts)) <= 8000
    assert all(
        any(text[start : start + LONGEST_PART] in part for part in parts)
        for start in range(0, 50_000 - LONGEST_PART, 97)
    )


def test_every_character_that_folds_to_ascii_is_looked_for():
    plain = Needle("nothing that is there")
    for code in range(0x80, sys.maxunicode + 1):
        folded = chr(code).casefold()
        if any(character.isascii() and character.isalnum() for character in folded):
            data = chr(code).encode()
            assert plain.may_be_in(data, data.lower()), f"U+{code:04X}"


@given(TEXTS, st.booleans(), st.data())
@settings(max_examples=300, deadline=None)
def test_raw_bytes_never_hide_a_needle(text: str, ascii_only: bool, data: st.DataObject):
    start = data.draw(st.integers(0, len(text)))
    needle = Needle(text[start : start + 8])
    if needle and needle.find(text):
        raw = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
        assert needle.may_be_in(raw, raw.lower())


@pytest.mark.parametrize(
    ("needle", "text", "found"),
    [
        ("strasse", "Die Straße.", ["Straße"]),
        ("ß", "STRASSE", ["SS"]),
        ("istanbul", "in ISTANBUL", ["ISTANBUL"]),
        ("foo bar", "foo\n\t bar, FOO BAR", ["foo\n\t bar", "FOO BAR"]),
        ("ﬁnd", "find", ["find"]),
        ("\u03c3", "ΌΣΟΣ", ["Σ", "Σ"]),
    ],
)
def test_places_are_those_in_the_text_itself(needle: str, text: str, found: list[str]):
    assert [text[start:end] for start, end in Needle(needle).find(text)] == found
