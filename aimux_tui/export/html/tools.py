"""A tool call: how it ended, its edits or its input, its output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aimux_tui.export.html.diffs import edit_block, line_counts
from aimux_tui.export.html.folding import begin_fold, fold, is_long, long_text
from aimux_tui.export.html.markup import EMPTY, Html, joined, tag
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.text.units import format_duration, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aimux_tui.export.base import Material
    from aimux_tui.model.tools import ToolCall

GLYPHS = {
    ToolStatus.RUNNING: "◐",
    ToolStatus.OK: "✓",
    ToolStatus.FAILED: "✗",
    ToolStatus.REJECTED: "⊘",
    ToolStatus.CANCELLED: "⊖",
    ToolStatus.UNKNOWN: "?",
}
_STYLES = {
    ToolStatus.OK: "ok",
    ToolStatus.FAILED: "bad",
    ToolStatus.REJECTED: "bad",
    ToolStatus.CANCELLED: "warn",
    ToolStatus.RUNNING: "warn",
    ToolStatus.UNKNOWN: "warn",
}
_OPEN_LINES = 40
"""An edit of up to so many lines stands open."""
_SHORT = 100
"""Characters of a value that stands beside its name."""
_SNIPPET = 300


def begin_call(call: ToolCall) -> Html:
    """The beginning of a call, up to its heading."""
    lines = sum(len(hunk.lines) for edit in call.edits for hunk in edit.hunks)
    is_open = call.status is ToolStatus.FAILED or 0 < lines <= _OPEN_LINES
    return begin_fold(*_heading(call), class_="call", is_open=is_open)


def _heading(call: ToolCall) -> Iterator[Html]:
    status = call.status
    yield tag("span", GLYPHS[status], class_=f"glyph {_STYLES[status]}", title=status.value)
    yield tag("b", call.name)
    snippet = " ".join(call.snippet.split())
    cut = snippet[:_SNIPPET] + "…" if len(snippet) > _SNIPPET else snippet
    yield tag("code", cut, class_="snippet") if cut else tag("span", class_="snippet")
    if call.edits:
        additions = sum(edit.additions for edit in call.edits)
        yield line_counts(additions, sum(edit.deletions for edit in call.edits))
    if status not in {ToolStatus.OK, ToolStatus.FAILED}:
        yield tag("span", status.value, class_=_STYLES[status])
    if call.exit_code:
        yield tag("span", f"exit {call.exit_code}", class_="bad")
    if call.duration is not None:
        yield tag("span", format_duration(call.duration), class_="quiet")


def call_body(call: ToolCall, material: Material) -> Iterator[Html]:
    """What stands in a call, without its sub-agent."""
    output = material.text(call.output) if call.output else ""
    if call.error and not _begins_with(output, call.error):
        yield tag("p", call.error, class_="error")
    for edit in call.edits:
        yield edit_block(edit)
    arguments = material.arguments(call)
    if arguments:
        fields = tag("dl", *_fields(arguments), class_="fields")
        yield fold("input", fields) if call.edits else fields
    if not output:
        if call.status in {ToolStatus.OK, ToolStatus.FAILED}:
            yield tag("p", "no output", class_="note")
    elif call.edits or call.kind is ToolKind.READ:
        yield fold(joined("output ", _size(output)), long_text(output, shown=200))
    else:
        yield tag("h4", "Output ", _size(output) if is_long(output) else EMPTY)
        yield long_text(output)


def _begins_with(output: str, error: str) -> bool:
    """Whether an error is only the beginning of the output, which is shown below anyway."""
    words = " ".join(error.rstrip("… \n").split())
    return " ".join(output[: 2 * len(error)].split()).startswith(words)


def _size(text: str) -> Html:
    return tag("span", plural(text.rstrip("\n").count("\n") + 1, "line"), class_="quiet")


def _fields(arguments: Mapping[str, Any]) -> Iterator[Html]:
    for name, value in arguments.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        yield tag("dt", name)
        if "\n" in text or len(text) > _SHORT:
            yield tag("dd", long_text(text))
        else:
            yield tag("dd", tag("code", text))
