"""Subcommands that judge turns, and tell how they were judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.cli.subcommands.base import TARGET, Subcommand, add_filters, add_json

if TYPE_CHECKING:
    import argparse

LABELS = ("good", "bad", "waste", "none")
VERDICTS = ("achieved", "partial", "failed", "abandoned", "none")


def _add_label_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="SESSION", help=TARGET)
    parser.add_argument(
        "turn",
        nargs="?",
        metavar="TURN",
        help="a turn's number, several (3,5-7), all of them from one on (5-), or last",
    )
    parser.add_argument(
        "label",
        nargs="?",
        choices=LABELS,
        metavar="LABEL",
        help="good, bad or waste (right, but nobody needed it); none takes the label away",
    )
    parser.add_argument("--note", metavar="TEXT", help='a note; "" takes it away')
    whole = parser.add_argument_group("the session as a whole (without TURN)")
    whole.add_argument(
        "--verdict",
        choices=VERDICTS,
        metavar="WORD",
        help="achieved, partial, failed, abandoned; none takes the verdict away",
    )
    whole.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="NAME",
        help="add a tag, or several: slow,loop",
    )
    whole.add_argument(
        "--untag", action="append", default=[], metavar="NAME", help="take a tag away"
    )


def _run_label(options: argparse.Namespace) -> int:
    from aimux_tui.cli import label

    return label.run(options)


def _add_labels_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("list", "check"),
        default="list",
        help="list everything judged (the default), or prove that no label has lost its turn",
    )
    filters = add_filters(
        parser, "label", "those given since: 90m, 12h, 3d, 2w, today or 2026-11-01"
    )
    filters.add_argument(
        "--label", choices=LABELS, metavar="LABEL", help="good, bad, waste; none: only a note"
    )
    add_json(parser)


def _run_labels(options: argparse.Namespace) -> int:
    from aimux_tui.cli import labels

    return labels.run(options)


SUBCOMMANDS = (
    Subcommand(
        "label",
        "judge turns, or a whole session",
        _add_label_arguments,
        _run_label,
        """\
What is not given stays as it is: a new label keeps the note.
Exit code 3 if there is no such session or turn, 1 if nothing could be written.

examples:
  aimux label 3f2a91c0 7 good
  aimux label 3f2a91c0 last bad --note "edits the test, not the bug"
  aimux label 3f2a91c0 3-5 waste
  aimux label 3f2a91c0 --verdict partial --tag loops""",
    ),
    Subcommand(
        "labels",
        "tell what was judged, and how",
        _add_labels_arguments,
        _run_labels,
        """\
`check` exits with 1 if a label finds its turn no more, and lists these.

examples:
  aimux labels --since today
  aimux labels --label bad --project shop
  aimux labels check
  aimux labels --json | jq '.counts.model'""",
    ),
)
