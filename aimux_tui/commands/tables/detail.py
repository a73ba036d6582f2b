"""The views of the detail pane."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group, Pane

DETAIL = (
    Command(
        "view.next",
        "Show the next view of what is selected",
        Group.DETAIL,
        "next-view",
        keys=("v",),
        panes=frozenset({Pane.DETAIL}),
        label="view",
        in_footer=True,
    ),
    Command(
        "view.previous",
        "Show the previous view of what is selected",
        Group.DETAIL,
        "previous-view",
        keys=("V",),
        panes=frozenset({Pane.DETAIL}),
    ),
    Command(
        "view.message",
        "Show it as it reads: text, tool call or edit",
        Group.DETAIL,
        "message",
    ),
    Command("view.diff", "Show its edits as diffs", Group.DETAIL, "diff"),
    Command("view.json", "Show it as a JSON tree", Group.DETAIL, "json"),
    Command(
        "view.raw",
        "Show its record in the log, as it is written there",
        Group.DETAIL,
        "raw",
        keys=("r",),
        label="raw",
    ),
    Command(
        "view.session",
        "Show everything that is known of the session",
        Group.DETAIL,
        "session",
        keys=("i",),
        label="session",
    ),
    Command(
        "view.side-by-side",
        "Show diffs side by side, or in one column again",
        Group.DETAIL,
        "side-by-side",
        keys=("|",),
    ),
    Command(
        "file.edit",
        "Open the file of what is selected in $EDITOR",
        Group.DETAIL,
        "edit",
        keys=("o",),
        label="edit",
    ),
)
