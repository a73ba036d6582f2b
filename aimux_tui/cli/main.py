"""The `aimux` command: which subcommand is meant, and what happens when it fails."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING

from aimux_tui import __version__
from aimux_tui.errors import AimuxError, CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = """\
aimux [PATH | SESSION] [--follow]    read what your agents do, live
aimux demo                           the same with bundled sessions, one of them playing
aimux sessions [--json] [FILTERS]    list the sessions
aimux show SESSION [--turn N]        print a session's turns
aimux counts PATH… [--json]          count turns, tools, edits and tokens of log files
aimux doctor [--json]                where it looked, what it found, what it did not understand
aimux tmux                           open a pane beside this one that follows its folder's session
aimux config [show | path | check]   the settings in force, and where each comes from
"""


def main(argv: Sequence[str]) -> int:
    """Run one command line; returns the exit code.

    0 all is well, 1 something failed, 2 wrong usage or setting, 3 no such session or log,
    130 interrupted.
    """
    # A short-lived process frees nothing that is worth looking for.
    gc.disable()
    try:
        return _dispatch(argv)
    except AimuxError as error:
        print(f"aimux: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"       {error.hint}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has gone; the interpreter must not complain at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _dispatch(argv: Sequence[str]) -> int:
    parser = build_parser()
    commands = set(_COMMANDS)
    arguments = list(argv)
    if not arguments or (arguments[0] not in commands and arguments[0] not in {"-h", "--help"}):
        arguments.insert(0, "view")
    try:
        options = parser.parse_args(arguments)
    except argparse.ArgumentError as error:
        raise CommandError(str(error), hint="`aimux --help` shows the commands") from error
    return _COMMANDS[options.command](options)


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="aimux",
        usage=_USAGE.replace("\n", "\n       ").rstrip(),
        description="The terminal trace viewer for AI coding agents.",
    )
    parser.add_argument("--version", action="version", version=f"aimux {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    view = commands.add_parser("view", prog="aimux", help="the viewer (also without a command)")
    view.add_argument("target", nargs="?", help="a log file, a session id, or the start of one")
    view.add_argument(
        "--follow", action="store_true", help="follow the newest session of this folder"
    )
    view.add_argument("--theme", help="one of the themes that `:theme` lists")
    view.add_argument("--version", action="version", version=f"aimux {__version__}")

    sessions = commands.add_parser("sessions", help="list the sessions")
    sessions.add_argument("--json", action="store_true", help="for programs")
    sessions.add_argument("--provider", help="only this agent: claude, codex, gemini")
    sessions.add_argument("--project", help="only projects whose name or folder contains this")
    sessions.add_argument("--since", help="only those written since: 3d, 12h, 2026-11-01")
    sessions.add_argument("--limit", type=int, help="at most so many, the newest")
    sessions.add_argument("--agents", action="store_true", help="list sub-agents as rows too")
    sessions.add_argument("--all", action="store_true", help="list hidden machine sessions too")
    sessions.add_argument("--no-index", action="store_true", help="read every log, keep nothing")

    show = commands.add_parser("show", help="print a session's turns")
    show.add_argument("session", help="a session id, the start of one, or a log file")
    show.add_argument("--turn", type=int, metavar="N", help="only this turn")
    show.add_argument("--json", action="store_true", help="for programs")
    show.add_argument("--full", action="store_true", help="cut nothing")

    counts = commands.add_parser("counts", help="count turns, tools, edits and tokens of logs")
    counts.add_argument("paths", nargs="+", metavar="PATH", help="log files, or folders of them")
    counts.add_argument("--json", action="store_true", help="for programs")

    doctor = commands.add_parser("doctor", help="where aimux looked and what it found")
    doctor.add_argument("--json", action="store_true", help="for programs")

    tmux = commands.add_parser("tmux", help="open a pane that follows this folder's session")
    tmux.add_argument("--width", type=int, default=60, help="columns of the pane (60)")
    tmux.add_argument("--left", action="store_true", help="on the left side")

    demo = commands.add_parser("demo", help="bundled sessions, one of them playing")
    demo.add_argument("--speed", type=float, default=1.0, help="how fast it plays (1.0)")
    demo.add_argument("--keep", action="store_true", help="keep the demo's folder and print it")

    config = commands.add_parser("config", help="the settings in force")
    config.add_argument(
        "action", nargs="?", choices=("show", "path", "check"), default="show", help="what to do"
    )
    config.add_argument("--json", action="store_true", help="for programs")
    return parser


def _view(options: argparse.Namespace) -> int:
    from aimux_tui.cli import viewer

    return viewer.run(options.target, follow=options.follow, theme=options.theme)


def _sessions(options: argparse.Namespace) -> int:
    from aimux_tui.cli import sessions

    return sessions.run(options)


def _show(options: argparse.Namespace) -> int:
    from aimux_tui.cli import show

    return show.run(options.session, turn=options.turn, as_json=options.json, is_full=options.full)


def _counts(options: argparse.Namespace) -> int:
    from aimux_tui.cli import counts

    return counts.run(options.paths, as_json=options.json)


def _doctor(options: argparse.Namespace) -> int:
    from aimux_tui.cli import doctor

    return doctor.run(as_json=options.json)


def _tmux(options: argparse.Namespace) -> int:
    from aimux_tui.cli import tmux

    return tmux.run(width=options.width, is_left=options.left)


def _demo(options: argparse.Namespace) -> int:
    from aimux_tui.cli import demo

    return demo.run(speed=options.speed, is_kept=options.keep)


def _config(options: argparse.Namespace) -> int:
    from aimux_tui.cli import config

    return config.run(options.action, as_json=options.json)


_COMMANDS = {
    "view": _view,
    "sessions": _sessions,
    "show": _show,
    "counts": _counts,
    "doctor": _doctor,
    "tmux": _tmux,
    "demo": _demo,
    "config": _config,
}
