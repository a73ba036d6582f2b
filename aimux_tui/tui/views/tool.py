"""A tool call: its input as fields, its outcome, its error, its whole output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from textual.content import Content

from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import format_date, format_duration, plural
from aimux_tui.tui.format.ansi import output_lines
from aimux_tui.tui.format.highlight import highlight_lines, language_of
from aimux_tui.tui.format.lines import Line, text_lines
from aimux_tui.tui.subject_text import whole
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, block, bounded, field, heading, note, quick_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aimux_tui.model.tools import ToolCall
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.views.subject import Subject

_SHORT = 60


class ToolView:
    """One call of a tool."""

    id = "message"
    title = "call"

    def accepts(self, subject: Subject) -> bool:
        """Tool calls."""
        return subject.tool_call is not None

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """What is in memory, without colours."""
        call, look = subject.tool_call, context.look
        assert call is not None
        lines = [*_outcome(call, context), BLANK, *_input(call, call.input, look, is_quick=True)]
        if call.output:
            lines += [BLANK, heading("Output", look), *quick_text(call.output, look)]
        return Page(lines)

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """All of it."""
        call, look, feed = subject.tool_call, context.look, context.feed
        assert call is not None
        given: Mapping[str, Any] = call.input
        if call.input_body.ref is not None:
            given = _decoded(await feed.body(call.input_body.ref)) or call.input
        lines = [*_outcome(call, context), BLANK]
        lines += await feed.compute(lambda: _input(call, given, look, is_quick=False))
        if call.output:
            text, cut = bounded(await whole(call.output, feed), look)
            palette = look.palette
            output = await feed.compute(lambda: output_lines(text, palette))
            tally = f"Output, {plural(len(output), 'line')}"
            lines += [BLANK, heading(tally, look), *block(output, look), *cut]
        return Page(lines)


def _outcome(call: ToolCall, context: ViewContext) -> list[Line]:
    look = context.look
    palette = look.palette
    is_bad = call.status in {ToolStatus.FAILED, ToolStatus.REJECTED}
    style = palette.failed if is_bad else palette.ok
    if call.status in {ToolStatus.RUNNING, ToolStatus.WAITING, ToolStatus.UNKNOWN}:
        style = palette.running
    status = call.status.value
    if call.exit_code is not None:
        status += f", exit code {call.exit_code}"
    lines = [
        Line(
            Content.assemble(
                (f"{look.glyphs.tool[call.status]} ", style),
                (one_line(call.name, 80), palette.heading),
                (f"  {call.kind.value}", palette.muted),
            )
        ),
        field("status", status, look, style),
    ]
    if call.duration is not None:
        lines.append(field("took", look.plain(format_duration(call.duration)), look))
    if call.started is not None:
        lines.append(field("started", format_date(call.started, look.zone), look))
    if call.child_key:
        child = context.sessions.get(call.child_key)
        name = child.title if child is not None else call.child_key
        lines.append(field("sub-agent", f"{name} (enter opens it)", look, palette.accent))
    if call.error:
        lines += [BLANK, heading("Error", look), *text_lines(sanitise(call.error), palette.failed)]
    return lines


def _input(call: ToolCall, given: Mapping[str, Any], look: Look, *, is_quick: bool) -> list[Line]:
    """The arguments: short ones as fields, long ones as blocks, code in colour."""
    lines = [heading("Input", look)]
    if not given:
        return [*lines, note("none", look)]
    for name, value in given.items():
        text = value if isinstance(value, str) else _encoded(value)
        if len(text) <= _SHORT and "\n" not in text:
            lines.append(field(one_line(name, 40), text, look))
            continue
        lines.append(Line(Content.styled(one_line(name, 80), look.palette.muted)))
        shown, cut = bounded(text, look)
        if is_quick:
            lines += quick_lines(shown, look)
        else:
            language = _language(call, given, name, value)
            lines += block(highlight_lines(sanitise(shown), language, look.palette), look)
        lines += cut
    return lines


def quick_lines(text: str, look: Look) -> list[Line]:
    """The beginning of a text as a block, without colours."""
    return block([Content(line) for line in sanitise(text[:4_000]).split("\n")], look)


def _language(call: ToolCall, given: Mapping[str, Any], name: str, value: object) -> str:
    if not isinstance(value, str):
        return "json"
    if name in {"command", "cmd", "script"} or call.kind is ToolKind.EXECUTE:
        return "bash"
    path = given.get("file_path") or given.get("path") or given.get("absolute_path")
    return language_of(path) if isinstance(path, str) else ""


def _encoded(value: object) -> str:
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    except (TypeError, ValueError, msgspec.MsgspecError):
        return str(value)


def _decoded(text: str) -> Mapping[str, Any] | None:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    return value if isinstance(value, dict) else None
