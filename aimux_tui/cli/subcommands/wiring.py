"""Subcommands that point the agents' telemetry here."""

from __future__ import annotations

import argparse

from aimux_tui.cli.subcommands.base import Subcommand

_AGENTS = ("claude", "codex", "gemini", "qwen", "copilot", "opencode")
_SHELLS = ("sh", "fish", "powershell")


def _add_content(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-content",
        action="store_true",
        help="leave prompts, answers and tool inputs out of the telemetry",
    )


def _add_env_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", choices=_AGENTS, help="whose telemetry is to come here")
    _add_content(parser)
    parser.add_argument("--shell", choices=_SHELLS, help="in whose words (that of $SHELL)")
    parser.add_argument(
        "--write", action="store_true", help="put it into the agent's settings, after asking"
    )
    parser.add_argument("--yes", action="store_true", help="with --write: do not ask")


def _run_env(options: argparse.Namespace) -> int:
    from aimux_tui.cli import env

    return env.run(
        options.agent,
        shell=options.shell,
        with_content=not options.no_content,
        writes=options.write,
        is_sure=options.yes,
    )


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    _add_content(parser)
    parser.add_argument(
        "agent_command", nargs=argparse.REMAINDER, metavar="-- AGENT …", help="what to start"
    )


def _run_run(options: argparse.Namespace) -> int:
    from aimux_tui.cli import env

    return env.start(options.agent_command, with_content=not options.no_content)


SUBCOMMANDS = (
    Subcommand(
        "env",
        "print what makes an agent send its telemetry here",
        _add_env_arguments,
        _run_env,
        """\
What is printed can be evaluated by the shell. The telemetry stays on this machine.

examples:
  eval "$(aimux env claude)"     for the agents started from this shell
  aimux env codex --write        for good: shows the change to Codex' settings, and asks""",
    ),
    Subcommand(
        "run",
        "start an agent that sends its telemetry here",
        _add_run_arguments,
        _run_run,
        """\
The agent takes the place of this command, with a trace of its own (TRACEPARENT).

examples:
  aimux run -- claude
  aimux run -- codex exec 'fix the tests'""",
    ),
)
