"""Rollouts of the first Codex, written in TypeScript: one JSON document each."""

from __future__ import annotations

import re
from json import JSONDecoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSION = re.compile(r'"session"\s*:\s*')
ITEMS = re.compile(r'"items"\s*:\s*\[')
"""What stands before the head and before the first item."""

_BETWEEN = re.compile(r"[\s,]*")
_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")
_decoder = JSONDecoder()


def is_document(head: bytes) -> bool:
    """Whether a file that begins so is such a rollout."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return text.startswith("{") and SESSION.search(text, 0, 400) is not None


def objects_in(data: bytes, position: int = 0) -> Iterator[tuple[int, bytes]]:
    """(place, object on one line) of each JSON object in a list, from `position` on.

    It ends with the list, or with what is left of a document that breaks off.
    """
    # One character a byte: places in the text are places in the file.
    text = data.decode("latin-1")
    while True:
        found = _BETWEEN.match(text, position)
        start = found.end() if found is not None else position
        if start >= len(text) or text[start] == "]":
            return
        try:
            _, position = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            position = len(text)
        # Strings hold no line breaks, so the object stays the same.
        yield start, on_one_line(data[start:position])


def on_one_line(data: bytes) -> bytes:
    """JSON without its line breaks, of the same length."""
    return data.translate(_LINE_BREAKS)
