"""Taking changes of annotations back, several steps, without touching what others said since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import replace

from aimux_tui.annotations.changes import Change, TurnChange

if TYPE_CHECKING:
    from collections.abc import Callable

    from aimux_tui.model.annotation import Annotations

_MOST_STEPS = 1000
_TURN_FIELDS = ("label", "note")
_SESSION_FIELDS = ("verdict", "tags", "note")
_C = TypeVar("_C", bound=Change)


class Step(Struct, frozen=True):
    """Changes that were made together, each with what was there before."""

    changes: tuple[Change, ...]
    inverse: tuple[Change, ...]
    """One for each change, in the same order."""


class Undo(Struct, frozen=True):
    """What taking the newest step back means now."""

    changes: tuple[Change, ...]
    """To be recorded; empty if nothing of the step is left to take back."""
    skipped: int
    """How many changes of the step stay, wholly or in part: somebody has changed them since."""


def step_for(changes: tuple[Change, ...], get: Callable[[str], Annotations]) -> Step:
    """The step that these changes are. To be made before they are recorded."""
    return Step(changes, tuple(_inverse(change, get) for change in changes))


class History:
    """The steps that can be taken back, the newest first.

    `push` a step when it has been recorded; to undo, record what `undo` answers, then `drop` the
    step. A field that does not hold the step's value any more (another process or another step
    changed it) is left alone: taking one's own change back must not wipe out somebody else's.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def __len__(self) -> int:
        return len(self._steps)

    def push(self, step: Step) -> None:
        """Remember a step that was recorded."""
        self._steps.append(step)
        del self._steps[:-_MOST_STEPS]

    def undo(self, get: Callable[[str], Annotations]) -> Undo | None:
        """What takes the newest step back; None if there is none."""
        if not self._steps:
            return None
        step = self._steps[-1]
        changes: list[Change] = []
        skipped = 0
        for change, inverse in zip(step.changes, step.inverse, strict=True):
            allowed = _still_ours(change, inverse, get)
            skipped += allowed != inverse
            if _says_something(allowed):
                changes.append(allowed)
        return Undo(tuple(reversed(changes)), skipped)

    def drop(self) -> None:
        """Forget the newest step: it has been taken back."""
        if self._steps:
            self._steps.pop()


def _fields(change: Change) -> tuple[str, ...]:
    return _TURN_FIELDS if isinstance(change, TurnChange) else _SESSION_FIELDS


def _inverse(change: _C, get: Callable[[str], Annotations]) -> _C:
    fields = {
        name: _value(change, name, get)
        for name in _fields(change)
        if getattr(change, name) is not UNSET
    }
    return replace(change, **fields)


def _still_ours(change: _C, inverse: _C, get: Callable[[str], Annotations]) -> _C:
    """The inverse without the fields that do not hold the change's value any more."""
    fields = {
        name: UNSET
        for name in _fields(change)
        if getattr(change, name) not in (UNSET, _value(change, name, get))
    }
    return replace(inverse, **fields)


def _says_something(change: Change) -> bool:
    return any(getattr(change, name) is not UNSET for name in _fields(change))


def _value(change: Change, name: str, get: Callable[[str], Annotations]) -> Any:
    """What a field of the change's turn or session holds now."""
    annotations = get(change.session_key)
    if not isinstance(change, TurnChange):
        return getattr(annotations.session, name)
    annotation = annotations.of_turn(change.turn_key, change.number)
    if annotation is None:
        return "" if name == "note" else None
    return getattr(annotation, name)
