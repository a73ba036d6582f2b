"""The `aimux` command: which subcommand is meant, and what happens when it fails."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

from aimux_tui.cli.parser import COMPLETE_SESSIONS, DEFAULT_COMMAND, command_names, parse
from aimux_tui.cli.subcommands.table import SUBCOMMANDS
from aimux_tui.errors import AimuxError, CommandError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What happens to output that has no room."""


def main(argv: Sequence[str]) -> int:
    """Run one command line; returns the exit code.

    0 all is well, 1 something failed, 2 wrong usage or setting, 3 no such session or log,
    130 interrupted.
    """
    # A short-lived process frees nothing that is worth looking for.
    gc.disable()
    # The caller may have closed them.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 - to the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    try:
        code = _dispatch(argv)
        sys.stdout.flush()
    except AimuxError as error:
        print(f"aimux: {error.message}", file=sys.stderr)
        for line in (*error.excerpt.splitlines(), error.hint):
            if line:
                print(f"       {line}", file=sys.stderr)
        return error.exit_code
    except SystemExit:
        return 0  # the help or the version has been printed
    except BrokenPipeError:
        # The reader (head, less) has gone; the interpreter must not complain at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno not in _FULL:
            raise
        print(f"aimux: the output cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _dispatch(argv: Sequence[str]) -> int:
    arguments = list(argv)
    if not arguments or (arguments[0] not in _COMMANDS and arguments[0] not in {"-h", "--help"}):
        if arguments:
            _refuse_misspelt_command(arguments[0])
        arguments.insert(0, DEFAULT_COMMAND)
    options = parse(arguments)
    return _COMMANDS[options.command](options)


def _view(options: argparse.Namespace) -> int:
    from aimux_tui.cli import viewer

    return viewer.run(
        options.target, follow=options.follow, receives=options.receive, theme=options.theme
    )


def _refuse_misspelt_command(word: str) -> None:
    """Ids of sessions have digits in them; a word that resembles a command was meant as one."""
    from aimux_tui.spelling import nearest

    if not word.isalpha() or os.path.lexists(word):
        return
    if close := nearest(word, command_names()):
        raise CommandError(
            f"no command {word!r}", hint=f"did you mean `aimux {close}`? see `aimux --help`"
        )


def _complete_sessions(_options: argparse.Namespace) -> int:
    from aimux_tui.cli import completion

    return completion.print_sessions()


_COMMANDS = {
    DEFAULT_COMMAND: _view,
    COMPLETE_SESSIONS: _complete_sessions,
    **{command.name: command.run for command in SUBCOMMANDS},
}
