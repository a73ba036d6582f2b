"""The table of every command. A new one is a row in `tables` and a method that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.commands.tables.app import APP
from aimux_tui.commands.tables.copying import COPY
from aimux_tui.commands.tables.costs import COSTS
from aimux_tui.commands.tables.detail import DETAIL
from aimux_tui.commands.tables.exporting import EXPORT
from aimux_tui.commands.tables.labels import LABELS
from aimux_tui.commands.tables.moving import MOVE
from aimux_tui.commands.tables.searching import SEARCH
from aimux_tui.commands.tables.sessions import SESSIONS
from aimux_tui.commands.tables.showing import SHOW
from aimux_tui.commands.tables.telemetry import TELEMETRY
from aimux_tui.commands.tables.turns import TURNS

if TYPE_CHECKING:
    from aimux_tui.commands.base import Command

COMMANDS: tuple[Command, ...] = (
    *MOVE,
    *TURNS,
    *LABELS,
    *SESSIONS,
    *SEARCH,
    *DETAIL,
    *COPY,
    *EXPORT,
    *SHOW,
    *COSTS,
    *TELEMETRY,
    *APP,
)
"""In the order of help, footer and palette."""
