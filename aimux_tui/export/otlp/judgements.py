"""Labels, verdicts, tags and notes as judgements of spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.otlp.spans import Judgement
from aimux_tui.model.annotation import Label, Verdict

if TYPE_CHECKING:
    from aimux_tui.model.annotation import SessionAnnotation, TurnAnnotation

_SCORES = {Label.GOOD: 1.0, Label.BAD: 0.0, Label.WASTE: 0.0}
_VERDICT_SCORES = {
    Verdict.ACHIEVED: 1.0,
    Verdict.PARTIAL: 0.5,
    Verdict.FAILED: 0.0,
    Verdict.ABANDONED: 0.0,
}


def turn_key(session_key: str, key: str) -> str:
    """`Judgement.key` of a turn."""
    return f"{session_key} {key}"


def turn_judgements(
    annotation: TurnAnnotation | None, key: str, span_id: bytes
) -> tuple[Judgement, ...]:
    """What is said of a turn: its label with the note as its reason, or the note alone."""
    if not annotation:
        return ()
    is_labelled = annotation.label is not None
    return (
        Judgement(
            key=key,
            name="aimux.label" if is_labelled else "aimux.note",
            value=annotation.label or annotation.note,
            score=_SCORES[annotation.label] if annotation.label is not None else None,
            comment=annotation.note if is_labelled else "",
            span_id=span_id.hex(),
            author=annotation.author,
            updated=annotation.updated.isoformat() if annotation.updated else "",
        ),
    )


def session_judgements(
    annotation: SessionAnnotation, key: str, span_id: bytes
) -> tuple[Judgement, ...]:
    """What is said of a whole session: the verdict with the note as its reason, and the tags."""
    found: list[tuple[str, str, float | None, str]] = []
    verdict = annotation.verdict
    if verdict is not None:
        found.append(("aimux.verdict", verdict, _VERDICT_SCORES[verdict], annotation.note))
    elif annotation.note:
        found.append(("aimux.note", annotation.note, None, ""))
    if annotation.tags:
        found.append(("aimux.tags", ", ".join(annotation.tags), None, ""))
    return tuple(
        Judgement(
            key=key,
            name=name,
            value=value,
            score=score,
            comment=comment,
            span_id=span_id.hex(),
            author=annotation.author,
            updated=annotation.updated.isoformat() if annotation.updated else "",
            is_of_session=True,
        )
        for name, value, score, comment in found
    )
