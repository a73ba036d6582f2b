"""Pieces that several views are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import format_bytes
from aimux_tui.tui.format.lines import EMPTY, Line, Wrap, text_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.style import Style

    from aimux_tui.model.body import Body
    from aimux_tui.tui.format.look import Look

QUICK_LENGTH = 8_000
"""Characters that can be shown at once."""
LONGEST = 4_000_000
"""Characters of one text that are shown at all."""
BLANK = Line(EMPTY)


def heading(text: str, look: Look) -> Line:
    """A heading within a view."""
    return Line(Content.styled(one_line(text), look.palette.heading))


def note(text: str, look: Look) -> Line:
    """A remark of ours."""
    return Line(Content.styled(look.plain(text), look.palette.muted))


def field(name: str, value: str, look: Look, style: Style | None = None) -> Line:
    """A name and its value on one line."""
    label = Content.styled(f"{name:<12} ", look.palette.muted)
    return Line(
        Content.styled(one_line(value), style if style is not None else look.palette.text),
        prefix=label,
    )


def quick_text(body: Body, look: Look, style: Style | None = None) -> list[Line]:
    """The beginning of a text without any formatting."""
    lines = text_lines(
        sanitise(body.text[:QUICK_LENGTH]), style if style is not None else look.palette.text
    )
    if body.length > QUICK_LENGTH:
        lines.append(note("reading the rest…", look))
    return lines


def bounded(text: str, look: Look) -> tuple[str, list[Line]]:
    """(the text, or as much of it as is shown; a remark if it was cut)."""
    if len(text) <= LONGEST:
        return text, []
    more = format_bytes(len(text) - LONGEST)
    return text[:LONGEST], [note(f"… {more} more: `o` opens the log", look)]


def block(lines: Sequence[Content], look: Look) -> list[Line]:
    """Output or code, set off from our own words."""
    bar = Content.styled(f"{look.glyphs.quote} ", look.palette.faint)
    return [Line(line, prefix=bar, hang=bar, wrap=Wrap.FOLD) for line in lines]
