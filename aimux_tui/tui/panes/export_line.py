"""The line above the footer that tells how far an export has come, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from aimux_tui.tui.format.flow import flow
from aimux_tui.tui.messages import COMMAND, CommandClicked
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.pane_title import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from aimux_tui.tui.format.glyphs import Glyphs

_BAR = 10


class ExportLine(Static):
    """Not there while there is nothing to tell."""

    DEFAULT_CSS = """
    ExportLine {
        display: none; height: auto; max-height: 9; width: 1fr; padding: 0 1; background: $panel;
    }
    """

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._parts: Sequence[Content] = ()
        self._rest: Sequence[Content] = ()

    def tell(
        self, lines: Sequence[str], hint: str = "", *, command: str = "", style: Style
    ) -> None:
        """Show lines, and behind the first what can be done; a click does the command."""
        palette = palette_of(self.app)
        first, *rest = lines
        parts = [Content.styled(first, style)]
        if hint:
            click = Style.from_meta({COMMAND: command})
            parts.append(Content.styled(hint, palette.accent + click))
        self._put(parts, [Content.styled(line, palette.muted) for line in rest])

    def progress(self, what: str, part: float | None, words: str) -> None:
        """Show a bar, if it is known how much there is."""
        palette, glyphs = palette_of(self.app), self._glyphs
        bar = ""
        if part is not None:
            full = round(_BAR * min(max(part, 0.0), 1.0))
            bar = glyphs.bar_full * full + glyphs.bar_empty * (_BAR - full) + " "
        cancel = palette.accent + Style.from_meta({COMMAND: "export.cancel"})
        self._put(
            [
                Content.assemble(
                    (f"{what} ", palette.text), (bar, palette.running), (words, palette.muted)
                ),
                Content.styled("esc cancels", cancel),
            ]
        )

    def clear(self) -> None:
        """Go away."""
        self.display = False

    def _put(self, parts: Sequence[Content], rest: Sequence[Content] = ()) -> None:
        self._parts, self._rest = parts, rest
        self._lay_out(self.app.size.width - 2)
        self.display = True

    def _lay_out(self, width: int) -> None:
        content = Content("\n").join([flow(self._parts, width), *self._rest])
        self.update(drawable(content, self._glyphs))

    def on_resize(self) -> None:
        """Break the rows elsewhere."""
        if self._parts:
            self._lay_out(self.content_size.width)

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        command_id = event.style.meta.get(COMMAND)
        if command_id:
            self.post_message(CommandClicked(command_id))
