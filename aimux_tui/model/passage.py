"""The texts of a log's records, as a search goes through them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class PassageKind(StrEnum):
    """Whose words a text is."""

    PROMPT = "prompt"
    RESPONSE = "response"
    THINKING = "thinking"
    INPUT = "input"
    """An argument of a tool call."""
    OUTPUT = "output"
    """What a tool returned."""
    PATH = "path"
    """A file that a tool call was to change."""
    EDIT = "edit"
    """Text that a tool call was to write into a file, or to replace there; a patch."""
    NOTICE = "notice"
    """What the machine said beside the conversation."""
    NOTE = "note"
    """What a person wrote about the turn or the session. In no log."""


class Passage(Struct, frozen=True, gc=False):
    """One text of a record."""

    kind: PassageKind
    text: str
    call_id: str = ""
    """The tool call that it belongs to, where the record tells it."""
