"""The command palette: the table of commands, searched by any letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.keys import labels
from aimux_tui.tui.dispatch import reason_against
from aimux_tui.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.command import Hits

    from aimux_tui.commands.base import Command


_NAMED = 100.0
"""Lifts a command whose name begins with what was typed above those whose help holds it."""


class CommandProvider(Provider):
    """Offers every command that can be done now."""

    async def discover(self) -> Hits:
        """All of them, in the order of the table."""
        for command in self._offered():
            yield DiscoveryHit(command.help, self._choice(command), help=self._about(command))

    async def search(self, query: str) -> Hits:
        """Those whose help or name match."""
        matcher = self.matcher(query)
        for command in self._offered():
            score = max(matcher.match(command.help), matcher.match(command.name))
            if command.name.startswith(query.strip().lower()):
                score += _NAMED
            if score > 0:
                shown: Any = matcher.highlight(command.help)
                yield Hit(score, shown, self._choice(command), help=self._about(command))

    def _offered(self) -> list[Command]:
        main = self.screen
        if not isinstance(main, MainScreen):
            return []
        nodes = main.command_nodes
        return [
            command
            for command in COMMANDS
            if command.id != "app.palette" and not reason_against(nodes, command)
        ]

    def _choice(self, command: Command) -> Callable[[], Any]:
        main = self.screen
        assert isinstance(main, MainScreen)
        if any(argument.is_required for argument in command.arguments):
            return partial(main.command_line.open, f"{command.name} ")
        return partial(main.action_command, command.id)

    def _about(self, command: Command) -> str:
        main = self.screen
        assert isinstance(main, MainScreen)
        keys = labels(main.setup.keymap.get(command.id, ()))
        return Content("   ".join(part for part in (keys, command.usage) if part)).markup
