"""Lists and whole sessions."""

from __future__ import annotations

from aimux_tui.commands.base import LISTS, Argument, ArgumentKind, Command, Group

SORT_BY = Argument(
    "BY",
    ArgumentKind.CHOICE,
    choices=("updated", "started", "cost", "turns", "project"),
    is_required=False,
)

SESSIONS = (
    Command(
        "list.filter",
        "Show only the rows of this list that hold some words; nothing shows all again",
        Group.SESSIONS,
        "filter",
        keys=("/",),
        arguments=(Argument("WORDS", ArgumentKind.TEXT, is_required=False),),
        panes=LISTS,
        label="filter",
        in_footer=True,
    ),
    Command(
        "session.sort",
        "Sort the sessions by something else",
        Group.SESSIONS,
        "sort",
        keys=("s",),
        arguments=(SORT_BY,),
        label="sort",
    ),
    Command(
        "session.hidden",
        "Show sessions that only machines took part in, or hide them",
        Group.SESSIONS,
        "hidden",
        keys=("H",),
        label="hidden",
    ),
    Command(
        "session.diffs",
        "Show every edit of this session, file by file",
        Group.SESSIONS,
        "diffs",
        keys=("d",),
        label="diffs",
        in_footer=True,
    ),
    Command(
        "session.open",
        "Open a session by its id, or a log file anywhere",
        Group.SESSIONS,
        "open",
        arguments=(Argument("ID|PATH", ArgumentKind.TARGET),),
    ),
)
