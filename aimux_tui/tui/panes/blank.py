"""Boxes that draw nothing, and the line between two of them.

In each frame Textual draws every container whole, row by row, below its children. Ours have no
colour of their own and are covered by what they hold; the screen below them draws its background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import Widget

from aimux_tui.tui.format.glyphs import ASCII, Glyphs

if TYPE_CHECKING:
    from textual.geometry import Region


class Row(Horizontal):
    """Children beside each other."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing."""
        del crop
        return []


class Column(Vertical):
    """Children below each other."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing."""
        del crop
        return []


class Divider(Widget):
    """A thin vertical line."""

    DEFAULT_CSS = """
    Divider { width: 1; height: 1fr; color: $border-blurred; }
    """

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._sign = "|" if glyphs is ASCII else "\N{LEFT ONE EIGHTH BLOCK}"

    def render_lines(self, crop: Region) -> list[Strip]:
        """The same sign in every line."""
        return [Strip([Segment(self._sign, self.rich_style)], 1)] * crop.height
