"""The commands that move, passed on to whichever widget moves."""

from __future__ import annotations

from typing import Protocol


class Mover(Protocol):
    """A widget with rows to move over."""

    def action_cursor_down(self) -> None:
        """One row down."""
        ...

    def action_cursor_up(self) -> None:
        """One row up."""
        ...

    def action_page_down(self) -> None:
        """One page down."""
        ...

    def action_page_up(self) -> None:
        """One page up."""
        ...

    def action_first(self) -> None:
        """To the beginning."""
        ...

    def action_last(self) -> None:
        """To the end."""
        ...


class CursorCommands:
    """For panes: `mover` says who does it."""

    @property
    def mover(self) -> Mover:
        """The widget that moves."""
        raise NotImplementedError

    def cmd_cursor_down(self) -> None:
        """Move down."""
        self.mover.action_cursor_down()

    def cmd_cursor_up(self) -> None:
        """Move up."""
        self.mover.action_cursor_up()

    def cmd_cursor_page_down(self) -> None:
        """Move down a page."""
        self.mover.action_page_down()

    def cmd_cursor_page_up(self) -> None:
        """Move up a page."""
        self.mover.action_page_up()

    def cmd_cursor_first(self) -> None:
        """Move to the first row."""
        self.mover.action_first()

    def cmd_cursor_last(self) -> None:
        """Move to the last row."""
        self.mover.action_last()
