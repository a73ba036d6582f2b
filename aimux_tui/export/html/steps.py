"""The steps of a turn but its tool calls: words, thoughts, notices, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.html.folding import fold, is_long, long_text
from aimux_tui.export.html.markdown import markdown
from aimux_tui.export.html.markup import EMPTY, Html, joined, tag
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, Thinking, Unknown
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.model.body import Body
    from aimux_tui.model.turn import Turn

    Read = Callable[[Body], str]

_LONG_PROMPT = 6_000
"""Characters from which a prompt is a pasted document rather than words."""
_MACHINES = frozenset({NoticeKind.CONTEXT, NoticeKind.HOOK, NoticeKind.INFO, NoticeKind.MODE})


def prompt_block(turn: Turn, read: Read) -> Html:
    """What the user asked, or what else began the turn."""
    parts = [
        _prompt_text(read(block.body)) if isinstance(block, Text) else _image(block)
        for block in turn.prompt
    ]
    if not any(parts):
        return EMPTY
    return tag("div", *parts, class_="prompt", dir="auto")


def _prompt_text(text: str) -> Html:
    if len(text) > _LONG_PROMPT:
        return long_text(text, shown=40)
    return markdown(text, keeps_lines=True)


def step_block(step: Text | Thinking | Notice | Image | Unknown, read: Read) -> Html:
    """One step."""
    match step:
        case Text():
            return tag("div", markdown(read(step.body)), class_="answer", dir="auto")
        case Thinking(is_hidden=True):
            return tag("p", "✻ thinking, hidden by the agent", class_="note")
        case Thinking():
            return _thinking(read(step.body))
        case Notice():
            return _notice(step, read)
        case Image():
            return _image(step)
        case Unknown():
            heading = joined("? a record that aimux does not know: ", tag("code", step.type))
            return fold(heading, long_text(read(step.body)), class_="fold note")


def _thinking(text: str) -> Html:
    if not text.strip():
        return EMPTY
    words = plural(len(text.split()), "word")
    return fold(
        joined("✻ thinking ", tag("span", words, class_="quiet")),
        tag("div", markdown(text), dir="auto"),
        class_="fold thinking",
    )


def _notice(notice: Notice, read: Read) -> Html:
    style = "note"
    if notice.kind in {NoticeKind.ERROR, NoticeKind.INTERRUPTION, NoticeKind.API_RETRY}:
        style = "note warn"
    elif notice.kind is NoticeKind.COMPACTION:
        style = "note compaction"
    text = read(notice.body) if notice.body else ""
    heading = joined("≡ " if notice.kind is NoticeKind.COMPACTION else "◇ ", notice.title)
    if not text.strip() or text.strip() == notice.title.strip():
        return tag("p", heading, class_=style)
    if notice.kind in _MACHINES or is_long(text):
        return fold(heading, long_text(text), class_=f"fold {style}")
    return tag("div", tag("p", heading), long_text(text), class_=style)


def _image(image: Image) -> Html:
    words = f"▣ {image.media_type}, {format_bytes(image.size)}: pictures are not exported"
    return tag("p", words, class_="note")
