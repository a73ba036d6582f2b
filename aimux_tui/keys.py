"""Names of keys: how people write them, how they are shown, and what Textual calls them.

The written form is the character itself (`g`, `G`, `$`) or a name (`enter`, `ctrl+p`). A sequence
of two keys, pressed one after the other, has a space between them (`y c`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = frozenset(
    {
        "backspace",
        "delete",
        "down",
        "end",
        "enter",
        "escape",
        "home",
        "insert",
        "left",
        "pagedown",
        "pageup",
        "right",
        "space",
        "tab",
        "up",
        *(f"f{number}" for number in range(1, 25)),
    }
)
ALIASES = {
    "bs": "backspace",
    "del": "delete",
    "esc": "escape",
    "ins": "insert",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "pgup": "pageup",
    "return": "enter",
    "spc": "space",
    # Terminals send the same byte for both.
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+[": "escape",
}
LABELS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "⏎",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "delete": "del",
}
TEXTUAL_NAMES = {
    "/": "slash",
    "\\": "backslash",
    "@": "at",
    "-": "minus",
    "+": "plus",
    "_": "underscore",
}
MODIFIERS = ("ctrl", "alt", "shift")
MAX_SEQUENCE = 2


def parse_key(text: str) -> str:
    """The written form of one key; ValueError if there is no such key."""
    if text == " ":
        return "space"
    if len(text) == 1 and _is_base(text):
        return text
    *given, base = re.split(r"\+(?=.)", text)
    modifiers = {modifier.lower() for modifier in given}
    base = base if len(base) == 1 and not modifiers - {"shift"} else base.lower()
    base = ALIASES.get(base, base)
    if modifiers - set(MODIFIERS) or not _is_base(base):
        raise ValueError(f"{text!r} is not a key")
    if modifiers == {"shift"} and len(base) == 1:
        if base.upper() == base.lower():
            raise ValueError(f"{text!r}: write the character that the key gives")
        return base.upper()
    key = "+".join([*(m for m in MODIFIERS if m in modifiers), base])
    return ALIASES.get(key, key)


def _is_base(text: str) -> bool:
    """Whether it is a key without modifiers."""
    return text in NAMES or (len(text) == 1 and text.isprintable())


def parse_keys(text: str) -> str:
    """The written form of a key or a sequence of two; ValueError if it is neither."""
    parts = text.split() or [text]
    if len(parts) > MAX_SEQUENCE or not text:
        raise ValueError(f"{text!r}: write one key, or two with a space between them")
    return " ".join(parse_key(part) for part in parts)


def collide(one: str, other: str) -> bool:
    """Whether two sequences cannot both work: they are equal, or one begins the other."""
    first, second = one.split(), other.split()
    shared = min(len(first), len(second))
    return first[:shared] == second[:shared]


def label(keys: str) -> str:
    """The keys as they are shown: short, with arrows."""
    return " ".join(_label_one(key) for key in keys.split())


def labels(sequences: Iterable[str]) -> str:
    """Several alternatives as they are shown."""
    return " ".join(label(keys) for keys in sequences)


def _label_one(key: str) -> str:
    """One key as it is shown."""
    modifiers, plus, base = key.rpartition("+")
    if not base:
        return key
    return f"{modifiers}{plus}{LABELS.get(base, base)}"


def textual_key(key: str) -> str:
    """What Textual calls a key of the written form."""
    modifiers, plus, base = key.rpartition("+")
    if not base:
        modifiers, plus, base = "", "", key
    return f"{modifiers}{plus}{_textual_base(base)}"


def _textual_base(base: str) -> str:
    """What Textual calls a key without modifiers."""
    if len(base) > 1 or base.isalnum():
        return base
    if base in TEXTUAL_NAMES:
        return TEXTUAL_NAMES[base]
    import unicodedata

    name = unicodedata.name(base, base)
    return name.lower().replace("-", "_").replace(" ", "_")
