"""What a subcommand of `aimux` is: its arguments, its help, and what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

TARGET = "a session's id (`aimux sessions` lists them), the start of one, or a log file"


class Subcommand(NamedTuple):
    """A row of the table of subcommands."""

    name: str
    summary: str
    """What it does, in the imperative, without a full stop."""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Does it, and returns the exit code. It imports what it needs only then."""
    notes: str = ""
    """What the help ends with: exit codes, examples."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option of every command whose output programs read."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
