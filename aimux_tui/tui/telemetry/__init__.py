"""What is seen of received telemetry: the receiver's state, traces, metrics, and what they add."""

from __future__ import annotations
