"""Text as the index takes it: upper and lower case alike, cut into words in one known way.

FTS5's `ascii` tokenizer takes letters, digits and everything beyond ASCII for parts of words. What
stands beyond ASCII is prepared for it here: folded, freed of punctuation, and the characters of
scripts without spaces made words of their own.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 8000
"""Characters of the longest word that is kept whole: FTS5 cuts one at 32,768 bytes."""
LONGEST_PART = 256
"""Characters that two parts of a longer one have in common, so what is looked for is in one."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"((?=\w)[{_UNSPACED}])|[^\w]+")
_LONG_WORD = re.compile(rf"[0-9A-Za-z\x80-\U0010ffff]{{{_LONGEST},}}")
_WORD = re.compile(r"[0-9a-z\x80-\U0010ffff]+")


def prepared(text: str) -> str:
    """The text for the index."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_fold_found, text)
    return _LONG_WORD.sub(_cut, text) if _has_long_word(text) else text


def _has_long_word(text: str) -> bool:
    """Whether there may be one: it would fill one of these windows, a look at the rest is short."""
    window = _LONGEST // 2
    starts = range(0, len(text) - window + 1, window)
    return any(text[start : start + window].isalnum() for start in starts)


def words_of(folded: str) -> list[tuple[str, int, int]]:
    """(word, start, end) of each word of a folded text, cut as the index cuts them.

    Start and end count in the prepared text.
    """
    text = prepared(folded)
    return [(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]


def is_whole_word(word: str) -> bool:
    """Whether a word stands for itself wherever it is found: a character without spaces around."""
    return len(word) == 1 and _PIECE.fullmatch(word) is not None


def _fold_found(found: re.Match[str]) -> str:
    return _folded(found[0])


@lru_cache(maxsize=16_384)
def _folded(text: str) -> str:
    return _PIECE.sub(_spaced, text.casefold())


def _spaced(found: re.Match[str]) -> str:
    return f" {found[1]} " if found[1] else " "


def _cut(found: re.Match[str]) -> str:
    """A word too long to be kept, as parts that overlap."""
    word, step = found[0], _LONGEST - LONGEST_PART
    return " ".join(word[start : start + _LONGEST] for start in range(0, len(word), step))
