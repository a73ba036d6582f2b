"""The arguments of tool calls as passages: which are paths of edits, which is edited text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.passage import Passage, PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATHS = frozenset({"file_path", "notebook_path", "path", "absolute_path"})
_EDITS = frozenset({"old_string", "new_string", "content", "new_source", "new_str", "old_str"})
_DEEPEST = 100


def texts_in(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a decoded JSON value, names of fields excepted."""
    if isinstance(value, str):
        yield value
    elif depth > _DEEPEST:
        return
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item, depth + 1)


def argument_passages(arguments: Any, call_id: str, *, is_edit: bool) -> Iterator[Passage]:
    """The texts among the arguments of a call. `is_edit`: its tool changes files."""
    if not is_edit or not isinstance(arguments, dict):
        for text in texts_in(arguments):
            yield Passage(PassageKind.INPUT, text, call_id)
        return
    for name, value in arguments.items():
        if isinstance(value, list):
            for part in value:
                yield from argument_passages(part, call_id, is_edit=True)
            continue
        kind = PassageKind.INPUT
        if name in _PATHS:
            kind = PassageKind.PATH
        elif name in _EDITS:
            kind = PassageKind.EDIT
        for text in texts_in(value):
            yield Passage(kind, text, call_id)
