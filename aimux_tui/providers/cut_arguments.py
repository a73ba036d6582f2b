"""Of the arguments of a tool call, as much as a list shows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 2_000
_DEEPEST = 20


def cut_arguments(arguments: Mapping[str, Any], longest: int = _LONGEST) -> dict[str, Any]:
    """The arguments with long strings cut, and what is nested deeper than anybody reads left out.

    The body of the call's input has all of them.
    """
    return {name: _cut(value, longest, 0) for name, value in arguments.items()}


def _cut(value: Any, longest: int, depth: int) -> Any:
    match value:
        case str() if len(value) > longest:
            return f"{value[:longest]}…"
        case list() | dict() if depth > _DEEPEST:
            return "…"
        case list():
            return [_cut(item, longest, depth + 1) for item in value]
        case dict():
            return {name: _cut(item, longest, depth + 1) for name, item in value.items()}
    return value
