"""The commands of the main screen: its panes, its columns, its command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from aimux_tui.tui.screens.main import MainScreen


class MainCommands:
    """What keys and the `:` line do whatever pane has the focus."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def cmd_pane_next(self) -> None:
        """Go to the next pane."""
        self._go_by(1)

    def cmd_pane_previous(self) -> None:
        """Go to the previous pane."""
        self._go_by(-1)

    def cmd_pane_maximise(self) -> None:
        """Give the pane the whole screen, or give it back."""
        arrangement = self._screen.arrangement
        self._screen.lay_out(replace(arrangement, is_maximised=not arrangement.is_maximised))

    def cmd_app_command_line(self) -> None:
        """Open the command line."""
        self._screen.command_line.open()

    def cmd_show_cost(self) -> None:
        """Show the cost column, or hide it."""
        self._screen.set_cost(is_shown=not self._screen.trace.items.shows_cost)

    def _go_by(self, step: int) -> None:
        screen = self._screen
        has_detail = screen.detail.subject is not None
        screen.go_to(screen.arrangement.neighbour(step, has_detail=has_detail))
