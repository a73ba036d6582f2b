"""Subcommands about aimux itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import Subcommand, add_json

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish")


def _add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every-byte",
        action="store_true",
        help="look for damage also inside large tool outputs, which are only skimmed otherwise",
    )
    add_json(parser)


def _run_doctor(options: argparse.Namespace) -> int:
    from aimux_tui.cli import doctor

    return doctor.run(as_json=options.json, reads_every_byte=options.every_byte)


def _add_config_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("show", "path", "check"),
        default="show",
        help="show every setting (the default), the file's path, or only what is wrong with it",
    )
    add_json(parser)


def _run_config(options: argparse.Namespace) -> int:
    from aimux_tui.cli import config

    return config.run(options.action, as_json=options.json)


def _add_tmux_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--width", metavar="N", type=int, default=60, help="columns of the pane (60)"
    )
    parser.add_argument("--left", action="store_true", help="on the left side")


def _run_tmux(options: argparse.Namespace) -> int:
    from aimux_tui.cli import tmux

    return tmux.run(width=options.width, is_left=options.left)


def _add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed", metavar="N", type=float, default=1.0, help="how fast it plays (1.0)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the demo's folder and print it")


def _run_demo(options: argparse.Namespace) -> int:
    from aimux_tui.cli import demo

    return demo.run(speed=options.speed, is_kept=options.keep)


def _add_completion_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell that the script is for")


def _run_completion(options: argparse.Namespace) -> int:
    from aimux_tui.cli import completion

    return completion.run(options.shell)


SUBCOMMANDS = (
    Subcommand(
        "doctor",
        "tell where aimux looked, what it found, what it did not know",
        _add_doctor_arguments,
        _run_doctor,
        "Exit code 1 if a log cannot be opened or a setting is wrong.",
    ),
    Subcommand(
        "config",
        "show the settings in force, and where each comes from",
        _add_config_arguments,
        _run_config,
        "Exit code 2 if something is wrong with them.",
    ),
    Subcommand(
        "tmux",
        "open a tmux pane that follows the session of this folder",
        _add_tmux_arguments,
        _run_tmux,
    ),
    Subcommand(
        "demo", "show bundled sessions, one of them playing", _add_demo_arguments, _run_demo
    ),
    Subcommand(
        "completion",
        "print the script that makes a shell complete with Tab",
        _add_completion_arguments,
        _run_completion,
        """\
install it:
  bash  echo 'eval "$(aimux completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(aimux completion zsh)"' >> ~/.zshrc     (after compinit)
  fish  aimux completion fish > ~/.config/fish/completions/aimux.fish""",
    ),
)
