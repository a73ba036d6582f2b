"""The grammar of the `aimux` command, and the help that goes with it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from aimux_tui import __version__
from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEFAULT_COMMAND = "view"
"""What `aimux` without a command means; it stands in no list of commands."""
COMPLETE_SESSIONS = "complete-sessions"
"""Called by the shells when a session is to be completed; it stands in no list either."""
SHELLS = ("bash", "zsh", "fish")

_DESCRIPTION = """\
See what your coding agents really did, while they do it: the sessions of
Claude Code, Codex CLI and Gemini CLI on this machine, turn by turn."""
_USAGE = """\
aimux [SESSION | PATH] [--follow] [--theme NAME]
       aimux COMMAND [OPTIONS]"""
_EXAMPLES = """\
examples:
  aimux                          every session, live; the demo where there are none
  aimux 3f2a91c0                 one session, by its id or the start of it
  aimux ~/old/rollout.jsonl      a log from anywhere on disk
  aimux --follow                 beside an agent: the newest session of this folder
  aimux sessions --since 1d      what ran since yesterday, and what it cost
  aimux show 3f2a91c0 --turn 12  one turn as text

`aimux COMMAND --help` says more about one; in the screen, `?` shows the keys.

exit codes:
  0 all is well, 1 something failed, 2 wrong usage or setting,
  3 no such session or log"""
_TARGET = "a session's id (`aimux sessions` lists them), the start of one, or a log file"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are aimux's own, and name what was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Raise CommandError."""
        raise CommandError(message, hint=f"see `{self.prog} --help`")

    def refuse(self, word: str) -> NoReturn:
        """Raise CommandError for an argument that it does not know."""
        from aimux_tui.spelling import nearest

        hint = f"see `{self.prog} --help`"
        if word.startswith("-"):
            close = nearest(word.partition("=")[0], self._option_string_actions)
            raise CommandError(
                f"no option {word}", hint=f"did you mean {close}? {hint}" if close else hint
            )
        raise CommandError(f"{word!r} is one argument too many", hint=hint)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as it was written, the commands in a plain list."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        if action.nargs != argparse.PARSER:
            return text
        # Without the line "COMMAND" above them, and indented as the options are.
        return "".join(f"{line[2:]}\n" for line in text.splitlines()[1:])


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options that a command line gives, its command among them. Raises CommandError.

    Prints the help or the version, and raises SystemExit, where these are asked for.
    """
    options, unknown = build_parser().parse_known_args(arguments)
    if unknown:
        options.parser.refuse(unknown[0])
    return options


class _Command(NamedTuple):
    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    notes: str = ""
    """What the help ends with."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command. It raises CommandError."""
    # The options of the screen are told with aimux's own, but parsed with the command "view".
    parser = Parser(
        prog="aimux",
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=_Formatter,
    )
    _add_screen_options(parser)
    commands = parser.add_subparsers(
        dest="command", title="commands", metavar="COMMAND", prog="aimux", parser_class=Parser
    )
    for command in _COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.summary,
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
            epilog=command.notes,
            formatter_class=_Formatter,
        )
        command.add_arguments(one)
        one.set_defaults(parser=one)
    view = commands.add_parser(
        DEFAULT_COMMAND, prog="aimux", description=_DESCRIPTION, formatter_class=_Formatter
    )
    view.add_argument("target", nargs="?", metavar="SESSION | PATH", help=_TARGET)
    _add_screen_options(view)
    view.set_defaults(parser=view)
    hidden = commands.add_parser(COMPLETE_SESSIONS)
    hidden.set_defaults(parser=hidden)
    return parser


def command_names() -> list[str]:
    """The commands that the help lists."""
    return [command.name for command in _COMMANDS]


def _add_screen_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--follow", action="store_true", help="follow the newest session of this folder"
    )
    parser.add_argument("--theme", metavar="NAME", help="one of the themes that `:theme` lists")
    parser.add_argument("--version", action="version", version=f"aimux {__version__}")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def _sessions(parser: argparse.ArgumentParser) -> None:
    filters = parser.add_argument_group("filters (a session must pass all of them)")
    filters.add_argument("--provider", metavar="NAME", help="one agent: claude, codex or gemini")
    filters.add_argument(
        "--project",
        metavar="WORDS",
        help="those whose project or folder contains this, in any case",
    )
    filters.add_argument(
        "--since", metavar="WHEN", help="those written since: 90m, 12h, 3d, 2w or 2026-11-01"
    )
    filters.add_argument("--limit", metavar="N", type=int, help="at most so many, the newest")
    filters.add_argument("--agents", action="store_true", help="sub-agents as rows of their own")
    filters.add_argument(
        "--all", action="store_true", help="hidden machine sessions too (warm-ups, reviews)"
    )
    _add_json(parser)
    parser.add_argument(
        "--no-index", action="store_true", help="read every log anew and keep nothing"
    )


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="SESSION | PATH", help=_TARGET)
    parser.add_argument("--turn", type=int, metavar="N", help="only the turn of this number")
    parser.add_argument("--full", action="store_true", help="cut no long text")
    _add_json(parser)


def _counts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="log files, or folders of them")
    _add_json(parser)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every-byte",
        action="store_true",
        help="look for damage also inside large tool outputs, which are only skimmed otherwise",
    )
    _add_json(parser)


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("show", "path", "check"),
        default="show",
        help="show every setting (the default), the file's path, or only what is wrong with it",
    )
    _add_json(parser)


def _tmux(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--width", metavar="N", type=int, default=60, help="columns of the pane (60)"
    )
    parser.add_argument("--left", action="store_true", help="on the left side")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed", metavar="N", type=float, default=1.0, help="how fast it plays (1.0)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the demo's folder and print it")


def _completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell that the script is for")


_COMMANDS = (
    _Command(
        "sessions",
        "list the sessions with their numbers and cost",
        _sessions,
        """\
examples:
  aimux sessions --provider codex --since 2w
  aimux sessions --json | jq '.sessions[] | select(.status == "waiting") | .key'""",
    ),
    _Command(
        "show",
        "print a session's turns",
        _show,
        """\
Exit code 3 if there is no such session, log or turn.

examples:
  aimux show 3f2a91c0 --turn 12 --full
  aimux show ~/old/rollout.jsonl --json""",
    ),
    _Command(
        "counts",
        "count the turns, tool calls, edits and tokens of log files",
        _counts,
        """\
Each log file is counted by itself. Exit code 1 if one cannot be read.""",
    ),
    _Command(
        "doctor",
        "tell where aimux looked, what it found, what it did not know",
        _doctor,
        "Exit code 1 if a log cannot be opened or a setting is wrong.",
    ),
    _Command(
        "config",
        "show the settings in force, and where each comes from",
        _config,
        "Exit code 2 if something is wrong with them.",
    ),
    _Command("tmux", "open a tmux pane that follows the session of this folder", _tmux),
    _Command("demo", "show bundled sessions, one of them playing", _demo),
    _Command(
        "completion",
        "print the script that makes a shell complete with Tab",
        _completion,
        """\
install it:
  bash  echo 'eval "$(aimux completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(aimux completion zsh)"' >> ~/.zshrc     (after compinit)
  fish  aimux completion fish > ~/.config/fish/completions/aimux.fish""",
    ),
)
