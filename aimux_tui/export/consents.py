"""Which endpoints the user has let sessions go to, and how much of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aimux_tui.config.schema import RedactionProfile

if TYPE_CHECKING:
    from pathlib import Path


class Consents:
    """A small file in the state folder. Without it, the user is asked once more."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, endpoint: str) -> RedactionProfile | None:
        """How much may go there; None if nobody said so."""
        return self._read().get(endpoint)

    def put(self, endpoint: str, profile: RedactionProfile) -> None:
        """Remember it. Raises ExportError."""
        from aimux_tui.export.files import NewFiles

        with NewFiles() as files:
            known = {**self._read(), endpoint: profile}
            files.open(self._path).write(msgspec.json.encode(known))
            files.commit()

    def _read(self) -> dict[str, RedactionProfile]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, RedactionProfile])
        except (OSError, msgspec.MsgspecError):
            return {}
