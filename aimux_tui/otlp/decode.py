"""A batch that was kept, decoded in full: when somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import BadPayloadError, Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.telemetry import Record


def decode_body(signal: Signal, encoding: Encoding, body: bytes) -> Sequence[Record]:
    """The records of a body, in its order. What cannot be decoded is left out. Never raises."""
    try:
        if encoding is Encoding.JSON:
            from aimux_tui.otlp import decode_json

            return _of_signal(decode_json, signal, body)
        from aimux_tui.otlp import decode_protobuf

        return _of_signal(decode_protobuf, signal, body)
    except BadPayloadError:
        return ()


def _of_signal(decoder: object, signal: Signal, body: bytes) -> Sequence[Record]:
    names = {Signal.TRACES: "spans", Signal.LOGS: "logs", Signal.METRICS: "points"}
    found: Sequence[Record] = getattr(decoder, names[signal])(body)
    return found
