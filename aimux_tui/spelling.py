"""Help with mistyped names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that `word` was most likely meant to be, if any comes close.

    The last part of a dotted name may stand for it: "follow" is close to "ui.follow".
    """
    import difflib

    spellings: dict[str, str] = {}
    for name in names:
        spellings.setdefault(name.lower(), name)
        spellings.setdefault(name.lower().rpartition(".")[2], name)
    close = difflib.get_close_matches(word.lower(), spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def suggestion(word: str, names: Iterable[str]) -> str:
    """A hint that names the nearest name, else lists them all."""
    known = list(names)
    close = nearest(word, known)
    return f"did you mean {close}?" if close else f"known: {', '.join(known)}"
