"""Plain tables and safe lines for a terminal, without Rich."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec import Struct
from wcwidth import wcswidth, wcwidth

from aimux_tui.text.sanitise import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


class Column(Struct, frozen=True):
    """A column: its heading, and how it takes its width."""

    heading: str
    is_right: bool = False
    is_flexible: bool = False
    """Shrinks first when the terminal is narrow."""


def terminal_width(default: int = 120) -> int:
    """Columns of the terminal, or `default` when the output goes elsewhere."""
    if not sys.stdout.isatty():
        return default
    from shutil import get_terminal_size

    return get_terminal_size((default, 40)).columns


def format_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> str:
    """The table as text, at most `width` columns wide where a flexible column allows it."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [
        max([cell_width(column.heading), *(cell_width(row[index]) for row in cells)])
        for index, column in enumerate(columns)
    ]
    excess = sum(widths) + 2 * (len(columns) - 1) - width
    for index, column in enumerate(columns):
        if column.is_flexible and excess > 0:
            cut = min(excess, max(0, widths[index] - 12))
            widths[index] -= cut
            excess -= cut
    lines = [[column.heading for column in columns], *cells]
    return "\n".join(
        "  ".join(
            _fit(cell, widths[index], is_right=columns[index].is_right)
            for index, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


def cell_width(text: str) -> int:
    """How many terminal columns a sanitised text takes."""
    return len(text) if text.isascii() else max(0, wcswidth(text))


def crop(text: str, width: int) -> str:
    """The text cut to `width` columns, with an ellipsis if anything is missing."""
    if cell_width(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += max(0, wcwidth(character))
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…" if width > 0 else ""


def _fit(text: str, width: int, *, is_right: bool) -> str:
    text = crop(text, width)
    padding = " " * (width - cell_width(text))
    return padding + text if is_right else text + padding
