"""Subcommands that answer questions over many sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import Subcommand, add_json

if TYPE_CHECKING:
    import argparse

GROUPINGS = ("day", "week", "month", "project", "model", "provider", "session", "block")


def _add_costs_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query",
        nargs="*",
        metavar="FILTER",
        help="only what fits: provider:codex, project:api, since:7d, model:opus, … (all must)",
    )
    parser.add_argument(
        "--by",
        choices=GROUPINGS,
        default="day",
        help="a line for each day (the default), week, month, project, model, provider, session, "
        "or block of five hours",
    )
    parser.add_argument(
        "--limit", metavar="N", type=int, help="at most so many lines (40); 0 for all"
    )
    parser.add_argument(
        "--why", metavar="SESSION | PATH", help="how the cost of one session comes about"
    )
    add_json(parser)


def _run_costs(options: argparse.Namespace) -> int:
    from aimux_tui.cli import costs, ledger

    if options.why:
        return ledger.run(options.why, as_json=options.json)
    return costs.run(options)


SUBCOMMANDS = (
    Subcommand(
        "costs",
        "tell what the agents spent, by day, project, model or session",
        _add_costs_arguments,
        _run_costs,
        """\
Sub-agents are counted with their sessions, and what a fork repeats only once.

examples:
  aimux costs since:7d
  aimux costs --by project provider:claude since:2026-11-01
  aimux costs --by block provider:claude since:2d
  aimux costs --why 3f2a91c0
  aimux costs --by model --json | jq '.total.cost.usd'""",
    ),
)
