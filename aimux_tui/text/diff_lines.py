"""The lines of an edit with their numbers, and which of them took the place of which."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.text.sanitise import sanitise
from aimux_tui.text.words import Ranges, changed_words, similarity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aimux_tui.model.tools import FileEdit, Hunk

_MAX_ALIGNED = 200
"""Lines of a change whose counterparts are looked for."""
_WINDOW = 8
"""How many added lines are looked at to find the one that a removed line became."""
_SIMILAR = 0.4


class DiffLine(Struct, eq=False):
    """One line of a hunk, its text safe to draw."""

    sign: str
    """" ", "-", "+", or "\\" for a missing newline at the end of the file."""
    text: str
    old: int | None = None
    new: int | None = None
    words: Ranges | None = None
    """Character ranges of what changed within the line."""


def read_hunk(
    hunk: Hunk, max_lines: int | None = None, clean: Callable[[str], str] = sanitise
) -> list[DiffLine]:
    """The lines of a hunk, at most so many; `clean` makes their texts safe to draw."""
    old, new = hunk.old_start, hunk.new_start
    made: list[DiffLine] = []
    for raw in hunk.lines[:max_lines]:
        sign, text = raw[:1] or " ", clean(raw[1:]).replace("\n", " ")
        line = DiffLine(sign, text)
        if sign in " -":
            line.old = old
            old = None if old is None else old + 1
        if sign in " +":
            line.new = new
            new = None if new is None else new + 1
        made.append(line)
    _mark_words(made)
    return made


def paired(lines: Iterable[DiffLine]) -> Iterator[tuple[DiffLine | None, DiffLine | None]]:
    """Removed lines beside the added ones that took their place."""
    removed: list[DiffLine] = []
    added: list[DiffLine] = []
    for line in lines:
        if line.sign == "-" and not added:
            removed.append(line)
        elif line.sign == "+":
            added.append(line)
        else:
            yield from _aligned(removed, added)
            removed, added = ([line], []) if line.sign == "-" else ([], [])
            if line.sign != "-":
                yield line, line
    yield from _aligned(removed, added)


def number_digits(edit: FileEdit) -> int:
    """Width of the line numbers; 0 if the log does not tell any."""
    ends = [
        start + len(hunk.lines)
        for hunk in edit.hunks
        for start in (hunk.old_start, hunk.new_start)
        if start is not None
    ]
    return len(str(max(ends))) if ends else 0


def _mark_words(lines: Sequence[DiffLine]) -> None:
    for old, new in paired(lines):
        if old is not None and new is not None and old is not new:
            old.words, new.words = changed_words(old.text, new.text)


def _aligned(
    removed: list[DiffLine], added: list[DiffLine]
) -> Iterator[tuple[DiffLine | None, DiffLine | None]]:
    """Similar lines beside each other, and what is left in between in order."""
    at_old = at_new = 0
    if len(removed) != len(added) and len(removed) + len(added) <= _MAX_ALIGNED:
        for old, line in enumerate(removed):
            candidates = [
                (similarity(line.text, other.text), -new)
                for new, other in enumerate(added[at_new : at_new + _WINDOW], at_new)
            ]
            likeness, place = max(candidates, default=(0.0, 0))
            if likeness < _SIMILAR:
                continue
            yield from zip_longest(removed[at_old:old], added[at_new:-place])
            yield line, added[-place]
            at_old, at_new = old + 1, 1 - place
    yield from zip_longest(removed[at_old:], added[at_new:])
