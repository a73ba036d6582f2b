"""JSONL: a header, then sessions and turns one a line, by `jsonl.schema.json`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from aimux_tui import __version__
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.export.fields import session_fields, turn_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.export.base import ByteSink, ExportContext, Material

SCHEMA = "aimux.export"
VERSION = 1
_NEVER_WRITTEN = ("image bytes", "raw records")


class JsonlExporter:
    """Writes a line at a time; a turn is all that it ever holds."""

    name = "jsonl"

    def write(self, materials: Iterable[Material], out: ByteSink, context: ExportContext) -> None:
        """Write everything. Raises OSError, SessionError, ExportError."""
        writer = _Writer(out)
        is_full = context.profile is RedactionProfile.FULL
        writer.line(
            "header",
            {
                "schema": SCHEMA,
                "version": VERSION,
                "aimux": __version__,
                "created": context.created,
                "scope": context.scope,
                "sessions": context.sessions,
                "profile": context.profile,
                "value_limit": None if is_full else context.limit,
                "left_out": _NEVER_WRITTEN,
            },
        )
        for material in materials:
            writer.session(material)
        writer.line("end", {"sessions": writer.sessions, "turns": writer.turns})


class _Writer:
    """Lines of one export, counted so that a reader sees whether it has all of them."""

    def __init__(self, out: ByteSink) -> None:
        self.sessions = 0
        self.turns = 0
        self._out = out

    def session(self, material: Material) -> None:
        """A session, its turns, and each sub-agent behind the turn that spawned it."""
        self.sessions += 1
        self.line("session", session_fields(material))
        for exported in material.turns():
            self.turns += 1
            self.line("turn", turn_fields(material, exported))
            for call in exported.turn.tool_calls:
                if (child := material.child_of(call)) is not None:
                    with closing(child):
                        self.session(child)
        for child in material.other_children():
            with closing(child):
                self.session(child)

    def line(self, kind: str, fields: dict[str, Any]) -> None:
        """One line."""
        self._out.write(encode_json({"type": kind, **fields}) + b"\n")


def encode_json(value: object) -> bytes:
    """A value as JSON on one line; halves of characters become question marks."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value)))


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(item) for item in value]
        case _:
            return value


EXPORTER = JsonlExporter()
