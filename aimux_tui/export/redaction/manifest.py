"""The list of what an export lacks, beside it: JSON lines, a header and one line for each place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from aimux_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aimux_tui.export.base import ExportContext
    from aimux_tui.export.files import NewFile
    from aimux_tui.export.redaction.removal import Removal

SCHEMA = "aimux.redaction"
VERSION = 1


def manifest_path(target: Path) -> Path:
    """The manifest of an export."""
    return target.with_name(f"{target.name}.redaction.jsonl")


class Manifest:
    """Written as the export goes on; no file is begun before something is taken out."""

    def __init__(
        self, begin: Callable[[], NewFile], export_name: str, context: ExportContext
    ) -> None:
        self.file: NewFile | None = None
        self.counts: Counter[str] = Counter()
        """Reason → places."""
        self._begin = begin
        self._encode = msgspec.json.Encoder().encode
        self._header = {
            "schema": SCHEMA,
            "version": VERSION,
            "aimux": __version__,
            "created": context.created,
            "export": export_name,
            "profile": context.profile,
        }

    def add(self, removal: Removal) -> None:
        """One more. Raises ExportError."""
        if self.file is None:
            self.file = self._begin()
            self.file.write(self._encode(self._header) + b"\n")
        self.counts[removal.reason] += 1
        self.file.write(self._encode(removal) + b"\n")
