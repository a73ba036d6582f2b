"""What rows show and in which colours."""

from __future__ import annotations

from aimux_tui.commands.base import Argument, ArgumentKind, Command, Group

TIME_MODE = Argument(
    "MODE", ArgumentKind.CHOICE, choices=("clock", "relative", "elapsed"), is_required=False
)

SHOW = (
    Command(
        "show.cost",
        "Show the cost column, or hide it",
        Group.SHOW,
        "cost",
        keys=("$",),
        label="cost",
    ),
    Command(
        "show.time",
        "Show times another way: on the clock, relative to now, since the start",
        Group.SHOW,
        "time",
        keys=("t",),
        arguments=(TIME_MODE,),
        label="time",
    ),
    Command(
        "show.theme",
        "Change the colours; without a name, choose from a list",
        Group.SHOW,
        "theme",
        arguments=(Argument("THEME", ArgumentKind.THEME, is_required=False),),
    ),
)
