"""Taking sessions out of aimux: to files, to a server, and what concerns an export that runs."""

from __future__ import annotations

from aimux_tui.commands.base import Argument, ArgumentKind, Command, Group

FORMAT = Argument("FORMAT", ArgumentKind.CHOICE, choices=("jsonl", "openai", "markdown", "html"))
SCOPES = ("this", "marked", "filter", "all")
"""Words for what is exported; anything else is a path."""
SCOPE_OR_PATH = Argument("PATH", ArgumentKind.FILE, choices=SCOPES, is_required=False)
PATH = Argument("PATH", ArgumentKind.FILE, is_required=False)
ENDPOINT = Argument("ENDPOINT", ArgumentKind.TEXT, is_required=False)

EXPORT = (
    Command(
        "export.jsonl",
        "Export what is selected as JSONL: everything, one line a turn",
        Group.EXPORT,
        "export-jsonl",
        keys=("e j",),
        label="JSONL",
    ),
    Command(
        "export.otlp",
        "Send what is selected to an OTLP endpoint, MLflow or Phoenix as traces",
        Group.EXPORT,
        "export-otel",
        keys=("e o",),
        arguments=(ENDPOINT,),
        label="OTLP",
    ),
    Command(
        "export.markdown",
        "Export what is selected as Markdown, to paste into an issue",
        Group.EXPORT,
        "export-markdown",
        keys=("e m",),
        label="Markdown",
    ),
    Command(
        "export.html",
        "Export what is selected as one HTML page",
        Group.EXPORT,
        "export-html",
        keys=("e h",),
        label="HTML",
    ),
    Command(
        "export.file",
        "Export to a file: what is selected, what is marked, what the filter lets by, or all",
        Group.EXPORT,
        "export",
        arguments=(FORMAT, SCOPE_OR_PATH, PATH),
    ),
    Command(
        "export.scope",
        "Choose what the next export takes: what is selected, or all that the filter lets by",
        Group.EXPORT,
        "export-scope",
        keys=("e f",),
        label="other scope",
    ),
    Command(
        "export.preview",
        "Show what would be sent to an endpoint, and choose how much of it",
        Group.EXPORT,
        "export-preview",
        keys=("e v",),
        arguments=(ENDPOINT,),
        label="preview",
    ),
    Command(
        "export.retry",
        "Send what could not be sent before",
        Group.EXPORT,
        "retry",
        keys=("e r",),
        label="retry",
    ),
    Command(
        "export.path",
        "Copy the path of the last export",
        Group.EXPORT,
        "copy-export",
        keys=("e p",),
        label="copy path",
    ),
    Command(
        "export.cancel",
        "Stop the export that is running; nothing is left of it",
        Group.EXPORT,
        "export-cancel",
        keys=("e c",),
        label="cancel",
    ),
)
