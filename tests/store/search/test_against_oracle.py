"""No hit is lost and none is false, whatever is said, however it is escaped, and indexed or not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.search.conversations import Turn, Zoo

# ruff: noqa: RUF001 - letters that look alike are what is tested
ALPHABET = "abcAB019 \n\t_-./\\\"'()=:|éÉßſKﬁİıçñŉ—✓│汉字かな한글กข😀\x1b\x00"
WORDS = st.sampled_from(
    [
        "redirect_uri",
        "EventLoop",
        "C:\\new\\users",
        'say "hi"',
        "a" * 50,
        "naïve",
        "Straße",
        "STRASSE",
        "汉字测试",
        "\x1b[31mred\x1b[0m",
        "foo\nbar",
        "€uro",
        "x—y",
        "İstanbul",
        "\u212a",
        "\u2028",
    ]
)
TEXTS = st.lists(st.text(ALPHABET, max_size=12) | WORDS, max_size=6).map(" ".join)
TURNS = st.builds(
    lambda number, prompt, answers, outputs: Turn(f"Q{number}: {prompt}.", answers, outputs),
    st.integers(0, 9),
    TEXTS,
    st.lists(TEXTS, max_size=2),
    st.lists(TEXTS, max_size=2),
)
STATES = ("not indexed", "indexed", "indexed in part", "in small segments")


def pick(data: st.DataObject, zoo: Zoo) -> str:
    """Some words that may be in the logs."""
    said = data.draw(st.sampled_from(sorted(zoo.texts())) | TEXTS, "text")
    start = data.draw(st.integers(0, max(0, len(said) - 1)), "start")
    word = said[start : start + data.draw(st.integers(1, 14), "length")]
    return word if word.split() else "Q1"


@pytest.mark.parametrize("state", STATES)
@given(
    data=st.data(), first=st.lists(TURNS, min_size=1, max_size=4), more=st.lists(TURNS, max_size=2)
)
@settings(max_examples=60, deadline=None)
def test_a_search_finds_what_is_there(
    state: str, data: st.DataObject, first: list[Turn], more: list[Turn]
):
    with tempfile.TemporaryDirectory() as folder:
        zoo = Zoo(Path(folder))
        for number, turn in enumerate(first):
            zoo.conversation(f"s{number % 2}", is_ascii=number % 2 == 1).say(turn)
        if state != "not indexed":
            zoo.cover(500 if state == "in small segments" else 1 << 20)
        for turn in more:
            zoo.conversation("s0").say(turn)
        if state in {"indexed", "in small segments"}:
            zoo.cover(500)
        for _ in range(3):
            word, other = pick(data, zoo), pick(data, zoo)
            assert zoo.find(word) == zoo.expect(word)
            assert zoo.find(word, whole=True) == zoo.expect(word, whole=True)
            assert zoo.find(word, other) == zoo.expect(word, other)
            assert zoo.find(word, without=[other]) == zoo.expect(word, without=[other])
        assert not zoo.index.trouble
        zoo.index.close()
