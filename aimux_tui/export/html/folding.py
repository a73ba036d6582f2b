"""What is long stands folded, and says how much it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.html.markup import Html, begin, end, joined, tag
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from aimux_tui.export.html.markup import Child

SHOWN_LINES = 16
"""Lines of an output that stand open."""
_SHOWN_CHARACTERS = 4_000
MOST = 400_000
"""Characters of one text on the page; what is beyond is counted, not shown."""


def begin_fold(*heading: Child, class_: str = "fold", is_open: bool = False) -> Html:
    """The beginning of something that can be folded, up to its heading."""
    return joined(begin("details", class_=class_, open=is_open), tag("summary", *heading))


def fold(heading: Child, *body: Child, class_: str = "fold") -> Html:
    """Something folded, with its heading."""
    return joined(begin_fold(heading, class_=class_), *body, end("details"))


def long_text(text: str, shown: int = SHOWN_LINES) -> Html:
    """A text as it is, its first lines open and the rest folded."""
    text = text.rstrip("\n")
    text, cut = text[:MOST], len(text) - MOST
    head, rest = _split(text, shown)
    parts = [tag("pre", head)]
    if rest:
        lines = rest.count("\n") + 1
        size = format_bytes(len(rest.encode("utf-8", "replace")))
        words = plural(lines, "more line") if "\n" in text else "more of this line"
        parts.append(fold(f"… {words} ({size})", tag("pre", rest)))
    if cut > 0:
        parts.append(tag("p", f"{cut:,} more characters are not on this page", class_="warn"))
    return joined(*parts)


def is_long(text: str) -> bool:
    """Whether a text would be folded."""
    return bool(_split(text, SHOWN_LINES)[1])


def _split(text: str, shown: int) -> tuple[str, str]:
    """The text up to where it is folded, and the rest; a short rest is not worth a fold."""
    at = -1
    for _ in range(shown):
        at = text.find("\n", at + 1)
        if at < 0:
            break
    if at < 0 or at > _SHOWN_CHARACTERS:
        at = _SHOWN_CHARACTERS
    rest = text[at:].removeprefix("\n")
    if len(rest) <= _SHOWN_CHARACTERS // 4 and rest.count("\n") < shown // 4:
        return text, ""
    return text[:at], rest
