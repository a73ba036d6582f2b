"""How much of what a client may do, so that none of them can take the machine."""

from __future__ import annotations

from msgspec import Struct

MEBIBYTE = 1 << 20


class Limits(Struct, frozen=True):
    """The bounds of the server."""

    body_bytes: int = 64 * MEBIBYTE
    """Of one request, as sent and decompressed."""
    in_flight_bytes: int = 256 * MEBIBYTE
    """Of all bodies that are being received at once; more are asked to come again."""
    connections: int = 1024
    body_seconds: float = 30.0
    """In which a body must have come."""
    idle_seconds: float = 90.0
    """After which a silent connection is closed: longer than the minute between two metrics."""
