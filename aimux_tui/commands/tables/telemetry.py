"""Telemetry that was received."""

from __future__ import annotations

from aimux_tui.commands.base import Argument, ArgumentKind, Command, Group

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
        "telemetry.forward",
        "Pass received telemetry on to an OTLP endpoint, as it came and each of it once",
        Group.EXPORT,
        "forward",
        arguments=(Argument("ENDPOINT", ArgumentKind.TEXT, is_required=False),),
    ),
    Command(
        "view.otel",
        "Show what the agent itself reported of what is selected",
        Group.DETAIL,
        "otel",
    ),
)
