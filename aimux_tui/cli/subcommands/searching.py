"""Subcommands that find things in what all sessions say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import Subcommand, add_json

if TYPE_CHECKING:
    import argparse


def _add_search_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query",
        nargs="*",
        metavar="QUERY",
        help="words to find, and filters: redirect provider:codex -label:good 'tool:Bash'",
    )
    parser.add_argument(
        "--files",
        action="store_true",
        help="find edits of files instead: the words are part of their paths; oldest first",
    )
    parser.add_argument("--diff", action="store_true", help="with --files: the changed lines too")
    parser.add_argument(
        "--words", action="store_true", help="whole words only: 'edit' does not find 'credit'"
    )
    parser.add_argument("--provider", metavar="NAME", help="one agent: claude, codex or gemini")
    parser.add_argument(
        "--project", metavar="WORDS", help="projects or folders that contain this, in any case"
    )
    parser.add_argument(
        "--since", metavar="WHEN", help="turns begun since: 90m, 12h, 3d, 2w or 2026-11-01"
    )
    parser.add_argument(
        "--limit", metavar="N", type=int, default=50, help="at most so many turns (50); 0 for all"
    )
    parser.add_argument(
        "--all", action="store_true", help="hidden machine sessions too (warm-ups, reviews)"
    )
    parser.add_argument(
        "--no-index", action="store_true", help="read every log, and neither use nor build an index"
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="build the search index anew before searching"
    )
    add_json(parser)


def _run_search(options: argparse.Namespace) -> int:
    from aimux_tui.cli import search

    return search.run(options)


SUBCOMMANDS = (
    Subcommand(
        "search",
        "find words in prompts, answers, tool calls, edits and notes of all sessions",
        _add_search_arguments,
        _run_search,
        """\
Words are found inside longer ones, upper and lower case alike, and all must be in one turn.
Several words in quotes must stand next to each other; mind the shell, which takes one pair
of quotes away. A filter that begins with - needs quotes around the whole query, too.

Exit code 1 if nothing is found, 2 if the query is wrong.

examples:
  aimux search redirect loop
  aimux search '"redirect loop" provider:codex -label:good since:2w'
  aimux search 'tool:Bash failed migrate' --json | jq '.hits[].session'
  aimux search --files auth.go --diff""",
    ),
)
