"""Every subcommand, in the order of the help."""

from __future__ import annotations

from aimux_tui.cli.subcommands import asking, judging, reading, upkeep

SUBCOMMANDS = (
    *reading.SUBCOMMANDS,
    *judging.SUBCOMMANDS,
    *asking.SUBCOMMANDS,
    *upkeep.SUBCOMMANDS,
)
