"""A viewer of one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from aimux_tui.tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from aimux_tui.tui.format.document import Document


class TextApp(App[None]):
    def __init__(self, document: Document | None = None) -> None:
        super().__init__()
        self.view = TextView(document)
        self.widths: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_text_view_width_changed(self, message: TextView.WidthChanged) -> None:
        self.widths.append(message.width)

    @property
    def screen_text(self) -> list[str]:
        height = self.view.size.height
        return [self.view.render_line(y).text.rstrip() for y in range(height)]

    def highlighted(self, y: int) -> list[str]:
        """Pieces of a row with a background of their own."""
        plain = self.view.visual_style.rich_style.bgcolor
        return [
            text for text, style, _ in self.view.render_line(y) if style and style.bgcolor != plain
        ]
