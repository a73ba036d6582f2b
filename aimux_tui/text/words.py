"""What changed within a line: two versions of it compared word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\s+|.")
_NAMES = re.compile(r"\w+")
_MAX_LENGTH = 1_000
_MAX_WORDS = 80
"""Words that are compared one by one, after what both versions begin and end with is set aside."""
_MIN_COMMON = 0.3
"""Two lines with less in common are different lines rather than versions of one."""

Ranges = list[tuple[int, int]]


def changed_words(old: str, new: str) -> tuple[Ranges, Ranges]:
    """Character ranges of the old line that were removed, and of the new one that were added.

    Both empty if the lines have too little in common for that to say anything.
    """
    if old == new or len(old) > _MAX_LENGTH or len(new) > _MAX_LENGTH:
        return [], []
    olds, news = _WORDS.findall(old), _WORDS.findall(new)
    head = _common(olds, news)
    tail = _common(olds[head:][::-1], news[head:][::-1])
    old_middle, new_middle = olds[head : len(olds) - tail], news[head : len(news) - tail]
    start = sum(map(len, olds[:head]))
    removed, added, common = _compare(old_middle, new_middle)
    same = start + sum(map(len, olds[len(olds) - tail :])) + common
    # Indentation alone makes nobody a relative.
    indent = len(old) - len(old.lstrip()) if start else 0
    if same - indent < _MIN_COMMON * (max(len(old), len(new)) - indent):
        return [], []
    return (
        _joined([(start + first, start + end) for first, end in removed], old),
        _joined([(start + first, start + end) for first, end in added], new),
    )


def similarity(old: str, new: str) -> float:
    """How many of their words two lines share: 0 to 1."""
    olds, news = set(_NAMES.findall(old)), set(_NAMES.findall(new))
    if not olds or not news:
        return 1.0 if old.strip() == new.strip() else 0.0
    return 2 * len(olds & news) / (len(olds) + len(news))


def _common(first: list[str], second: list[str]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _compare(old: list[str], new: list[str]) -> tuple[Ranges, Ranges, int]:
    """Ranges within the joined words, and how many characters both have in common."""
    old_ends, new_ends = _offsets(old), _offsets(new)
    if len(old) > _MAX_WORDS or len(new) > _MAX_WORDS:
        return [(0, old_ends[-1])], [(0, new_ends[-1])], 0
    removed: Ranges = []
    added: Ranges = []
    common = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            common += old_ends[i2] - old_ends[i1]
            continue
        if i2 > i1:
            removed.append((old_ends[i1], old_ends[i2]))
        if j2 > j1:
            added.append((new_ends[j1], new_ends[j2]))
    return removed, added, common


def _offsets(words: list[str]) -> list[int]:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    return offsets


def _joined(ranges: Ranges, text: str) -> Ranges:
    """Ranges with next to nothing between them become one: confetti is hard to read."""
    made: Ranges = []
    for start, end in ranges:
        if made and _is_confetti(text[made[-1][1] : start]):
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made


def _is_confetti(between: str) -> bool:
    return len(between) <= 2 and not any(character.isalnum() for character in between)
