"""A change of annotations: what is to be recorded, field by field."""

from __future__ import annotations

from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from aimux_tui.model.annotation import Annotations, Label, Verdict


class TurnChange(Struct, frozen=True, kw_only=True):
    """New values for some fields of a turn's annotation; unset ones stay as they are."""

    session_key: str
    turn_key: str
    number: int
    content_hash: str = ""
    label: Label | UnsetType | None = UNSET
    """None takes the label away."""
    note: str | UnsetType = UNSET
    """"" takes the note away."""


class SessionChange(Struct, frozen=True, kw_only=True):
    """New values for some fields of a session's annotation; unset ones stay as they are."""

    session_key: str
    verdict: Verdict | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    note: str | UnsetType = UNSET


Change = TurnChange | SessionChange


class AnnotationBook(Protocol):
    """Every annotation of this machine. Reads come from memory and are safe from any thread."""

    @property
    def version(self) -> int:
        """Grows with every change, whichever process made it."""
        ...

    def get(self, session_key: str) -> Annotations:
        """What is said of a session; empty annotations if nothing is."""
        ...

    def all(self) -> tuple[Annotations, ...]:
        """Every session of which something is said."""
        ...

    def tags(self) -> tuple[str, ...]:
        """Every tag in use, the most used first."""
        ...

    def load(self) -> None:
        """Read every file. Blocks."""
        ...

    def refresh(self) -> frozenset[str]:
        """Take in what other processes wrote; the sessions it concerns. Blocks."""
        ...

    def record(self, changes: tuple[Change, ...]) -> None:
        """Write changes so that they last, then show them. Blocks.

        Raises AnnotationError; then nothing of them is shown, and what was written of them before
        the trouble is taken in by the next `refresh`.
        """
        ...
