"""Paths of files as a reader of one session wants them: short, and still told apart."""

from __future__ import annotations

from msgspec import Struct

from aimux_tui.tui.format.lines import width_of

_LEAST = 16
"""Columns that a path gets, however little room there is."""


class Paths(Struct, frozen=True):
    """How the paths of a session are shown."""

    cwd: str = ""
    """The session's folder: what is below it is named relative to it."""
    columns: int = 0
    """Of a line; 0: as many as it takes."""

    def relative(self, text: str) -> str:
        """The text with each path below the folder relative to it."""
        folder = self.cwd.rstrip("/\\")
        if not folder:
            return text
        separator = "\\" if "\\" in folder else "/"
        return ", ".join(part.removeprefix(folder + separator) or part for part in text.split(", "))

    def fit(self, path: str, taken: int, ellipsis: str = "…") -> str:
        """The path, without some of its folders if it does not fit beside what `taken` columns say.

        Its beginning and its end tell most.
        """
        path = self.relative(path)
        room = max(self.columns - taken, _LEAST)
        if not self.columns or width_of(path) <= room or ", " in path:
            return path
        head, *folders = path.split("/")
        if not folders:
            return path
        for start in range(1, len(folders)):
            shorter = "/".join((head, ellipsis, *folders[start:]))
            if width_of(shorter) <= room:
                return shorter
        return f"{ellipsis}/{folders[-1]}"
