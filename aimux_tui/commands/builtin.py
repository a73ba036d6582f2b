"""The table of every command. A new command is a row here and a method that does it."""

from __future__ import annotations

from aimux_tui.commands.base import Argument, ArgumentKind, Command, Group, Pane

LISTS = frozenset({Pane.SESSIONS, Pane.TRACE})
OPENED = frozenset({Pane.TRACE, Pane.DETAIL})

SORT_BY = Argument(
    "BY",
    ArgumentKind.CHOICE,
    choices=("updated", "started", "cost", "turns", "project"),
    is_required=False,
)
TIME_MODE = Argument(
    "MODE", ArgumentKind.CHOICE, choices=("clock", "relative", "elapsed"), is_required=False
)

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

DETAIL = (
    Command(
        "view.next",
        "Show the next view of what is selected",
        Group.DETAIL,
        "next-view",
        keys=("v",),
        label="view",
        in_footer=True,
    ),
    Command(
        "view.previous",
        "Show the previous view of what is selected",
        Group.DETAIL,
        "previous-view",
        keys=("V",),
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
        "app.quit", "Quit", Group.APP, "quit", keys=("q", "ctrl+q"), label="quit", in_footer=True
    ),
)

COMMANDS: tuple[Command, ...] = (*MOVE, *TURNS, *SESSIONS, *DETAIL, *COPY, *SHOW, *APP)
"""In the order of help, footer and palette."""
