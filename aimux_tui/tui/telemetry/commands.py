"""What keys and the `:` line do about telemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from aimux_tui.tui.screens.main import MainScreen
    from aimux_tui.tui.telemetry.jump import Jump


class TelemetryCommands:
    """Opens the screen of telemetry, and what is chosen there."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def cmd_telemetry_traces(self) -> None:
        """Open the screen; a session that is chosen there is opened here."""
        from aimux_tui.tui.screens.traces import TracesScreen

        setup = self._screen.setup
        if setup.telemetry is None:
            raise CommandError("no telemetry is looked at here")
        self._screen.app.push_screen(TracesScreen(setup, setup.telemetry), self._chosen)

    def _chosen(self, jump: Jump | None) -> None:
        if jump is not None:
            self._screen.run_worker(self._follow(jump), group="jump", exclusive=True)

    async def _follow(self, jump: Jump) -> None:
        from aimux_tui.tui.telemetry.jump import follow

        if problem := await follow(jump, self._screen):
            self._screen.tell(problem)
