"""Subcommands that take sessions out of aimux."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import TARGET, Subcommand, add_json

if TYPE_CHECKING:
    import argparse

FORMATS = ("jsonl", "openai", "markdown", "html", "otlp")
PROFILES = ("full", "bounded", "redacted")
LABELS = ("good", "bad", "waste")


def _add_export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", nargs="*", metavar="SESSION | PATH", help=TARGET)
    filters = parser.add_argument_group("filters (a session must pass all of them)")
    filters.add_argument(
        "--label",
        action="append",
        choices=LABELS,
        metavar="LABEL",
        help="only turns labelled good, bad or waste; may be given several times",
    )
    filters.add_argument(
        "--turn", metavar="N", help="only these turns of one session: 7, 3,5-7, 5- or last"
    )
    filters.add_argument("--provider", metavar="NAME", help="one agent: claude, codex or gemini")
    filters.add_argument(
        "--project",
        metavar="WORDS",
        help="sessions whose project or folder contains this, in any case",
    )
    filters.add_argument(
        "--since", metavar="WHEN", help="those written since: 90m, 12h, 3d, 2w or 2026-11-01"
    )
    filters.add_argument("--all", action="store_true", help="every session")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="jsonl",
        help="jsonl (the default), openai (chat messages), markdown, html, or otlp, which sends",
    )
    parser.add_argument(
        "--out", metavar="PATH", help="a file, a folder, or - for the standard output"
    )
    parser.add_argument(
        "--redact",
        choices=PROFILES,
        help="full (as logged), bounded (secrets masked, long values cut) or redacted (no words)",
    )
    parser.add_argument(
        "--preview", action="store_true", help="tell what would leave, and write nothing"
    )
    sending = parser.add_argument_group("only for otlp")
    sending.add_argument("--endpoint", metavar="URL", help="where to send, for once")
    sending.add_argument("--yes", action="store_true", help="send to a new endpoint unasked")
    sending.add_argument("--retry", action="store_true", help="send what could not be sent before")
    add_json(parser)


def _run_export(options: argparse.Namespace) -> int:
    from aimux_tui.cli import export

    return export.run(options)


def _add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="exports, or their receipts")
    add_json(parser)


def _run_verify(options: argparse.Namespace) -> int:
    from aimux_tui.cli import verify

    return verify.run(options.paths, as_json=options.json)


SUBCOMMANDS = (
    Subcommand(
        "export",
        "write sessions or labelled turns to a file, or send them as traces",
        _add_export_arguments,
        _run_export,
        """\
Files go to ~/.aimux/exports unless told otherwise; the path is printed. Beside each stands
a receipt (see `aimux verify`), and a list of what was taken out. Sub-agents come with the
sessions that spawned them. docs/exports.md explains formats and redaction.

examples:
  aimux export 3f2a91c0                                   everything of one session
  aimux export 3f2a91c0 --turn 12 --format markdown --out -
  aimux export --label good --since 30d --format openai   a data set to fine-tune on
  aimux export --all --project shop --redact redacted --preview""",
    ),
    Subcommand(
        "verify",
        "check that exports are as they were written",
        _add_verify_arguments,
        _run_verify,
        "Exit code 1 if one differs from its receipt, or has none.",
    ),
)
