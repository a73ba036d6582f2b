"""Searching every session."""

from __future__ import annotations

from aimux_tui.commands.base import Argument, ArgumentKind, Command, Group, Pane

_OPENED = frozenset({Pane.TRACE, Pane.DETAIL})

SEARCH = (
    Command(
        "search.open",
        "Search all sessions: prompts, answers, tool inputs and outputs, edits, notes",
        Group.SESSIONS,
        "search",
        keys=("S",),
        arguments=(Argument("WORDS", ArgumentKind.TEXT, is_required=False),),
        label="search",
        in_footer=True,
    ),
    Command(
        "search.next",
        "Go to the next turn in which the search found something",
        Group.SESSIONS,
        "next-found",
        keys=("]",),
        panes=_OPENED,
    ),
    Command(
        "search.previous",
        "Go to the turn before in which the search found something",
        Group.SESSIONS,
        "previous-found",
        keys=("[",),
        panes=_OPENED,
    ),
)
