"""What is looked for, and finding it in a text and in the raw bytes of records."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from aimux_tui.store.search.folding import LONGEST_PART, is_whole_word, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.passage import PassageKind

_PIECE = re.compile(r"[\x20-\x7e]|[^\x00-\x7f]+|.", re.DOTALL)
# A text may be JSON within JSON, so that what is escaped is escaped twice.
_ESCAPE = rb"\\+(?:u[0-9a-f]{4}|[bfnrtv])"
# Between two words stand blanks, or what lies between two pieces of a text that are shown as one:
# mark-up, the ends of JSON strings.
_GAP = rb"(?:(?:[\x00-\x20\x80-\xff]|" + _ESCAPE + rb")+|.{0,300}?)"
_CONTROL = rb"(?:[\x00-\x1f\x7f]|" + _ESCAPE + rb")"
_ESCAPED = frozenset('"\\/')
_DISGUISED = re.compile(
    # Escapes but control characters, what folds to ASCII letters (sharp s, long s, ligatures, the
    # sign for Kelvin and others), and NUL bytes, which are dropped from a line before it is read.
    rb"\\u(?!00[01])[0-9a-fA-F]{4}|\xc3\x9f|\xc5\x89|\xc5\xbf|\xc7\xb0|\xc4\xb0|\xe2\x84\xaa"
    rb"|\xe1\xba[\x96-\x9a\x9e]|\xef\xac[\x80-\x86]|\x00"
)
_MOST_IN_ONE = 1000
"""Hits in one text that are counted."""


class Word:
    """A word to look up in the index. Open ends may go on: the index may have a longer word."""

    __slots__ = ("is_open_left", "is_open_right", "text")

    def __init__(self, text: str, *, is_open_left: bool, is_open_right: bool) -> None:
        self.text = text[:LONGEST_PART]
        is_cut = len(text) > LONGEST_PART
        self.is_open_left = is_cut or (is_open_left and not is_whole_word(text))
        self.is_open_right = is_cut or (is_open_right and not is_whole_word(text))


class Needle:
    """Words that must be found next to each other, upper and lower case alike.

    Blanks in it stand for any run of blanks and line breaks. `is_whole`: it must not be a part of
    longer words. `kinds`: only in passages of these kinds.
    """

    def __init__(
        self,
        text: str,
        *,
        is_whole: bool = False,
        kinds: frozenset[PassageKind] | None = None,
    ) -> None:
        self.text = text
        self.kinds = kinds
        self.is_whole = is_whole
        self._parts = text.casefold().split()
        self._plain = self._parts[0] if len(self._parts) == 1 and not is_whole else ""
        is_plain = self._plain.isascii() and self._plain.isprintable()
        is_plain = is_plain and not _ESCAPED & set(self._plain)
        self._raw_plain = self._plain.encode() if is_plain else b""

    def __bool__(self) -> bool:
        return bool(self._parts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern = r"\s+".join(map(re.escape, self._parts))
        return re.compile(rf"(?<!\w){pattern}(?!\w)" if self.is_whole else pattern)

    @cached_property
    def _raw(self) -> re.Pattern[bytes]:
        """What a record that holds the needle looks like in lower case, but for disguises."""
        return re.compile(_GAP.join(_raw_pattern(part) for part in self._parts), re.DOTALL)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words that the index must have wherever the needle is; none for mere punctuation."""
        folded = " ".join(self._parts)
        found = words_of(folded)
        last = max((end for _, _, end in found), default=0)
        is_closed_right = self.is_whole or (found and not folded[-1].isalnum())
        is_closed_left = self.is_whole or (found and not folded[0].isalnum())
        return tuple(
            Word(
                word,
                is_open_left=index == 0 and not is_closed_left,
                is_open_right=end == last and not is_closed_right,
            )
            for index, (word, _, end) in enumerate(found)
        )

    def may_be_in(self, data: bytes, lowered: bytes) -> bool:
        """Whether records may hold the needle; `lowered` are the same bytes in lower case."""
        if self._raw_plain in lowered if self._raw_plain else self._raw.search(lowered):
            return True
        if data.isascii() and b"\\u" not in data and b"\x00" not in data:
            return False
        return _DISGUISED.search(data) is not None

    def find(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each place in a text, the first thousand."""
        folded = text.casefold()
        found = list(self._find(folded))
        if found and len(folded) != len(text):
            return _unfolded(text, found)
        return found

    def _find(self, folded: str) -> Iterator[tuple[int, int]]:
        if not self._plain:
            for number, found in enumerate(self._pattern.finditer(folded)):
                if number == _MOST_IN_ONE:
                    return
                yield found.span()
            return
        start, size = folded.find(self._plain), len(self._plain)
        for _ in range(_MOST_IN_ONE):
            if start < 0:
                return
            yield start, start + size
            start = folded.find(self._plain, start + size)


def _unfolded(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in the folded text as places in the text, whose characters may fold to several."""
    origins: list[int] = []
    for index, character in enumerate(text):
        origins.extend([index] * len(character.casefold()))
    return [(origins[start], origins[end - 1] + 1) for start, end in places]


def _raw_pattern(part: str) -> bytes:
    """How a folded text without blanks may stand in JSON in lower case."""
    pattern = b""
    for piece in _PIECE.findall(part):
        if not piece.isascii():
            pattern += rb"[\x80-\xff]+"
        elif piece == "\\":
            pattern += rb"\\+"
        elif piece in _ESCAPED:
            pattern += rb"\\*" + piece.encode()
        elif piece.isprintable():
            pattern += re.escape(piece.encode())
        else:
            pattern += _CONTROL
    return pattern
