"""What is said of an export, on the screen and on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMOVED = {
    "masked": ("secret", "masked"),
    "cut": ("value", "cut"),
    "removed": ("text", "removed"),
}


def removed_words(removed: Mapping[str, int]) -> str:
    """What was taken out: "2 secrets masked, 1 value cut"."""
    parts = []
    for reason, count in removed.items():
        noun, verb = _REMOVED.get(reason, ("value", reason))
        parts.append(f"{plural(count, noun)} {verb}")
    return ", ".join(parts)
