"""Every key and command, from the table; first those that matter where the reader is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from aimux_tui.commands.base import EVERYWHERE, Command, Group, Pane
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.tui.bindings import moving_bindings
from aimux_tui.tui.format.document import LineDocument
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import EMPTY, Line, pad
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.panes.footer import key_label
from aimux_tui.tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.app import ComposeResult

    from aimux_tui.tui.palette import Palette

_KEYS_WIDTH = 14
_PANE_NAMES = {
    Pane.SESSIONS: "In the list of sessions",
    Pane.TRACE: "In the turns",
    Pane.DETAIL: "In the detail",
}


def help_sections(pane: Pane) -> list[tuple[str, list[Command]]]:
    """(heading, commands): those of the pane alone, then the rest by their groups."""
    own = [command for command in COMMANDS if command.panes != EVERYWHERE and pane in command.panes]
    sections = [(_PANE_NAMES[pane], own)] if own else []
    for group in Group:
        rest = [command for command in COMMANDS if command.group is group and command not in own]
        if rest:
            sections.append((group.value, rest))
    return sections


def help_lines(
    pane: Pane,
    keymap: Mapping[str, tuple[str, ...]],
    palette: Palette,
    *,
    is_ascii: bool = False,
) -> Iterator[Line]:
    """The whole help."""
    for heading, commands in help_sections(pane):
        yield Line(Content.styled(heading, palette.heading))
        for command in commands:
            shown = [key_label(key, is_ascii=is_ascii) for key in keymap.get(command.id, ())]
            keys = Content.styled(" ".join(shown), palette.accent)
            text = Content.assemble(
                (command.help, palette.text), (f"  {command.usage}", palette.faint)
            )
            yield Line(text, prefix=pad(keys, _KEYS_WIDTH))
        yield Line(EMPTY)
    yield Line(Content.styled("Type : for the command line, tab completes it.", palette.muted))


class HelpScreen(ModalScreen[None]):
    """Shows the help over the main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", show=False),
        *moving_bindings(),
    ]

    def __init__(
        self, pane: Pane, keymap: Mapping[str, tuple[str, ...]], *, is_ascii: bool = False
    ) -> None:
        super().__init__()
        self._is_ascii = is_ascii
        self._text = TextView(id="help-text")
        self._pane = pane
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """A scrolling box."""
        with Vertical(id="help-box") as box:
            box.border_title = "Keys and commands"
            box.border_subtitle = "esc closes"
            yield self._text

    def on_mount(self) -> None:
        """Write it in the colours of the theme."""
        palette = palette_of(self.app)
        lines = help_lines(self._pane, self._keymap, palette, is_ascii=self._is_ascii)
        if self._is_ascii:
            self._text.draw_with(glyphs=ASCII)
        self._text.show(LineDocument(list(lines)))
        self.set_focus(self._text)

    async def action_dismiss(self, result: None = None) -> None:
        """Close it."""
        self.dismiss(result)

    def action_move(self, where: str) -> None:
        """Move through it."""
        getattr(self._text, f"action_{where}")()
