"""What Markdown marks within a line: code, bold, italic, struck text, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

if TYPE_CHECKING:
    from aimux_tui.tui.format.look import Look

_MAX_LENGTH = 4_000
"""A longer line is shown as it is: looking for the ends of its marks would take too long."""
_MAX_DEPTH = 4
_TARGET = r"\((?P<{}>[^()\s]{{0,500}})(?:\s[^()]{{0,200}})?\)"
# Everything is bounded, so that marks which never end cost little.
_MARKS = re.compile(
    r"(?P<escape>\\[\\`*_{}\[\]()#+.!~|>-])"
    r"|(?P<ticks>`{1,3})(?P<code>[^`]|[^`].{0,600}?[^`])(?P=ticks)(?!`)"
    r"|!\[(?P<alt>[^\[\]]{0,300})\]" + _TARGET.format("image") + ""
    r"|\[(?P<text>[^\[\]]{1,300})\]" + _TARGET.format("url") + ""
    r"|(?P<bold>\*\*|__)(?=\S)(?P<strong>.{1,600}?)(?<=\S)(?P=bold)"
    r"|~~(?=\S)(?P<struck>.{1,600}?)(?<=\S)~~"
    r"|\*(?=[^\s*])(?P<starred>[^*]{1,600}?)(?<=\S)\*(?!\*)"
    r"|(?<![\w_])_(?=[^\s_])(?P<under>[^_]{1,600}?)(?<=\S)_(?![\w_])"
    r"|(?P<bare>https?://[^\s<>()\[\]]+)"
)


def inline(text: str, look: Look) -> Content:
    """A line of sanitised text with its marks carried out. Links keep their address in sight."""
    if len(text) > _MAX_LENGTH:
        return Content(text, strip_control_codes=False)
    return _format(text, look, _MAX_DEPTH)


def _format(text: str, look: Look, depth: int) -> Content:
    parts: list[Content | str] = []
    end = 0
    for match in _MARKS.finditer(text) if depth else ():
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append(_marked(match, look, depth - 1))
        end = match.end()
    if not parts:
        return Content(text, strip_control_codes=False)
    parts.append(text[end:])
    return Content.assemble(*parts, strip_control_codes=False)


def _marked(match: re.Match[str], look: Look, depth: int) -> Content | str:
    palette = look.palette
    found = match.groupdict()
    if found["escape"]:
        return found["escape"][1:]
    if found["ticks"]:
        return Content.styled(found["code"], palette.code)
    if found["alt"] is not None:
        label = found["alt"] or found["image"]
        return Content.styled(f"{look.glyphs.image} {label}", palette.link)
    if found["text"]:
        label = _format(found["text"], look, depth).stylize_before(palette.link)
        if found["url"] in {"", found["text"]}:
            return label
        return Content.assemble(label, (f" ({found['url']})", palette.muted))
    if found["bare"]:
        return Content.styled(found["bare"], palette.link)
    for name, style in _EMPHASIS.items():
        if found[name]:
            return _format(found[name], look, depth).stylize_before(style)
    return match[0]


_EMPHASIS = {
    "strong": Style(bold=True),
    "struck": Style(strike=True),
    "starred": Style(italic=True),
    "under": Style(italic=True),
}
