"""Among the turns of a session."""

from __future__ import annotations

from aimux_tui.commands.base import OPENED, Argument, ArgumentKind, Command, Group

TURNS = (
    Command(
        "turn.follow",
        "Stay at the newest turn, or stop doing so",
        Group.TURNS,
        "follow",
        keys=("f",),
        label="follow",
        in_footer=True,
    ),
    Command(
        "turn.next-failure",
        "Go to the next turn with a failed tool call",
        Group.TURNS,
        "next-failure",
        keys=("x",),
        panes=OPENED,
        label="failure",
        in_footer=True,
    ),
    Command(
        "turn.previous-failure",
        "Go to the previous turn with a failed tool call",
        Group.TURNS,
        "previous-failure",
        keys=("X",),
        panes=OPENED,
    ),
    Command(
        "turn.collapse-all",
        "Close every turn",
        Group.TURNS,
        "collapse",
        keys=("Z",),
        panes=OPENED,
        label="collapse",
    ),
    Command(
        "turn.goto",
        "Go to a turn by its number (`:12` for short)",
        Group.TURNS,
        "turn",
        arguments=(Argument("NUMBER", ArgumentKind.NUMBER),),
    ),
)
