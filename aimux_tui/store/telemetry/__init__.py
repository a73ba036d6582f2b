"""The telemetry that was received, in SQLite: written by one receiver, read by every aimux."""

from __future__ import annotations
