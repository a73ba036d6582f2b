"""Which panes are on the screen at which width."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from aimux_tui.commands.base import Pane


class Width(IntEnum):
    """How much room there is, by the columns it begins with."""

    NARROW = 0
    MEDIUM = 90
    WIDE = 150

    @property
    def css_class(self) -> str:
        """The class that the screen has."""
        return f"-{self.name.lower()}"


BREAKPOINTS = [(width.value, width.css_class) for width in Width]


def width_class(columns: int) -> Width:
    """How much room `columns` are."""
    return max(width for width in Width if columns >= width)


class Layout(Struct, frozen=True):
    """What decides on the panes."""

    width: Width = Width.WIDE
    pane: Pane = Pane.SESSIONS
    """Where the reader is."""
    is_detail_open: bool = False
    """They asked for the detail, where it is not always there."""
    is_maximised: bool = False

    @property
    def panes(self) -> tuple[Pane, ...]:
        """The panes that are shown, from left to right."""
        if self.is_maximised or self.width is Width.NARROW:
            return (self.pane,)
        if self.width is Width.WIDE:
            return (Pane.SESSIONS, Pane.TRACE, Pane.DETAIL)
        if self.pane is Pane.DETAIL or (self.is_detail_open and self.pane is Pane.TRACE):
            return (Pane.TRACE, Pane.DETAIL)
        return (Pane.SESSIONS, Pane.TRACE)

    def neighbour(self, step: int, *, has_detail: bool) -> Pane:
        """The pane that one goes to with the key for the next (1) or the previous (-1) pane.

        Panes that are not shown count as well: they come into view when one goes there.
        """
        order = [pane for pane in Pane if has_detail or pane is not Pane.DETAIL]
        return order[(order.index(self.pane) + step) % len(order)]
