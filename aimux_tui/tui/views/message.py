"""A turn, or a text of it, as it reads: markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Image, Notice, NoticeKind, Step, Text, Thinking, Turn, Unknown
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import format_bytes
from aimux_tui.tui.format.lines import Line, text_lines
from aimux_tui.tui.format.markdown import markdown_lines
from aimux_tui.tui.format.paths import Paths
from aimux_tui.tui.format.steps import context_title, plain_titles, tool_heading, tool_style
from aimux_tui.tui.subject_text import whole
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, bounded, heading, note, quick_text

if TYPE_CHECKING:
    from aimux_tui.model.body import Body
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.views.subject import Subject


class MessageView:
    """Prompt and answers of a turn; or one text, thinking, notice, image or unknown record."""

    id = "message"
    title = "message"

    def accepts(self, subject: Subject) -> bool:
        """Everything within a turn but tool calls."""
        return subject.turn is not None and subject.tool_call is None and not subject.is_about_edits

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """The text as it is."""
        look = context.look
        if isinstance(subject.step, Text | Thinking):
            return Page(quick_text(subject.step.body, look))
        if subject.step is None and subject.turn is not None:
            return Page(text_lines(sanitise(subject.turn.title), look.palette.prompt))
        return None

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """The text as markdown."""
        if subject.step is not None:
            return Page(await step_lines(subject.step, context, _paths(subject, context)))
        assert subject.turn is not None
        turn = subject.details or await context.feed.read_turn(subject.turn.key)
        if subject.part == "prompt":
            return Page(await _prompt(turn, context) or _nothing(context))
        lines, was_row = await _prompt(turn, context), False
        paths = _paths(subject, context)
        for step in turn.steps:
            if isinstance(step, Text) and not step.body.text.strip():
                continue
            if not (was_row and _is_row(step)):
                lines.append(BLANK)
            if isinstance(step, Notice) and step.kind is NoticeKind.CONTEXT and step.body:
                sign = Content.styled(f"{context.look.glyphs.notice} ", context.look.palette.muted)
                lines.append(Line(note(context_title(step), context.look).content, prefix=sign))
            else:
                lines += await step_lines(step, context, paths)
            was_row = _is_row(step)
        return Page(lines or _nothing(context))


def _nothing(context: ViewContext) -> list[Line]:
    return [note("There are no words in this turn.", context.look)]


def _is_row(step: Step) -> bool:
    """Whether it takes one row; those that follow each other stand together."""
    match step:
        case ToolCall() | Image():
            return True
        case Notice(kind=kind, body=body):
            return kind is NoticeKind.CONTEXT or not body
        case Thinking(is_hidden=is_hidden):
            return is_hidden
    return False


async def _prompt(turn: Turn, context: ViewContext) -> list[Line]:
    look = context.look
    mark = Content.styled(f"{look.glyphs.prompt} ", look.palette.prompt)
    lines: list[Line] = []
    for block in turn.prompt:
        if isinstance(block, Image):
            lines.append(_image(block, look))
            continue
        text, cut = bounded(await whole(block.body, context.feed), look)
        plain = text_lines(sanitise(text).strip("\n"), look.palette.prompt)
        lines += _behind(mark, plain) + cut
    return lines


def _behind(mark: Content, lines: list[Line]) -> list[Line]:
    """Lines behind a sign before the first of them."""
    blanks = Content(" " * len(mark))
    return [
        Line(line.content, prefix=blanks if number else mark, hang=blanks)
        for number, line in enumerate(lines)
    ]


def _paths(subject: Subject, context: ViewContext) -> Paths:
    return Paths(subject.session.cwd, context.width)


async def step_lines(step: Step, context: ViewContext, paths: Paths) -> list[Line]:
    """A step of a turn, whole but for tool calls, which have a view of their own."""
    look = context.look
    match step:
        case Text(body=body):
            return await _markdown(body, context)
        case Thinking(is_hidden=True):
            return [note("thinking, which the log does not hold", look)]
        case Thinking(body=body):
            text, cut = bounded(await whole(body, context.feed), look)
            mark = Content.styled(f"{look.glyphs.thinking} ", look.palette.thinking)
            plain = text_lines(plain_titles(sanitise(text).strip("\n")), look.palette.thinking)
            return _behind(mark, plain) + cut
        case ToolCall():
            return [_call(step, look, paths)]
        case Notice(title=title, body=body):
            said = heading(f"{look.glyphs.notice} {title}", look)
            return [said, *(await _markdown(body, context) if body else [])]
        case Image():
            return [_image(step, look)]
        case Unknown(type=name, body=body):
            said = note(f"a record of the unknown type {one_line(name)!r}", look)
            text, cut = bounded(await whole(body, context.feed), look)
            return [said, *text_lines(sanitise(text)), *cut]


async def _markdown(body: Body, context: ViewContext) -> list[Line]:
    text, cut = bounded(await whole(body, context.feed), context.look)
    look = context.look
    return [*await context.feed.compute(lambda: markdown_lines(text, look)), *cut]


def _call(call: ToolCall, look: Look, paths: Paths) -> Line:
    style = tool_style(call.status, look.palette)
    sign = Content.styled(f"{look.glyphs.tool[call.status]} ", style)
    return Line(tool_heading(call, look, paths), prefix=sign)


def _image(image: Image, look: Look) -> Line:
    size = format_bytes(image.size)
    return note(f"{look.glyphs.image} {one_line(image.media_type)}, {size}", look)
