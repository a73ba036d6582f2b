"""What was spent, and why."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group

COSTS = (
    Command(
        "costs.open",
        "Show what was spent, by day, project, model, session and so on",
        Group.SHOW,
        "costs",
        keys=("c",),
        label="costs",
    ),
    Command(
        "costs.why",
        "Show how the cost of this session comes about: every token by its price",
        Group.SHOW,
        "why",
        keys=("=",),
        label="why",
    ),
)
