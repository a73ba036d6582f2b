"""The line above the footer that tells how far an export has come, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from aimux_tui.tui.messages import COMMAND, CommandClicked
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.pane_title import drawable

if TYPE_CHECKING:
    from textual import events

    from aimux_tui.tui.format.glyphs import Glyphs

_BAR = 10


class ExportLine(Static):
    """Not there while there is nothing to tell."""

    DEFAULT_CSS = """
    ExportLine {
        display: none; height: auto; max-height: 5; width: 1fr; padding: 0 1; background: $panel;
    }
    """

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._shown = Content.empty()

    def tell(self, words: str, hint: str = "", *, command: str = "", style: Style) -> None:
        """Show words, and behind them what can be done; a click does the command."""
        parts = [Content.styled(words, style)]
        if hint:
            palette = palette_of(self.app)
            click = Style.from_meta({COMMAND: command}) if command else Style()
            parts.append(Content.styled(hint, palette.accent + click))
        self._put(Content("   ").join(parts))

    def progress(self, what: str, part: float | None, words: str) -> None:
        """Show a bar, if it is known how much there is."""
        palette, glyphs = palette_of(self.app), self._glyphs
        bar = ""
        if part is not None:
            full = round(_BAR * min(max(part, 0.0), 1.0))
            bar = glyphs.bar_full * full + glyphs.bar_empty * (_BAR - full) + " "
        cancel = palette.accent + Style.from_meta({COMMAND: "export.cancel"})
        self._put(
            Content.assemble(
                (f"{what} ", palette.text),
                (bar, palette.running),
                (words, palette.muted),
                "   ",
                Content.styled("esc cancels", cancel),
            )
        )

    def clear(self) -> bool:
        """Go away; False if it was not there."""
        was_there, self.display = bool(self.display), False
        self._shown = Content.empty()
        return was_there

    def _put(self, content: Content) -> None:
        content = drawable(content, self._glyphs)
        if not content.is_same(self._shown) or not self.display:
            self._shown = content
            self.update(content)
            self.display = True

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        command_id = event.style.meta.get(COMMAND)
        if command_id:
            self.post_message(CommandClicked(command_id))
