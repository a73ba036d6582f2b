"""The line above a pane: what it shows, and on its right how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.tui.format.glyphs import ASCII, Glyphs
from aimux_tui.tui.format.lines import fit, width_of
from aimux_tui.tui.format.plain import to_ascii
from aimux_tui.tui.messages import COMMAND, CommandClicked
from aimux_tui.tui.widgets.kept_line import KeptLine

if TYPE_CHECKING:
    from textual import events
    from textual.app import RenderResult

EMPTY = Content.empty()


def drawable(content: Content, glyphs: Glyphs) -> Content:
    """The content in signs that the terminal can draw."""
    if glyphs is not ASCII or content.plain.isascii():
        return content
    return Content(to_ascii(content.plain), list(content.spans), strip_control_codes=False)


class PaneTitle(KeptLine):
    """One row: `left` is cut when there is no room for both."""

    DEFAULT_CSS = """
    PaneTitle { height: 1; width: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(self, glyphs: Glyphs, left: str = "") -> None:
        super().__init__()
        self._glyphs = glyphs
        self._left = Content(left)
        self._right = EMPTY

    def show(self, left: Content, right: Content = EMPTY) -> None:
        """Show other texts."""
        # Content that is equal may have other colours.
        if not (left.is_same(self._left) and right.is_same(self._right)):
            self._left, self._right = left, right
            self.refresh()

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._left.plain} {self._right.plain}".strip()

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        command_id = event.style.meta.get(COMMAND)
        if command_id:
            self.post_message(CommandClicked(command_id))

    def render(self) -> RenderResult:
        """The row."""
        return drawable(self._row(self.content_size.width), self._glyphs)

    def _row(self, width: int) -> Content:
        right = fit(self._right, width)
        room = width - width_of(right.plain) - 1
        if room < 8:
            return fit(self._left, width)
        left = fit(self._left, room)
        gap = width - width_of(left.plain) - width_of(right.plain)
        return Content.assemble(left, " " * gap, right)
