"""Moving about: the cursor, what it opens, the panes."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group

MOVE = (
    Command("cursor.down", "Move down", Group.MOVE, "down", keys=("j", "down")),
    Command("cursor.up", "Move up", Group.MOVE, "up", keys=("k", "up")),
    Command("cursor.page-down", "Move down a page", Group.MOVE, "page-down", keys=("pagedown",)),
    Command("cursor.page-up", "Move up a page", Group.MOVE, "page-up", keys=("pageup",)),
    Command("cursor.first", "Move to the first row", Group.MOVE, "first", keys=("home",)),
    Command("cursor.last", "Move to the last row", Group.MOVE, "last", keys=("end",)),
    Command(
        "item.open",
        "Open what the cursor is on: a session, a turn, a tool call, a sub-agent",
        Group.MOVE,
        "enter",
        keys=("enter", "right"),
        label="open",
        in_footer=True,
    ),
    Command(
        "item.back",
        "Close what is open and go back",
        Group.MOVE,
        "back",
        keys=("escape", "left"),
        label="back",
        in_footer=True,
    ),
    Command(
        "pane.next",
        "Go to the next pane",
        Group.MOVE,
        "next-pane",
        keys=("tab",),
        label="pane",
        in_footer=True,
    ),
    Command(
        "pane.previous", "Go to the previous pane", Group.MOVE, "previous-pane", keys=("shift+tab",)
    ),
    Command(
        "pane.maximise",
        "Give this pane the whole screen, or give it back",
        Group.MOVE,
        "maximise",
        keys=("z",),
        label="maximise",
    ),
)
