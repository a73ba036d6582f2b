"""The line at the bottom: the keys that do something here and now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content
from textual.style import Style

from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.keys import label
from aimux_tui.tui.dispatch import reason_against
from aimux_tui.tui.format.lines import fit, width_of
from aimux_tui.tui.messages import COMMAND, CommandClicked
from aimux_tui.tui.palette import palette_of
from aimux_tui.tui.widgets.kept_line import KeptLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from aimux_tui.commands.base import Pane
    from aimux_tui.tui.palette import Palette

_GAP = "  "
HELP = "app.help"


class FooterKey(Struct, frozen=True):
    """A key and what it does."""

    command_id: str
    key: str
    """As it is shown."""
    label: str


def keys_for_footer(
    nodes: Sequence[object],
    pane: Pane,
    keymap: Mapping[str, tuple[str, ...]],
    *,
    is_ascii: bool = False,
) -> list[FooterKey]:
    """The keys that do something in a pane, as things stand."""
    return [
        FooterKey(
            command.id,
            key_label(keymap[command.id][0], is_ascii=is_ascii),
            command.label or command.name,
        )
        for command in COMMANDS
        if command.in_footer
        and pane in command.panes
        and keymap.get(command.id)
        and not reason_against(nodes, command)
    ]


def key_label(keys: str, *, is_ascii: bool) -> str:
    """The keys as they are shown; by name where arrows cannot be drawn."""
    shown = label(keys)
    return keys if is_ascii and not shown.isascii() else shown


def format_footer(keys: Sequence[FooterKey], palette: Palette, width: int) -> Content:
    """As many of the keys, in their order, as have room; help before all others."""
    helping = [key for key in keys if key.command_id == HELP]
    rest = [key for key in keys if key.command_id != HELP]
    room = width - sum(_width(key) for key in helping)
    parts: list[Content] = []
    for key in rest:
        room -= _width(key)
        if room + len(_GAP) * (not helping) < 0:
            break
        parts.append(_part(key, palette))
    parts += [_part(key, palette) for key in helping]
    return fit(Content(_GAP).join(parts), width)


def _width(key: FooterKey) -> int:
    return width_of(key.key) + 1 + width_of(key.label) + len(_GAP)


def _part(key: FooterKey, palette: Palette) -> Content:
    click = Style.from_meta({COMMAND: key.command_id})
    part = Content.assemble((key.key, palette.accent), " ", (key.label, palette.muted))
    return part.stylize(click)


class FooterLine(KeptLine):
    """Draws the keys it was last given; a click does what the key does."""

    DEFAULT_CSS = """
    FooterLine { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.keys: tuple[FooterKey, ...] = ()

    def show(self, keys: Sequence[FooterKey]) -> None:
        """Show other keys."""
        if tuple(keys) != self.keys:
            self.keys = tuple(keys)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        command_id = event.style.meta.get(COMMAND)
        if command_id:
            self.post_message(CommandClicked(command_id))

    def render(self) -> Content:
        """The line."""
        return format_footer(self.keys, palette_of(self.app), self.content_size.width)
