"""Markdown as HTML: only what is listed here comes out, whatever the text holds.

The parser is markdown-it; its own output is not used. Raw HTML in the text is shown, not obeyed,
pictures are named, not loaded, links lead to http and https alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from aimux_tui.export.html.markup import (
    EMPTY,
    Html,
    begin,
    begin_link,
    clean,
    end,
    joined,
    link,
    tag,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

MOST = 60_000
"""Characters of a text that is read as Markdown; a longer one is shown as it is."""
_ELEMENTS = frozenset(
    [
        "p",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "em",
        "s",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_LOWER = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}
"""Headings of a text stand below those of the page."""
_ALIGNMENTS = {"text-align:center": "center", "text-align:right": "right"}


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": 20}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def markdown(text: str, *, keeps_lines: bool = False) -> Html:
    """A text with its marks carried out; `keeps_lines` for what people typed line by line."""
    if len(text) > MOST:
        return tag("pre", text)
    return _render(_parser().parse(clean(text)), keeps_lines=keeps_lines)


def _render(tokens: Sequence[Token], *, keeps_lines: bool) -> Html:
    parts: list[Html] = []
    ends: list[Html] = []
    for token in tokens:
        if token.hidden:
            continue
        if token.nesting > 0:
            parts.append(_begin(token))
            ends.append(_end(token, parts[-1]))
        elif token.nesting < 0:
            parts.append(ends.pop())
        elif token.children is not None and token.type == "inline":
            parts.append(_render(token.children, keeps_lines=keeps_lines))
        elif token.type == "softbreak":
            parts.append(tag("br") if keeps_lines else joined("\n"))
        else:
            parts.append(_LEAVES.get(token.type, _text)(token))
    return joined(*parts)


def _begin(token: Token) -> Html:
    if token.type == "link_open":
        return begin_link(str(token.attrGet("href") or ""))
    name = _LOWER.get(token.tag, token.tag)
    if name not in _ELEMENTS:
        return EMPTY
    start = token.attrGet("start")
    align = _ALIGNMENTS.get(str(token.attrGet("style") or ""))
    return begin(name, start=str(start) if isinstance(start, int) else None, class_=align)


def _end(token: Token, opened: Html) -> Html:
    if not opened:
        return EMPTY
    return end("a" if token.type == "link_open" else _LOWER.get(token.tag, token.tag))


def _text(token: Token) -> Html:
    return joined(token.content)


def _code_block(token: Token) -> Html:
    language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
    code = tag("pre", tag("code", token.content))
    return tag("figure", tag("figcaption", language), code) if language else code


def _image(token: Token) -> Html:
    source = str(token.attrGet("src") or "")
    return tag("span", "[image: ", link(source, token.content or source), "]", class_="image")


_LEAVES: dict[str, Callable[[Token], Html]] = {
    "code_inline": lambda token: tag("code", token.content),
    "code_block": _code_block,
    "fence": _code_block,
    "hr": lambda _: tag("hr"),
    "hardbreak": lambda _: tag("br"),
    "image": _image,
}
