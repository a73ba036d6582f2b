"""Pointing the agents' own telemetry at the receiver."""

from __future__ import annotations
