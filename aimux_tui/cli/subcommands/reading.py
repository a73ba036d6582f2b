"""Subcommands that read sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import TARGET, Subcommand, add_filters, add_json

if TYPE_CHECKING:
    import argparse


def _add_sessions_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query",
        nargs="*",
        metavar="FILTER",
        help="only what fits: label:bad, cost>1, status:waiting, failed, words, … (all must)",
    )
    filters = add_filters(parser, "session", "those written since: 90m, 12h, 3d, 2w or 2026-11-01")
    filters.add_argument(
        "--limit", metavar="N", type=int, help="at most so many, the newest; 0 for all"
    )
    filters.add_argument("--agents", action="store_true", help="sub-agents as rows of their own")
    filters.add_argument(
        "--all", action="store_true", help="hidden machine sessions too (warm-ups, reviews)"
    )
    add_json(parser)
    parser.add_argument(
        "--no-index", action="store_true", help="read every log anew and keep nothing"
    )


def _run_sessions(options: argparse.Namespace) -> int:
    from aimux_tui.cli import sessions

    return sessions.run(options)


def _add_show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="SESSION | PATH", help=TARGET)
    parser.add_argument("--turn", type=int, metavar="N", help="only the turn of this number")
    parser.add_argument("--full", action="store_true", help="cut no long text")
    add_json(parser)


def _run_show(options: argparse.Namespace) -> int:
    from aimux_tui.cli import show

    return show.run(options.session, turn=options.turn, as_json=options.json, is_full=options.full)


def _add_counts_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="log files, or folders of them")
    add_json(parser)


def _run_counts(options: argparse.Namespace) -> int:
    from aimux_tui.cli import counts

    return counts.run(options.paths, as_json=options.json)


SUBCOMMANDS = (
    Subcommand(
        "sessions",
        "list the sessions with their numbers and cost",
        _add_sessions_arguments,
        _run_sessions,
        """\
examples:
  aimux sessions --provider codex --since 2w
  aimux sessions label:bad,waste 'cost>1' -branch:main
  aimux sessions --json | jq '.sessions[] | select(.status == "waiting") | .key'""",
    ),
    Subcommand(
        "show",
        "print a session's turns",
        _add_show_arguments,
        _run_show,
        """\
Exit code 3 if there is no such session, log or turn.

examples:
  aimux show 3f2a91c0 --turn 12 --full
  aimux show ~/old/rollout.jsonl --json""",
    ),
    Subcommand(
        "counts",
        "count the turns, tool calls, edits and tokens of log files",
        _add_counts_arguments,
        _run_counts,
        """\
Each log file is counted by itself. Exit code 1 if one cannot be read.""",
    ),
)
