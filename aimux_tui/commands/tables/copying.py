"""Taking text to the clipboard: the chords of one key."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group

COPY = (
    Command(
        "copy.text",
        "Copy the text of what is selected",
        Group.COPY,
        "copy-text",
        keys=("y y",),
        label="text",
    ),
    Command(
        "copy.command",
        "Copy the command of the selected tool call",
        Group.COPY,
        "copy-command",
        keys=("y c",),
        label="command",
    ),
    Command(
        "copy.path",
        "Copy the path of the selected file, else of the log",
        Group.COPY,
        "copy-path",
        keys=("y p",),
        label="path",
    ),
    Command(
        "copy.resume",
        "Copy the command that takes this session up again",
        Group.COPY,
        "copy-resume",
        keys=("y r",),
        label="resume command",
    ),
)
