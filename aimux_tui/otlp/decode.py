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
        return _decode_json(signal, body) if encoding is Encoding.JSON else _decode(signal, body)
    except BadPayloadError:
        return ()


def _decode(signal: Signal, body: bytes) -> Sequence[Record]:
    from aimux_tui.otlp import decode_protobuf as decoder

    match signal:
        case Signal.TRACES:
            return decoder.spans(body)
        case Signal.LOGS:
            return decoder.logs(body)
        case Signal.METRICS:
            return decoder.points(body)


def _decode_json(signal: Signal, body: bytes) -> Sequence[Record]:
    from aimux_tui.otlp import decode_json as decoder

    match signal:
        case Signal.TRACES:
            return decoder.spans(body)
        case Signal.LOGS:
            return decoder.logs(body)
        case Signal.METRICS:
            return decoder.points(body)
