"""What a client is answered: responses and google.rpc.Status bodies, in the request's encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import Encoding

if TYPE_CHECKING:
    from aimux_tui.otlp.batch import Batch

CONTENT_TYPES = {
    Encoding.PROTOBUF: "application/x-protobuf",
    Encoding.JSON: "application/json",
}
_REJECTED = {
    Signal.TRACES: "rejectedSpans",
    Signal.LOGS: "rejectedLogRecords",
    Signal.METRICS: "rejectedDataPoints",
}
_LONGEST = 500
# google.rpc.Code of the HTTP statuses that are used.
_CODES = {400: 3, 403: 7, 404: 5, 405: 12, 408: 4, 413: 8, 415: 3, 429: 8, 503: 14}
_UNKNOWN = 2


def success(batch: Batch, encoding: Encoding) -> bytes:
    """The body of a 200: empty, or what of the request was not accepted and why."""
    if not batch.rejected:
        return b"{}" if encoding is Encoding.JSON else b""
    message = batch.problem[:_LONGEST]
    if encoding is Encoding.JSON:
        # 64-bit numbers are texts in protobuf's JSON.
        rejected = {_REJECTED[batch.signal]: str(batch.rejected), "errorMessage": message}
        return msgspec.json.encode({"partialSuccess": rejected})
    return _field(1, _varint_field(1, batch.rejected) + _field(2, message.encode()))


def failure(http_status: int, message: str, encoding: Encoding) -> bytes:
    """A google.rpc.Status."""
    # A header that is no UTF-8 comes as a text that cannot be encoded.
    text = message[:_LONGEST].encode("utf-8", errors="replace")
    code = _CODES.get(http_status, _UNKNOWN)
    if encoding is Encoding.JSON:
        return msgspec.json.encode({"code": code, "message": text.decode()})
    return _varint_field(1, code) + _field(2, text)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint_field(number: int, value: int) -> bytes:
    return bytes([number << 3]) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
