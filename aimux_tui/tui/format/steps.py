"""An open turn, step by step: what was asked, thought, said, called and changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from textual.content import Content

from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import (
    Image,
    Notice,
    NoticeKind,
    Step,
    Text,
    Thinking,
    Turn,
    TurnKind,
    Unknown,
)
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.turns import missing_answer
from aimux_tui.text.units import format_bytes, format_count, format_duration, plural
from aimux_tui.tui.format.ansi import output_lines
from aimux_tui.tui.format.diff import edit_heading, unified_diff
from aimux_tui.tui.format.lines import EMPTY, Line, Wrap, text_lines, width_of
from aimux_tui.tui.format.markdown import markdown_lines
from aimux_tui.tui.format.paths import Paths
from aimux_tui.tui.format.turn_row import short_tool_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.style import Style

    from aimux_tui.model.body import Body
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.palette import Palette

PROMPT = "prompt"
"""Part of the prompt; those of steps and edits are named by `part_of`."""
_INDENT = "  "
_TITLE = re.compile(r"^\*\*([^*\n]+)\*\*$", re.MULTILINE)
_REPORTS = {TurnKind.NOTIFICATION, TurnKind.INJECTED, TurnKind.CONTINUATION}
"""What begins these turns was not typed by anybody."""
_OF_FILES = frozenset({ToolKind.READ, ToolKind.EDIT, ToolKind.WRITE})
_STATUS_WORDS = {ToolStatus.UNKNOWN: "no result", ToolStatus.WAITING: "waits for you"}
_OUTPUT_LINES = {
    ToolKind.EXECUTE: 10,
    ToolKind.AGENT: 8,
    ToolKind.MCP: 6,
    ToolKind.OTHER: 6,
    ToolKind.SEARCH: 4,
    ToolKind.WEB: 4,
    ToolKind.TASK: 4,
    ToolKind.READ: 0,
    ToolKind.EDIT: 0,
    ToolKind.WRITE: 0,
}


class Limits(Struct, frozen=True):
    """How much of everything is shown in the list, in lines; the rest is for the detail pane."""

    prompt: int = 30
    report: int = 12
    text: int = 80
    thinking: int = 6
    diff: int = 40
    notice: int = 3
    error: int = 4
    output: float = 1
    """Share of the usual lines of output."""
    paths: Paths = Paths()


def part_of(step: int, edit: int | None = None) -> str:
    """The part of the list that shows a step of a turn, or one of the edits of a step."""
    return f"step:{step}" if edit is None else f"step:{step}:{edit}"


def place_of(part: str) -> tuple[int, int | None] | None:
    """The step and the edit that a part shows; None for other parts."""
    name, *numbers = part.split(":")
    if name != "step" or not numbers or not all(number.isdecimal() for number in numbers[:2]):
        return None
    return int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else None


def turn_lines(turn: Turn, look: Look, limits: Limits | None = None) -> Iterator[Line]:
    """Everything below the row of an open turn."""
    limits = limits or Limits()
    yield from prompt_lines(turn, look, limits)
    for number, step in enumerate(turn.steps):
        yield from step_lines(step, look, limits, number)
    yield from ending_lines(turn, look)


def ending_lines(turn: Turn, look: Look) -> Iterator[Line]:
    """What is told behind the steps of a turn: that they end without an answer."""
    if words := missing_answer(turn.summary):
        sign, style = look.glyphs.turn[turn.summary.state], look.palette.muted
        yield _line(Content.styled(words, style), sign, style, PROMPT)


def step_lines(step: Step, look: Look, limits: Limits, number: int = 0) -> Iterator[Line]:
    """A step of a turn, the `number`-th."""
    part = part_of(number)
    palette, glyphs = look.palette, look.glyphs
    match step:
        case Text():
            if not step.body.text.strip() and step.body.is_whole:
                return  # models say a line break before they think
            lines = markdown_lines(step.body.text.strip("\n"), look)
            yield from _block(
                lines, glyphs.text, palette.accent, part, look, limits.text, step.body
            )
        case Thinking():
            yield from _thinking_lines(step, look, limits, part)
        case ToolCall():
            yield from _tool_lines(step, look, limits, number)
        case Notice():
            yield from _notice_lines(step, look, limits, part)
        case Image():
            yield _image_line(step, look, part)
        case Unknown():
            size = f"{format_count(step.body.length)} characters"
            words = f"unknown record: {one_line(step.type)}  {size}"
            yield _line(Content.styled(words, palette.muted), glyphs.unknown, palette.waiting, part)


def prompt_lines(turn: Turn, look: Look, limits: Limits) -> Iterator[Line]:
    """What was asked."""
    palette, glyphs = look.palette, look.glyphs
    kind = turn.summary.kind
    for piece in turn.prompt:
        if isinstance(piece, Image):
            yield _image_line(piece, look, PROMPT)
            continue
        if kind in _REPORTS:
            # Other agents report in markdown, and at length.
            lines = markdown_lines(piece.body.text.strip("\n"), look)
            yield from _block(
                lines, glyphs.kind[kind], palette.muted, PROMPT, look, limits.report, piece.body
            )
            continue
        lines = text_lines(sanitise(piece.body.text).strip("\n"), palette.prompt)
        yield from _block(
            lines, glyphs.prompt, palette.prompt, PROMPT, look, limits.prompt, piece.body
        )


def _thinking_lines(step: Thinking, look: Look, limits: Limits, part: str) -> Iterator[Line]:
    palette, glyphs = look.palette, look.glyphs
    if step.is_hidden or not step.body:
        words = Content.styled("thinking (hidden)", palette.thinking)
        yield _line(words, glyphs.thinking, palette.thinking, part)
        return
    text = plain_titles(sanitise(step.body.text).strip("\n"))
    yield from _block(
        text_lines(text, palette.thinking),
        glyphs.thinking,
        palette.thinking,
        part,
        look,
        limits.thinking,
        step.body,
    )


def plain_titles(text: str) -> str:
    """Thoughts, whose titles come in asterisks, without them: they are not formatted otherwise."""
    return _TITLE.sub(r"\1", text)


def _notice_lines(step: Notice, look: Look, limits: Limits, part: str) -> Iterator[Line]:
    palette, glyphs = look.palette, look.glyphs
    style = palette.muted
    if step.kind in {NoticeKind.ERROR, NoticeKind.API_RETRY}:
        style = palette.failed
    elif step.kind in {NoticeKind.INTERRUPTION, NoticeKind.COMPACTION}:
        style = palette.waiting
    sign = glyphs.compaction if step.kind is NoticeKind.COMPACTION else glyphs.notice
    if step.kind is NoticeKind.CONTEXT and step.body:
        # What is put before the model is long, and not what somebody said.
        yield _line(Content.styled(context_title(step), style), sign, style, part)
        return
    yield _line(Content.styled(one_line(step.title), style), sign, style, part)
    if step.body:
        lines = text_lines(sanitise(step.body.text).strip("\n"), palette.muted)
        yield from _cut(lines, limits.notice, step.body, look, part, _INDENT * 2)


def _image_line(image: Image, look: Look, part: str) -> Line:
    words = f"image  {one_line(image.media_type)}  {format_bytes(image.size)}"
    palette = look.palette
    return _line(Content.styled(words, palette.muted), look.glyphs.image, palette.accent, part)


# Tool calls.


def _tool_lines(call: ToolCall, look: Look, limits: Limits, number: int) -> Iterator[Line]:
    palette, glyphs = look.palette, look.glyphs
    part = part_of(number)
    yield _line(
        tool_heading(call, look, limits.paths),
        glyphs.tool[call.status],
        tool_style(call.status, palette),
        part,
    )
    indent = _INDENT * 2
    if call.error and call.error != f"exit code {call.exit_code}":
        lines = text_lines(sanitise(call.error).strip("\n"), palette.failed)
        yield from _cut(lines, limits.error, None, look, part, indent)
    for index, edit in enumerate(call.edits):
        name = part_of(number, index)
        if len(call.edits) > 1 or edit.new_path or edit.operation not in {"update", "create"}:
            yield _indented(edit_heading(edit, look, name, limits.paths), indent)
        for line in unified_diff(edit, look, part=name, max_lines=limits.diff):
            yield _indented(line, indent)
    room = round(_OUTPUT_LINES[call.kind] * limits.output)
    if call.status is ToolStatus.FAILED and call.output and not call.error:
        room = max(room, limits.error)
    if room and call.output:
        yield from _output(call, look, room, part)
    if call.child_key:
        words = (f"{glyphs.agent} sub-agent, enter opens it", palette.link)
        yield Line(Content.assemble(indent, words), part)


def context_title(notice: Notice) -> str:
    """What was put before the model, and how long it is."""
    return f"{one_line(notice.title, 60)}  {format_count(notice.body.length)} characters"


def tool_heading(call: ToolCall, look: Look, paths: Paths) -> Content:
    """`Bash  git status  0.4s`: the call in one line."""
    palette = look.palette
    name = Content.styled(one_line(short_tool_name(call.name)), palette.heading)
    outcome = _outcome(call, look)
    snippet = one_line(call.snippet, 500)
    if call.kind in _OF_FILES:
        taken = width_of(name.plain) + width_of(outcome.plain) + 2 * len(_INDENT)
        snippet = paths.fit(snippet, taken, look.glyphs.ellipsis)
    elif call.kind is not ToolKind.EXECUTE:
        snippet = paths.relative(snippet)
    if not snippet:
        return Content.assemble(name, outcome)
    return Content.assemble(name, _INDENT, (snippet, palette.text), outcome)


def _outcome(call: ToolCall, look: Look) -> Content:
    palette, glyphs = look.palette, look.glyphs
    pieces: list[str | tuple[str, Style]] = []
    additions = sum(edit.additions for edit in call.edits)
    deletions = sum(edit.deletions for edit in call.edits)
    if additions:
        pieces.append((f"  {glyphs.added}{additions}", palette.ok))
    if deletions:
        pieces.append((f"  {glyphs.removed}{deletions}", palette.failed))
    if call.status not in {ToolStatus.OK, ToolStatus.FAILED}:
        words = _STATUS_WORDS.get(call.status, call.status.value)
        pieces.append((f"  {words}", tool_style(call.status, palette)))
    if call.exit_code:
        pieces.append((f"  exit {call.exit_code}", palette.failed))
    if call.duration is not None:
        pieces.append((f"  {format_duration(call.duration)}", palette.muted))
    if call.kind is ToolKind.READ and call.output and call.output.is_whole:
        lines = call.output.text.rstrip("\n").count("\n") + 1
        pieces.append((f"  {plural(lines, 'line')}", palette.muted))
    return Content.assemble(*pieces)


def tool_style(status: ToolStatus, palette: Palette) -> Style:
    """How the outcome of a call is drawn."""
    match status:
        case ToolStatus.OK:
            return palette.ok
        case ToolStatus.FAILED:
            return palette.failed
        case ToolStatus.RUNNING:
            return palette.running
        case ToolStatus.WAITING | ToolStatus.REJECTED | ToolStatus.CANCELLED:
            return palette.waiting
        case ToolStatus.UNKNOWN:
            return palette.muted


def _output(call: ToolCall, look: Look, room: int, part: str) -> Iterator[Line]:
    palette = look.palette
    contents = output_lines(call.output.text.strip("\n"), palette)
    # What went wrong is told at the end.
    is_tail = call.status is ToolStatus.FAILED and call.output.is_whole and len(contents) > room
    bar = Content.styled(f"{_INDENT * 2}{look.glyphs.quote} ", palette.faint)
    if is_tail:
        hidden = plural(len(contents) - room, "line")
        yield _note(f"… {hidden} before, enter", look, part, bar)
        contents = contents[-room:]
    lines = [
        Line(content.stylize_before(palette.muted), part, bar, bar, wrap=Wrap.FOLD)
        for content in contents
    ]
    yield from lines[:room]
    if len(lines) > room or not call.output.is_whole:
        yield _note(_rest(len(lines) - room, call.output), look, part, bar)


# Shared by all.


def _block(
    lines: Sequence[Line], sign: str, style: Style, part: str, look: Look, room: int, body: Body
) -> Iterator[Line]:
    """Lines of text behind a sign."""
    blanks = Content(_INDENT * 2)
    first = Content.assemble(_INDENT, (sign, style), " ")
    for number, line in enumerate(lines[:room]):
        yield _indented(line, first if number == 0 else blanks, part)
    if len(lines) > room or not body.is_whole:
        yield _note(_rest(len(lines) - room, body), look, part, blanks)


def _cut(
    lines: Sequence[Line], room: int, body: Body | None, look: Look, part: str, indent: str
) -> Iterator[Line]:
    for line in lines[:room]:
        yield _indented(line, indent, part)
    if len(lines) > room or (body is not None and not body.is_whole):
        yield _note(_rest(len(lines) - room, body), look, part, Content(indent))


def _rest(hidden: int, body: Body | None) -> str:
    """What is not shown: never a guess. Of a text that was cut, only its size is known."""
    if body is not None and not body.is_whole:
        return f"… {format_count(body.length)} characters in all, enter"
    return f"… {plural(hidden, 'more line')}, enter"


def _note(text: str, look: Look, part: str, prefix: Content) -> Line:
    return Line(Content.styled(look.plain(text), look.palette.muted), part, prefix)


def _line(content: Content, sign: str, style: Style, part: str) -> Line:
    return Line(content, part, Content.assemble(_INDENT, (sign, style), " "))


def _indented(line: Line, indent: str | Content, part: str | None = None) -> Line:
    hang = line.hang if line.hang is not None else Content(" " * len(line.prefix))
    blanks = " " * len(indent)
    return replace(
        line,
        part=line.part if part is None else part,
        prefix=Content.assemble(indent, line.prefix),
        hang=Content.assemble(blanks, hang) if hang or blanks else EMPTY,
    )
