"""The which-key line: after the first key of a chord it shows what may follow, and waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Static

from aimux_tui.keys import label, textual_key
from aimux_tui.tui.bindings import make_chord_bindings
from aimux_tui.tui.format.flow import flow
from aimux_tui.tui.messages import COMMAND
from aimux_tui.tui.palette import palette_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from textual import events
    from textual.app import ComposeResult

    from aimux_tui.commands.base import Command


class ChordScreen(ModalScreen[str]):
    """Its result is the id of the command that was chosen, or "" for none.

    The second keys are bindings, not events: a key that arrives in the same read as the first one
    was already sent to the old focus, but bindings are looked up when it has bubbled up to the
    app, on the screen that is there by then.
    """

    def __init__(
        self, first: str, seconds: Mapping[str, Command], shown: Collection[str], heading: str
    ) -> None:
        super().__init__()
        self._shown = shown
        self._heading = heading
        self._is_closed = False
        self._first = first
        self._seconds = seconds
        self._known = {textual_key(key) for key in seconds} | {"escape"}

    def compose(self) -> ComposeResult:
        """One line at the bottom."""
        yield Static(id="which-key")

    def on_resize(self, event: events.Resize) -> None:
        """Show what may follow, as many as have room in a row."""
        palette = palette_of(self.app)
        heading = Content.styled(self._heading or f"{label(self._first)} then", palette.muted)
        parts = [heading]
        for key, command in self._seconds.items():
            if command.id not in self._shown:
                continue
            click = Style.from_meta({COMMAND: command.id})
            choice = Content.assemble(
                (label(key), palette.accent), " ", (command.label or command.name, palette.text)
            )
            parts.append(choice.stylize(click))
        self.query_one("#which-key", Static).update(flow(parts, event.size.width - 2))

    def action_choose(self, command_id: str) -> None:
        """Close with this choice."""
        self._close(command_id)

    def on_key(self, event: events.Key) -> None:
        """Any other key closes the line."""
        if event.key not in self._known:
            event.stop()
            self.app.bell()
            self._close("")

    def on_click(self, event: events.Click) -> None:
        """A click chooses, or closes the line."""
        self._close(event.style.meta.get(COMMAND, ""))

    def _close(self, command_id: str) -> None:
        # Of several keys that come at once the first one counts; the others find it closed.
        if not self._is_closed:
            self._is_closed = True
            self.dismiss(command_id)


def make_chord_screen(
    first: str, seconds: Mapping[str, Command], shown: Collection[str], heading: str = ""
) -> ChordScreen:
    """The which-key line of a first key; bindings belong to classes, so it gets one of its own.

    Only commands with ids in `shown` are offered; the other keys say why they cannot be done.
    `heading` says what the commands are about.
    """
    bound: Any = type(
        "BoundChordScreen",
        (ChordScreen,),
        {"BINDINGS": make_chord_bindings(seconds)},
        inherit_bindings=False,
    )
    return cast("ChordScreen", bound(first, seconds, shown, heading))
