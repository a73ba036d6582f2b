"""What became of telemetry that was to be passed on."""

from __future__ import annotations

from msgspec import Struct


class Forwarded(Struct, frozen=True):
    """What was done."""

    batches: int = 0
    refused: int = 0
    """Batches that the endpoint will never take."""
    remark: str = ""
    """Why it does not take the first of them."""
