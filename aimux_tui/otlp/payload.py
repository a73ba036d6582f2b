"""What a request's body is: its encoding, and which signal it carries where nothing says so."""

from __future__ import annotations

from enum import StrEnum

from aimux_tui.model.telemetry import Signal

MAX_RECORDS = 1_000_000
"""More records than this in one request are refused: an empty one takes two bytes in a request
and a hundred in memory."""
_JSON_SIGNALS = (
    (b'"resourceSpans"', Signal.TRACES),
    (b'"resourceLogs"', Signal.LOGS),
    (b'"resourceMetrics"', Signal.METRICS),
)
_HEAD = 256


class Encoding(StrEnum):
    """How a body is written down."""

    PROTOBUF = "protobuf"
    JSON = "json"


class BadPayloadError(ValueError):
    """A body that is no OTLP request; its text says why."""


class TooManyRecordsError(ValueError):
    """A body with more records than are taken at once."""


def sniff_encoding(body: bytes) -> Encoding:
    """The encoding by the first byte that says something. An empty body is empty protobuf."""
    start = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    # A protobuf request begins with its first field, byte 0x0A, which is a newline to JSON.
    return Encoding.JSON if start[:1] == b"{" and _is_json_head(body) else Encoding.PROTOBUF


def _is_json_head(body: bytes) -> bool:
    """Whether what follows the brace can only be JSON."""
    after = body[:_HEAD].partition(b"{")[2].lstrip(b" \t\r\n")
    return after[:1] in {b'"', b"}"}


def sniff_signal(body: bytes, encoding: Encoding) -> Signal:
    """Which signal a body carries, by what is in it. Raises BadPayloadError if nothing tells."""
    if encoding is Encoding.PROTOBUF:
        from aimux_tui.otlp.wire_sniffing import sniff_protobuf_signal

        return sniff_protobuf_signal(body)
    found = [(at, signal) for key, signal in _JSON_SIGNALS if (at := body.find(key)) >= 0]
    if found:
        return min(found)[1]
    if not body or body.strip() == b"{}":
        return Signal.TRACES  # nothing in it: an empty answer is right whatever it was meant to be
    raise BadPayloadError("neither resourceSpans, resourceLogs nor resourceMetrics is in it")
