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


def add_filters(
    parser: argparse.ArgumentParser, subject: str, since: str
) -> argparse._ArgumentGroup:
    """The options that choose by agent, project and time; `since` tells what the time is of."""
    filters = parser.add_argument_group(f"filters (a {subject} must pass all of them)")
    filters.add_argument("--provider", metavar="NAME", help="one agent: claude, codex or gemini")
    filters.add_argument(
        "--project",
        metavar="WORDS",
        help="those whose project or folder contains this, in any case",
    )
    filters.add_argument("--since", metavar="WHEN", help=since)
    return filters


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option of every command whose output programs read."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
