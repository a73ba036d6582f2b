"""HTML that is safe by its type: only the functions of this module make it."""

from __future__ import annotations

import re
from html import escape as _escape

from aimux_tui.text.sanitise import without_sequences

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BAD_ONES = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
    # overrides of the reading direction, halves of characters, letters nobody can see
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e007f"
)
_BAD = re.compile(f"[{_BAD_ONES}]")
_is_touched = re.compile(f"[{_BAD_ONES}\r&<>\"']").search
"""Whether anything in a text is replaced at all."""
_NAME = re.compile(r"[a-z][a-z0-9-]*").fullmatch
_URL = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE).fullmatch
_VOID = frozenset({"br", "hr", "input", "meta"})


class Html(str):
    """Text that is HTML already; any other text is escaped where it meets it."""

    __slots__ = ()


EMPTY = Html("")
DOCTYPE = Html("<!doctype html>\n")

Attribute = str | bool | None
Child = str | None


def clean(text: str) -> str:
    r"""The text without what a browser would obey or hide; line ends become `\n`.

    Not as strict as a terminal needs it: joiners and marks of other scripts stay.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BAD.sub(_sign, without_sequences(text))


def _sign(match: re.Match[str]) -> str:
    character = match[0]
    if character in "\x85\u2028\u2029":
        return "\n"
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else _REPLACEMENT


def escape(text: str) -> Html:
    """Any text as HTML that shows it. What is `Html` stays as it is."""
    if isinstance(text, Html):
        return text
    return Html(_escape(clean(text), quote=True) if _is_touched(text) else text)


def joined(*parts: Child) -> Html:
    """Parts behind one another, escaped where they are plain text."""
    return Html("".join(escape(part) for part in parts if part))


def begin(name: str, /, **attributes: Attribute) -> Html:
    """The beginning of an element. `class_` is `class`, `data_label` is `data-label`.

    False, None and "" leave an attribute out; True writes its name alone.
    """
    assert _NAME(name), name
    made = "".join(_attribute(key, value) for key, value in attributes.items() if value)
    return Html(f"<{name}{made}>")


def end(name: str) -> Html:
    """The end of an element."""
    assert _NAME(name), name
    return Html(f"</{name}>")


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """An element with what is in it."""
    if name in _VOID:
        assert not children
        return begin(name, **attributes)
    return Html(begin(name, **attributes) + joined(*children) + end(name))


def safe_url(url: str) -> str:
    """An address that a link may lead to: http and https; "" for any other."""
    # What is replaced in a text would lead elsewhere.
    return url if _URL(url) and clean(url) == url and url.isascii() else ""


def begin_link(url: str) -> Html:
    """The beginning of a link to another site; nothing where the address cannot be trusted."""
    target = safe_url(url)
    return begin("a", href=target, rel="noopener noreferrer nofollow") if target else EMPTY


def link(url: str, *children: Child) -> Html:
    """A link to another site, or its text alone."""
    opened = begin_link(url)
    return joined(opened, *children, end("a")) if opened else joined(*children)


def asset(name: str, text: str) -> Html:
    """A style sheet or a script of our own, within its element."""
    assert name in {"style", "script"}
    assert "</" not in text, "it would end the element"
    return Html(f"<{name}>{text}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    assert _NAME(name), name
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
