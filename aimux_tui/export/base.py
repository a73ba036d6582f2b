"""What an exporter is, and what it is given. A new format is one module with an `EXPORTER`.

A format that writes a file fulfils `FileExporter` and has a row in `export.registry`. It pulls
turns from the materials it is given; those count, show progress, stop when the user cancels and
leave out what must not leave the machine, so no exporter does any of that. `export.run` opens and
finishes the file. What sends instead of writing (OTLP) takes the same materials, from
`export.scope.Selection.materials`, with the redactor of `export.run.make_redactor`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from aimux_tui.config.schema import RedactionProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.annotation import Annotations
    from aimux_tui.model.body import Body
    from aimux_tui.model.session import Session
    from aimux_tui.model.tools import ToolCall


class Material(Protocol):
    """One session to be exported. Everything but the attributes reads from disk, and blocks.

    Whatever is redacted is so already: in the session, the annotations, the turns and the texts.
    Any of the methods that read may raise OSError, SessionError, or ExportCancelledError.
    """

    session: Session
    annotations: Annotations

    @property
    def left_out(self) -> int:
        """How many of its turns are not exported."""
        ...

    def turns(self) -> Iterator[ExportedTurn]:
        """The turns to be exported, in order; go through them once, forgetting each."""
        ...

    def text(self, body: Body) -> str:
        """The whole of a text."""
        ...

    def arguments(self, call: ToolCall) -> Mapping[str, Any]:
        """The whole input of a tool call."""
        ...

    def child_of(self, call: ToolCall) -> Material | None:
        """The sub-agent that a tool call spawned; None if there is none, or it was given before.

        Close it when done.
        """
        ...

    def other_children(self) -> Iterator[Material]:
        """Sub-agents that no call of the turns led to, where all turns are exported.

        To be asked for after the turns. Close each when done.
        """
        ...

    def close(self) -> None:
        """Let go of what was kept."""
        ...


class ExportContext(Struct, frozen=True):
    """What a file's header says of the export as a whole."""

    created: datetime
    """Aware, UTC."""
    scope: Mapping[str, Any]
    """What was asked for: sessions and filters, in words for programs; empty means everything."""
    sessions: int
    """Sessions that were chosen; those without a wanted turn are not written."""
    profile: RedactionProfile
    limit: int
    """Characters from which a value is cut (not in the profile `full`)."""


class ByteSink(Protocol):
    """Where an exporter writes to."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes. Raises OSError."""
        ...


class FileExporter(Protocol):
    """A format that is written to a file."""

    name: str
    """As on the command line: "jsonl"."""

    def write(self, materials: Iterable[Material], out: ByteSink, context: ExportContext) -> None:
        """Write everything, in little memory. Raises OSError, SessionError, ExportError."""
        ...


def utf8(text: str) -> bytes:
    """Text as bytes; halves of characters, which logs may hold, become question marks."""
    return text.encode("utf-8", "replace")
