"""What a label key does to turns, worked out from what is said of them when its turn has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from aimux_tui.model.annotation import Label, TurnAnnotation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aimux_tui.annotations.changes import AnnotationBook, Change, TurnChange

    Plan = Callable[[AnnotationBook], tuple[Change, ...]]

_CYCLE: tuple[Label | None, ...] = (None, *Label)


def toggle(targets: Sequence[TurnChange], label: Label) -> Plan:
    """Label all turns; if all have the label already, take it away."""

    def plan(book: AnnotationBook) -> tuple[Change, ...]:
        has_all = all(_label_of(book, target) is label for target in targets)
        return _labelled(book, targets, None if has_all else label)

    return plan


def cycle(targets: Sequence[TurnChange]) -> Plan:
    """Give all turns the label that comes after the first one's; none comes after the last."""

    def plan(book: AnnotationBook) -> tuple[Change, ...]:
        at = _CYCLE.index(_label_of(book, targets[0]))
        return _labelled(book, targets, _CYCLE[(at + 1) % len(_CYCLE)])

    return plan


def noted(target: TurnChange, note: str) -> Plan:
    """Give a turn another note; "" takes it away."""
    return lambda _: (replace(target, note=note),)


def _annotation_of(book: AnnotationBook, target: TurnChange) -> TurnAnnotation | None:
    """What is said of a turn."""
    return book.get(target.session_key).of_turn(target.turn_key, target.number)


def _label_of(book: AnnotationBook, target: TurnChange) -> Label | None:
    annotation = _annotation_of(book, target)
    return annotation.label if annotation is not None else None


def _labelled(
    book: AnnotationBook, targets: Sequence[TurnChange], label: Label | None
) -> tuple[Change, ...]:
    return tuple(
        replace(target, label=label) for target in targets if _label_of(book, target) is not label
    )
