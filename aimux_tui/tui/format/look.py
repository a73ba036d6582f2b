"""What every formatter needs to know of how things are drawn just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from aimux_tui.tui.format.glyphs import ASCII, UNICODE, Glyphs
from aimux_tui.tui.palette import Palette

_PLAIN_SIGNS = str.maketrans(
    {
        "≥": ">=",
        "→": "/",
        "—": "-",
        "…": "~",
        "·": "-",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{MINUS SIGN}": "-",
    }
)


@dataclass(frozen=True)
class Look:
    """Colours, signs and the time zone."""

    palette: Palette
    glyphs: Glyphs = UNICODE
    zone: tzinfo | None = None
    """In which clock times are told; None: where this machine is."""

    def plain(self, text: str) -> str:
        """Our own words and numbers with signs that can be drawn; not for text of logs."""
        return text.translate(_PLAIN_SIGNS) if self.glyphs is ASCII else text

    def __eq__(self, other: object) -> bool:
        # Compared in every frame, and there is one palette and one table of signs at a time.
        return (
            isinstance(other, Look)
            and self.palette is other.palette
            and self.glyphs is other.glyphs
            and self.zone == other.zone
        )

    def __hash__(self) -> int:
        return hash((id(self.palette), id(self.glyphs), self.zone))
