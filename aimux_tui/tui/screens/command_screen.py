"""How a screen takes commands: by a key, by two keys, by a click and by the `:` line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.screen import Screen
from textual.widgets import Input

from aimux_tui.commands.base import Pane
from aimux_tui.commands.parse import parse
from aimux_tui.commands.registry import bound_elsewhere, chords, commands_by_id
from aimux_tui.errors import CommandError
from aimux_tui.keys import label
from aimux_tui.tui.bindings import AT_ONCE
from aimux_tui.tui.dispatch import reason_against, run_command
from aimux_tui.tui.screens.chord import make_chord_screen

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events

    from aimux_tui.commands.base import Command
    from aimux_tui.tui.messages import CommandClicked
    from aimux_tui.tui.panes.command_line import CommandLine
    from aimux_tui.tui.setup import Setup


class CommandScreen(Screen[None]):
    """A screen with a command line; the one that inherits says who does its commands."""

    setup: Setup
    command_line: CommandLine

    @property
    def command_nodes(self) -> Sequence[object]:
        """Who is asked to do a command, in this order."""
        raise NotImplementedError

    @property
    def current_pane(self) -> Pane:
        """The pane for which a key is meant."""
        raise NotImplementedError

    def chord_heading(self, commands: Collection[Command]) -> str:
        """What the commands of a which-key line are about; "" for nothing in particular."""
        raise NotImplementedError

    def commands_done(self) -> None:
        """A command was done, or refused."""
        raise NotImplementedError

    def focus_pane(self) -> None:
        """Give the focus back to the current pane."""
        raise NotImplementedError

    # Keys and clicks.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key may mean something else in another pane, or be a letter that is typed.

        It may also come before there is anything to act on.
        """
        if action in {"command", "chord"} and not self.is_mounted:
            return False
        if action == "command" and parameters:
            command_id = str(parameters[0])
            # Textual knows by itself which keys an input takes, but for some, such as the slash.
            if command_id in AT_ONCE and isinstance(self.focused, Input):
                return False
            return self.current_pane in commands_by_id()[command_id].panes
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Answer a key that means something in other panes alone, lest it seem broken."""
        found = bound_elsewhere(self.setup.keymap, event.key, self.current_pane)
        # A key that opened another screen is not the answer to those that came with it.
        if found is not None and self.is_current and not isinstance(self.focused, Input):
            key, command = found
            panes = " and ".join(f"the {pane}" for pane in Pane if pane in command.panes)
            self.tell(f"{label(key)} does nothing here: it is for {panes}")

    async def action_command(self, command_id: str, *arguments: str) -> None:
        """Do what a key or a button stands for."""
        try:
            await run_command(self.command_nodes, commands_by_id()[command_id], arguments)
        except CommandError as error:
            self.tell("\n".join(part for part in (error.message, error.hint) if part))
        self.commands_done()

    async def on_command_clicked(self, event: CommandClicked) -> None:
        """Do what was clicked on."""
        await self.action_command(event.command_id)

    def action_chord(self, first: str) -> None:
        """Wait for the second key."""
        seconds = chords(self.setup.keymap)[first]
        nodes = self.command_nodes
        shown = {one.id for one in seconds.values() if not reason_against(nodes, one)}
        screen = make_chord_screen(first, seconds, shown, self.chord_heading(seconds.values()))
        self.app.push_screen(screen, self._finish_chord)

    def _finish_chord(self, command_id: str | None) -> None:
        if command_id:
            self._do_later(command_id)

    @work(group="command")
    async def _do_later(self, command_id: str) -> None:
        await self.action_command(command_id)

    # The command line.

    async def on_command_line_entered(self, event: CommandLine.Entered) -> None:
        """Do what was typed, for the pane in which it was begun."""
        self.focus_pane()
        try:
            invocation = parse(event.line)
            await run_command(self.command_nodes, invocation.command, invocation.arguments)
        except CommandError as error:
            self.set_focus(self.command_line.field)
            self.command_line.show_error(error.message, error.hint)
        else:
            if invocation.command.id != "app.command-line":
                self.command_line.close()
        self.commands_done()

    def on_command_line_closed(self) -> None:
        """Back to the pane in which it was begun."""
        self.focus_pane()
        self.command_line.close()

    def tell(self, message: str) -> None:
        """Say why something was not done."""
        self.notify(message, severity="warning", markup=False, timeout=4)
