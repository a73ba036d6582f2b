"""HTML: one self-contained page that any browser opens, and that loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.export.base import utf8
from aimux_tui.export.html.page import page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from aimux_tui.export.base import ByteSink, ExportContext, Material


class HtmlExporter:
    """Writes a page as it is made, so that memory does not grow with the session."""

    name = "html"

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Times are shown in `zone`: the machine's own unless given."""
        self._zone = zone

    def write(self, materials: Iterable[Material], out: ByteSink, context: ExportContext) -> None:
        """Write all sessions on one page. Raises OSError, SessionError."""
        for chunk in page(materials, context, self._zone):
            if chunk:
                out.write(utf8(chunk))


EXPORTER = HtmlExporter()
