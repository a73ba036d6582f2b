"""Telemetry that was received."""

from __future__ import annotations

from aimux_tui.commands.base import Command, Group

TELEMETRY = (
    Command(
        "telemetry.traces",
        "Show received telemetry: traces of any program, metrics, services",
        Group.SHOW,
        "traces",
        keys=("T",),
        label="traces",
    ),
    Command(
        "view.otel",
        "Show what the agent itself reported of what is selected",
        Group.DETAIL,
        "otel",
    ),
)
