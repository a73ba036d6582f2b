"""Untrusted text made safe to draw: no control characters, no invisible tricks, no tabs.

Whatever a log holds passes through here once, where it becomes `Content`. Terminal sequences are
removed; what is left of control characters is shown as a visible sign, since dropping it would
hide that something was there.
"""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
TAB_SIZE = 4
_COMBINING_LIMIT = 3

# Payloads end at the first control character, so each is scanned once and an unterminated one
# loses only its introducer.
_PAYLOAD = r"[^\x00-\x08\x0e-\x1f\x7f-\x9f]*"
_SEQUENCE = re.compile(
    # control sequences: cursor, colours, modes
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    # operating system commands and the other strings: titles, links, clipboard, images
    rf"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]){_PAYLOAD}(?:\x07|\x1b\\|\x9c)"
    # everything else that an escape begins: character sets, reset, saved cursors
    r"|\x1b[ -/]*[0-~]"
)
_ASCII_BAD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")

_NEWLINES = "\x85\u2028\u2029"
# Drawn as nothing, or as nothing that every terminal agrees on the width of.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
)
# Letters that look like spaces, some of them wide.
_BLANK = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# Overrides of the reading direction, letters nobody can see, signs that enclose what follows:
# told, never obeyed.
_DECEPTIVE = (
    "\u202a-\u202e\u2066-\u2069\U000e0000-\U000e00ff\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd\U00013430-\U0001345f"
)
_BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    + _NEWLINES
    + _INVISIBLE
    + _BLANK
    + _DECEPTIVE
    + "]+"
)
_COMBINING = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f"
)
_PILE = re.compile(f"[{_COMBINING}]{{{_COMBINING_LIMIT + 1},}}")
_HAS_INTRODUCER = re.compile("[\x1b\x90\x98\x9b\x9d-\x9f]").search
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]").match
_SPACES = re.compile(r"\s+")


class _Signs(dict[int, str]):
    """What is shown for a bad character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = sign = _sign(code)
        return sign


def _sign(code: int) -> str:
    character = chr(code)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    if character in _NEWLINES:
        return "\n"
    if character in _BLANK:
        return " "
    return "" if _IS_INVISIBLE(character) else REPLACEMENT


_SIGNS = _Signs()


def _replace(match: re.Match[str]) -> str:
    return match[0].translate(_SIGNS)


def sanitise(text: str, *, tab_size: int = TAB_SIZE) -> str:
    r"""The text without anything that a terminal would obey; line ends become `\n`.

    At most `tab_size` times as long as `text`.
    """
    if text.isascii():
        if _ASCII_BAD.search(text):
            text = _clean_ascii(text)
    else:
        text = _clean(text)
    return text.expandtabs(tab_size) if "\t" in text else text


def without_sequences(text: str) -> str:
    """The text without terminal sequences; other control characters stay."""
    return _SEQUENCE.sub("", text) if _HAS_INTRODUCER(text) else text


def _clean_ascii(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _SEQUENCE.sub("", text)
    return _ASCII_BAD.sub(_replace, text)


def _clean(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = without_sequences(text)
    text = _BAD.sub(_replace, text)
    return _PILE.sub(lambda pile: pile[0][:_COMBINING_LIMIT], text)


def one_line(text: str, limit: int = 400) -> str:
    """The beginning of the text on one line: every run of white space is one space.

    At most `limit` characters; an ellipsis tells that there was more.
    """
    # Twice the room, since sequences and indentation disappear.
    head = sanitise(text[: 2 * limit], tab_size=1)
    line = _SPACES.sub(" ", head).strip()
    if len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line + "…" if len(text) > 2 * limit else line
