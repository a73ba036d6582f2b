"""Values of attributes, read leniently: agents send numbers and flags as texts as well."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MILLISECOND = 1_000_000
"""In nanoseconds."""


def text(given: Mapping[str, Any], *names: str) -> str:
    """The first of some attributes that has a value, as a text; "" if none has."""
    for name in names:
        value = given.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def number(given: Mapping[str, Any], *names: str) -> float | None:
    """The first of some attributes that is a number; None if none is."""
    for name in names:
        value = given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            found = float(value)
        except ValueError:
            continue
        if math.isfinite(found):
            return found
    return None


def whole(given: Mapping[str, Any], *names: str) -> int:
    """The first of some attributes that is a number, as a count; 0 if none is."""
    found = number(given, *names)
    return max(round(found), 0) if found is not None else 0


def milliseconds(given: Mapping[str, Any], *names: str) -> int | None:
    """The same as nanoseconds of so many milliseconds."""
    found = number(given, *names)
    return round(found * MILLISECOND) if found is not None and found >= 0 else None


def flag(given: Mapping[str, Any], name: str) -> bool | None:
    """Whether something is so; None if that is not told."""
    value = given.get(name)
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower())
