"""The grammar of the `aimux` command, and the help that goes with it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from aimux_tui import __version__
from aimux_tui.cli.subcommands.base import TARGET
from aimux_tui.cli.subcommands.table import SUBCOMMANDS
from aimux_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_COMMAND = "view"
"""What `aimux` without a command means; it stands in no list of commands."""
COMPLETE_SESSIONS = "complete-sessions"
"""Called by the shells when a session is to be completed; it stands in no list either."""

_DESCRIPTION = """\
See what your coding agents really did, while they do it: the sessions of
Claude Code, Codex CLI and Gemini CLI on this machine, turn by turn."""
_USAGE = """\
aimux [SESSION | PATH] [--follow] [--receive] [--theme NAME]
       aimux COMMAND [OPTIONS]"""
_EXAMPLES = """\
examples:
  aimux                          every session, live; the demo where there are none
  aimux 3f2a91c0                 one session, by its id or the start of it
  aimux ~/old/rollout.jsonl      a log from anywhere on disk
  aimux --follow                 beside an agent: the newest session of this folder
  aimux sessions --since 1d      what ran since yesterday, and what it cost
  aimux show 3f2a91c0 --turn 12  one turn as text
  aimux search 'flaky label:bad' words in everything that was said and done
  aimux costs --by project       where the money went
  aimux export --label good      a data set of what you judged good

`aimux COMMAND --help` says more about one; in the screen, `?` shows the keys.

exit codes:
  0 all is well, 1 something failed, 2 wrong usage or setting,
  3 no such session or log"""


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
    if hasattr(options, "query"):
        # A term that is turned round looks like an option; the order of terms is of no importance.
        options.query += [word for word in unknown if _is_negated_term(word)]
        unknown = [word for word in unknown if not _is_negated_term(word)]
    if unknown:
        options.parser.refuse(unknown[0])
    return options


def _is_negated_term(word: str) -> bool:
    return len(word) > 2 and word[0] == "-" and word[1] != "-"


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
    for command in SUBCOMMANDS:
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
    view.add_argument("target", nargs="?", metavar="SESSION | PATH", help=TARGET)
    _add_screen_options(view)
    view.set_defaults(parser=view)
    hidden = commands.add_parser(COMPLETE_SESSIONS)
    hidden.set_defaults(parser=hidden)
    return parser


def command_names() -> list[str]:
    """The commands that the help lists."""
    return [command.name for command in SUBCOMMANDS]


def _add_screen_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--follow", action="store_true", help="follow the newest session of this folder"
    )
    parser.add_argument(
        "--receive", action="store_true", help="receive the agents' telemetry while it runs"
    )
    parser.add_argument("--theme", metavar="NAME", help="one of the themes that `:theme` lists")
    parser.add_argument("--version", action="version", version=f"aimux {__version__}")
