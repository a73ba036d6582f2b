"""From the table of commands and the user's keys to what Textual binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.registry import chords, single_keys
from aimux_tui.keys import textual_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.commands.base import Command

AT_ONCE = frozenset({"app.command-line", "list.filter"})
"""Commands that move the focus to an input: they must run before the next key is delivered, or
what is typed quickly goes to the wrong place."""


def make_bindings(keymap: Mapping[str, tuple[str, ...]]) -> list[Binding]:
    """The main screen's bindings; their actions are `command(id)` and `chord(first key)`."""
    bindings = [
        Binding(
            textual_key(key),
            f"command({command.id!r})",
            command.help,
            show=False,
            priority=command.id in AT_ONCE,
        )
        for command in COMMANDS
        for key in single_keys(keymap, command.id)
    ]
    bindings += [
        Binding(textual_key(first), f"chord({first!r})", show=False) for first in chords(keymap)
    ]
    # What Textual's own screen offers and no command of ours replaces.
    bindings.append(Binding("ctrl+c,super+c", "screen.copy_text", show=False))
    return bindings


def make_chord_bindings(seconds: Mapping[str, Command]) -> list[Binding]:
    """The bindings of a which-key line: `choose(id)` for each second key."""
    bindings = [
        Binding(textual_key(key), f"choose({command.id!r})", command.help, show=False)
        for key, command in seconds.items()
    ]
    return [*bindings, Binding("escape", "choose('')", show=False)]


def moving_bindings() -> list[Binding]:
    """Moving through a list or a page of a screen that lies over the main one: `action_move`."""
    return [
        Binding(keys, f"move('{where}')", show=False)
        for keys, where in (
            ("j,down", "cursor_down"),
            ("k,up", "cursor_up"),
            ("pagedown,space", "page_down"),
            ("pageup", "page_up"),
            ("home", "first"),
            ("end", "last"),
        )
    ]
