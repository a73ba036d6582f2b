"""aimux itself."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group

APP = (
    Command(
        "app.mute",
        "Silence the terminal bell, or let it ring again",
        Group.APP,
        "mute",
        keys=("m",),
        label="mute",
    ),
    Command(
        "app.help",
        "Show every key and command",
        Group.APP,
        "help",
        keys=("?",),
        label="help",
        in_footer=True,
    ),
    Command(
        "app.command-line",
        "Type a command",
        Group.APP,
        "command-line",
        keys=(":",),
        label="command",
        in_footer=True,
    ),
    Command(
        "app.palette", "Find a command", Group.APP, "palette", keys=("ctrl+p",), label="palette"
    ),
    Command(
        "app.doctor",
        "Show where sessions were looked for, what was found and what could not be read",
        Group.APP,
        "doctor",
    ),
    Command("app.config", "Show the settings in force and where each was set", Group.APP, "config"),
    Command(
        "app.suspend",
        "Go to the background, until the shell's `fg`",
        Group.APP,
        "suspend",
        keys=("ctrl+z",),
    ),
    Command(
        "app.quit", "Quit", Group.APP, "quit", keys=("q", "ctrl+q"), label="quit", in_footer=True
    ),
)
