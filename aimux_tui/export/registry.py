"""The formats that aimux writes to files. A further one is a row here.

OTLP is none of them: it sends (see `aimux_tui.export.otlp`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from aimux_tui.errors import CommandError
from aimux_tui.spelling import suggestion

if TYPE_CHECKING:
    from aimux_tui.export.base import FileExporter


class FormatRow(Struct, frozen=True):
    """What is known of a format without importing it."""

    name: str
    """As on the command line."""
    title: str
    """For people."""
    suffix: str
    """Of its files, with the dot."""
    key: str
    """In the line of keys that `e` opens; empty if it has none."""
    module: str
    """Its `EXPORTER` is the exporter."""
    summary: str
    """What it is for, in a few words."""
    version: int = 1
    """Of the format; grows when its meaning changes."""


FORMATS = (
    FormatRow(
        "jsonl",
        "JSONL",
        ".jsonl",
        "j",
        "aimux_tui.export.jsonl",
        "everything, one line a turn: for data sets and programs",
    ),
    FormatRow(
        "openai",
        "OpenAI messages",
        ".openai.jsonl",
        "",
        "aimux_tui.export.openai",
        "chat messages with tools, one line a conversation: to fine-tune or evaluate",
    ),
    FormatRow(
        "markdown",
        "Markdown",
        ".md",
        "m",
        "aimux_tui.export.markdown",
        "readable text, cut to size: to paste into an issue",
    ),
    FormatRow(
        "html",
        "HTML",
        ".html",
        "h",
        "aimux_tui.export.html",
        "one self-contained page: for any browser",
    ),
)


def format_row(name: str) -> FormatRow:
    """The row of a format. Raises CommandError if there is none."""
    for row in FORMATS:
        if row.name == name:
            return row
    raise CommandError(f"no format {name!r}", hint=suggestion(name, [row.name for row in FORMATS]))


@cache
def load_exporter(name: str) -> FileExporter:
    """The exporter of a format. Raises CommandError if there is none."""
    return cast("FileExporter", import_module(format_row(name).module).EXPORTER)
