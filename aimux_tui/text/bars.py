"""Bars and sparklines of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.-=*#"


def bar(value: float, top: float, width: int, *, is_ascii: bool = False) -> str:
    """A bar of up to `width` columns for a value between 0 and `top`; any value above 0 is seen."""
    if value <= 0 or top <= 0 or width <= 0:
        return ""
    share = min(value / top, 1.0)
    if is_ascii:
        return "#" * max(round(share * width), 1)
    whole, part = divmod(max(round(share * width * 8), 1), 8)
    return "█" * whole + (_EIGHTHS[part] if part else "")


def sparkline(values: Sequence[float], *, is_ascii: bool = False) -> str:
    """A character for each value, from the lowest level for nothing to the highest for the top."""
    levels = _ASCII_LEVELS if is_ascii else _LEVELS
    top = max(values, default=0)
    if top <= 0:
        return levels[0] * len(values)
    steps = len(levels) - 1
    # What is more than nothing stands out from nothing.
    return "".join(
        levels[max(round(value / top * steps), 1 if value > 0 else 0)] for value in values
    )
