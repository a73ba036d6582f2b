"""Requests with spans: batches under a limit of bytes, compressed where the server takes that."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui import __version__
from aimux_tui.export.otlp.parcel import PackedSpan
from aimux_tui.export.otlp.target import TRACES_PATH
from aimux_tui.export.otlp.troubles import refusal
from aimux_tui.text.units import format_bytes, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aimux_tui.export.otlp.link import Answer, Link
    from aimux_tui.export.otlp.memory import Memory

BATCH_BYTES = 4 << 20
"""Of one request before compression: collectors take 20 MiB, many servers less."""
BATCH_SPANS = 1_000
_ANSWER_LIMIT = 4 << 20
_PLAIN = "no gzip"
"""The trait of an endpoint that takes no compressed requests."""
_TOO_LARGE, _BAD_REQUEST = 413, 400


class Sent(Struct, frozen=True):
    """What became of the spans of one request."""

    settled: tuple[PackedSpan, ...]
    """What need not be sent again."""
    stored: int
    rejected: int = 0
    remark: str = ""


class SpanSender:
    """Posts batches of spans over a link."""

    def __init__(self, link: Link, memory: Memory, headers: Mapping[str, str]) -> None:
        self._link = link
        self._memory = memory
        self._headers = {"content-type": "application/x-protobuf", **headers}
        self._is_plain = memory.has_trait(link.target.base, _PLAIN)

    def send(self, resource: bytes, spans: Sequence[PackedSpan]) -> Iterator[Sent]:
        """Post spans, halved for as long as they are too much for the server.

        Tells of each request as soon as it is answered. Raises SendError.
        """
        answer = self._post(request_bytes(resource, [span.data for span in spans]))
        if _is_too_large(answer, spans):
            if len(spans) == 1:
                size = format_bytes(len(spans[0].data))
                yield Sent((), 0, 1, f"a span of {size} is larger than the server takes")
                return
            middle = len(spans) // 2
            yield from self.send(resource, spans[:middle])
            yield from self.send(resource, spans[middle:])
        elif answer.is_fine:
            yield _taken(answer, spans)
        else:
            raise refusal(self._link.target, answer)

    def _post(self, body: bytes) -> Answer:
        if not self._is_plain:
            packed = gzip.compress(body, 6, mtime=0)
            answer = self._request(packed, {"content-encoding": "gzip"})
            if answer.status not in {_BAD_REQUEST, 415}:
                return answer
        answer = self._request(body, {})
        if answer.is_fine and not self._is_plain:
            self._is_plain = True
            self._memory.add_trait(self._link.target.base, _PLAIN)
        return answer

    def _request(self, body: bytes, headers: dict[str, str]) -> Answer:
        return self._link.request(
            "POST",
            TRACES_PATH,
            content=body,
            headers={**self._headers, **headers},
            limit=_ANSWER_LIMIT,
        )


def request_bytes(resource: bytes, spans: Sequence[bytes]) -> bytes:
    """An ExportTraceServiceRequest out of messages that are bytes already."""
    scope = _field(1, _field(1, b"aimux") + _field(2, __version__.encode()))
    scope_spans = scope + b"".join([_field(2, span) for span in spans])
    return _field(1, _field(1, resource) + _field(2, scope_spans))


def _field(number: int, data: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _is_too_large(answer: Answer, spans: Sequence[PackedSpan]) -> bool:
    """Whether fewer spans may be taken; collectors call what is too large a bad request."""
    is_huge = len(spans) == 1 and len(spans[0].data) > BATCH_BYTES
    return answer.status == _TOO_LARGE or (answer.status == _BAD_REQUEST and is_huge)


def _taken(answer: Answer, spans: Sequence[PackedSpan]) -> Sent:
    """What a server has taken that says that all is well."""
    rejected, message = _partial_success(answer)
    # What was refused must not be sent again, says OTLP: it counts as settled.
    stored = max(len(spans) - rejected, 0)
    if rejected:
        told = f"the server refused {plural(rejected, 'span')}"
        return Sent(tuple(spans), stored, rejected, f"{told}: {message}" if message else told)
    return Sent(tuple(spans), stored, 0, f"the server says: {message}" if message else "")


def _partial_success(answer: Answer) -> tuple[int, str]:
    """(spans refused, message); what cannot be decoded says nothing: some servers answer JSON."""
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceResponse,
    )

    try:
        partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    except DecodeError:
        return 0, ""
    return partial.rejected_spans, " ".join(partial.error_message.split())[:200]
