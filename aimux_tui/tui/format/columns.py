"""Columns of a row: what fits is shown, by priority, and one text takes what is left."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from textual.content import Content
from textual.style import Style

from aimux_tui.tui.format.lines import fit, width_of

Part = tuple[str, Style]


class Column(Struct, frozen=True):
    """A column beside the text that takes the rest. Earlier ones are dropped last."""

    name: str
    width: int


@lru_cache(maxsize=64)
def columns_that_fit(columns: tuple[Column, ...], room: int, gap: int) -> frozenset[str]:
    """Names of the columns that fit into `room` cells, those first in the tuple first.

    Depends on nothing but the widths, so that all rows of a list have the same columns.
    """
    chosen: set[str] = set()
    for column in columns:
        if column.width + gap > room:
            break
        room -= column.width + gap
        chosen.add(column.name)
    return frozenset(chosen)


def cell(text: str, width: int, style: Style, *, right: bool = False) -> list[Part]:
    """Text made exactly as wide as its column: cut with an ellipsis, or padded."""
    return cells([(text, style)], width, right=right)


def cells(parts: list[Part], width: int, *, right: bool = False) -> list[Part]:
    """The same for a text in several styles."""
    used = sum(width_of(text) for text, _ in parts)
    if used == width:
        return parts
    if used < width:
        blank = (" " * (width - used), Style())
        return [blank, *parts] if right else [*parts, blank]
    cut = fit(Content.assemble(*parts), width)
    missing = width - width_of(cut.plain)
    pieces: list[Part] = []
    end = 0
    for text, style in parts:
        piece = cut.plain[end : end + len(text)]
        end += len(text)
        if piece:
            pieces.append((piece, style))
    return [*pieces, (" " * missing, Style())] if missing else pieces


def joined(columns: list[list[Part]], gap: int, width: int) -> Content:
    """A row of columns, no wider than `width`."""
    parts: list[Part] = []
    for number, column in enumerate(column for column in columns if column):
        if number:
            parts.append((" " * gap, Style()))
        parts += column
    return fit(Content.assemble(*parts), width)
