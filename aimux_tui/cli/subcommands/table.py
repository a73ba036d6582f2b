"""Every subcommand, in the order of the help."""

from __future__ import annotations

from aimux_tui.cli.subcommands import (
    asking,
    exporting,
    judging,
    reading,
    receiving,
    searching,
    upkeep,
    wiring,
)

SUBCOMMANDS = (
    *reading.SUBCOMMANDS,
    *judging.SUBCOMMANDS,
    *exporting.SUBCOMMANDS,
    *searching.SUBCOMMANDS,
    *asking.SUBCOMMANDS,
    *receiving.SUBCOMMANDS,
    *wiring.SUBCOMMANDS,
    *upkeep.SUBCOMMANDS,
)
