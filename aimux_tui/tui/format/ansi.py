"""Output of commands with its colours, and without anything else that a terminal would obey."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.color import Color
from textual.content import Content, Span
from textual.style import Style

from aimux_tui.text.sanitise import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aimux_tui.tui.palette import Palette

MAX_LINES = 20_000
"""Lines whose colours are kept; of the rest only the text is."""
_MAX_PARAMETERS = 100

_COLOUR = re.compile(r"(?:\x1b\[|\x9b)([0-9;:]*)m")
_OVERSTRUCK = re.compile(r"[^\n\x08]\x08")


def output_lines(text: str, palette: Palette) -> list[Content]:
    """One content for each line of what a command wrote.

    Lines that were drawn over (progress bars) show their last state, as a terminal would.
    """
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    if "\x08" in text:
        text = _OVERSTRUCK.sub("", text)
    if "\x1b[" not in text and "\x9b" not in text:
        return [Content(line, strip_control_codes=False) for line in sanitise(text).split("\n")]
    lines = text.split("\n")
    made = list(_coloured_lines(lines[:MAX_LINES], palette))
    if len(lines) > MAX_LINES:
        rest = sanitise("\n".join(lines[MAX_LINES:]))
        made += [Content(line, strip_control_codes=False) for line in rest.split("\n")]
    return made


def _coloured_lines(lines: list[str], palette: Palette) -> Iterator[Content]:
    style = Style()
    for line in lines:
        pieces = _COLOUR.split(line)
        if len(pieces) == 1 and not style:
            yield Content(_single(line), strip_control_codes=False)
            continue
        text: list[str] = []
        spans: list[Span] = []
        at = 0
        for number, piece in enumerate(pieces):
            # Text and parameters alternate.
            if number % 2:
                style = _changed(style, piece, palette)
                continue
            safe = _single(piece)
            if safe and style:
                spans.append(Span(at, at + len(safe), style))
            text.append(safe)
            at += len(safe)
        yield Content("".join(text).expandtabs(8), spans, strip_control_codes=False)


def _single(text: str) -> str:
    """Safe text without line breaks."""
    safe = sanitise(text)
    return safe.replace("\n", " ") if "\n" in safe else safe


@lru_cache(maxsize=1024)
def _changed(style: Style, parameters: str, palette: Palette) -> Style:
    if len(parameters) > _MAX_PARAMETERS:
        return style
    codes = [int(code or 0) for code in re.split("[;:]", parameters)]
    numbers = iter(codes)
    for code in numbers:
        if code == 0:
            style = Style()
        elif code in _ON:
            style += _ON[code]
        elif code in _OFF:
            style = _OFF[code](style)
        elif code in {38, 48}:
            colour = _extended(numbers, palette)
            style = replace(style, foreground=colour) if code == 38 else _on(style, colour)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style = replace(style, foreground=_named(code % 10, palette))
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style = _on(style, _indexed(code % 10 + (8 if code >= 100 else 0)))
    return style


_ON = {
    1: Style(bold=True),
    2: Style(dim=True),
    3: Style(italic=True),
    4: Style(underline=True),
    7: Style(reverse=True),
    9: Style(strike=True),
}
_OFF: dict[int, Callable[[Style], Style]] = {
    22: lambda style: replace(style, bold=None, dim=None),
    23: lambda style: replace(style, italic=None),
    24: lambda style: replace(style, underline=None),
    27: lambda style: replace(style, reverse=None),
    29: lambda style: replace(style, strike=None),
    39: lambda style: replace(style, foreground=None),
    49: lambda style: replace(style, background=None),
}


def _on(style: Style, background: Color | None) -> Style:
    return replace(style, background=background)


def _extended(numbers: Iterator[int], palette: Palette) -> Color | None:
    match next(numbers, -1):
        case 5:
            index = next(numbers, 0)
            return _named(index % 8, palette) if index < 16 else _indexed(min(index, 255))
        case 2:
            red, green, blue = (min(next(numbers, 0), 255) for _ in range(3))
            return Color(red, green, blue)
    return None


def _named(index: int, palette: Palette) -> Color | None:
    """The eight colours, as the theme has them: black on black helps nobody."""
    styles = (
        palette.faint,
        palette.failed,
        palette.ok,
        palette.waiting,
        palette.running,
        palette.prompt,
        palette.accent,
        palette.text,
    )
    return styles[index].foreground


def _indexed(index: int) -> Color:
    from rich.color import Color as RichColor

    return Color.from_rich_color(RichColor.from_ansi(index), ansi=False)
