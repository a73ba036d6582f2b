"""Every subcommand, in the order of the help."""

from __future__ import annotations

from aimux_tui.cli.subcommands import asking, reading, upkeep

SUBCOMMANDS = (*reading.SUBCOMMANDS, *asking.SUBCOMMANDS, *upkeep.SUBCOMMANDS)
