"""What every formatter needs to know of how things are drawn just now."""

from __future__ import annotations

from datetime import tzinfo

from msgspec import Struct

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


class Look(Struct, frozen=True, eq=False):
    """Colours, signs and the time zone: a new one whenever any of them changes."""

    palette: Palette
    glyphs: Glyphs = UNICODE
    zone: tzinfo | None = None
    """In which clock times are told; None: where this machine is."""

    def plain(self, text: str) -> str:
        """Our own words and numbers with signs that can be drawn; not for text of logs."""
        return text.translate(_PLAIN_SIGNS) if self.glyphs is ASCII else text
