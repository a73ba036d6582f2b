"""Subcommands about the telemetry that agents send themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import Subcommand, add_json

if TYPE_CHECKING:
    import argparse


def _add_receive_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", metavar="ADDRESS", help="the address to listen at (127.0.0.1)")
    parser.add_argument("--port", metavar="N", type=int, help="the port to listen at (4318)")
    parser.add_argument(
        "--forward",
        action="store_true",
        help="pass what comes on to export.endpoint as well, as it came",
    )
    add_json(parser)


def _run_receive(options: argparse.Namespace) -> int:
    from aimux_tui.cli import receive

    return receive.run(
        host=options.host,
        port=options.port,
        prints_json=options.json,
        forward=options.forward,
    )


SUBCOMMANDS = (
    Subcommand(
        "receive",
        "receive the agents' telemetry (OTLP over HTTP) without a screen",
        _add_receive_arguments,
        _run_receive,
        """\
Tells once a second what came. Exit code 1 if it cannot listen.

examples:
  aimux receive
  aimux receive --port 4319 --json | jq 'select(.type == "refused")'""",
    ),
)
