"""Looking commands up: by id, and by the keys that are in force."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.keys import textual_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.commands.base import Command, Pane

Keymap = dict[str, tuple[str, ...]]
"""Command id → its keys."""


@cache
def commands_by_id() -> Mapping[str, Command]:
    """Every command by its id."""
    return {command.id: command for command in COMMANDS}


def default_keymap() -> Keymap:
    """The keys as the table has them."""
    return {command.id: command.keys for command in COMMANDS}


def single_keys(keymap: Mapping[str, tuple[str, ...]], command_id: str) -> tuple[str, ...]:
    """The keys of a command that are no sequences."""
    return tuple(keys for keys in keymap.get(command_id, ()) if " " not in keys)


def bound_elsewhere(
    keymap: Mapping[str, tuple[str, ...]], key: str, pane: Pane
) -> tuple[str, Command] | None:
    """(a key as it is written, its command), if the key means something in other panes alone.

    `key` is as Textual names it.
    """
    found = [
        (keys, command)
        for command in COMMANDS
        for keys in keymap.get(command.id, ())
        if textual_key(keys.partition(" ")[0]) == key
    ]
    # The first of two keys is waited for everywhere.
    is_here = any(" " in keys or pane in command.panes for keys, command in found)
    return None if is_here or not found else found[0]


def chords(keymap: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, Command]]:
    """First key → second key → command, in the order of the table."""
    tree: dict[str, dict[str, Command]] = {}
    for command in COMMANDS:
        for keys in keymap.get(command.id, ()):
            first, _, second = keys.partition(" ")
            if second:
                tree.setdefault(first, {})[second] = command
    return tree
