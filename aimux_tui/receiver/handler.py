"""Answers one OTLP/HTTP request, as the specification has it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct

from aimux_tui import __version__
from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.index import index_body
from aimux_tui.otlp.payload import (
    BadPayloadError,
    Encoding,
    TooManyRecordsError,
    sniff_encoding,
    sniff_signal,
)
from aimux_tui.receiver.answers import CONTENT_TYPES, failure, success
from aimux_tui.receiver.inflate import ENCODINGS, BadCompressionError, TooLargeError, inflate
from aimux_tui.receiver.intake import Intake, NotStoredError
from aimux_tui.receiver.status import Refusal

if TYPE_CHECKING:
    from aimux_tui.otlp.batch import Batch
    from aimux_tui.receiver.counters import Counters
    from aimux_tui.receiver.limits import Limits

SERVER = f"aimux/{__version__}"
_ANYWHERE = ""
"""The path `/`: which signal comes there, its content must tell."""
_SIGNALS: dict[str, Signal | None] = {
    _ANYWHERE: None,
    "v1/traces": Signal.TRACES,
    "v1/logs": Signal.LOGS,
    "v1/metrics": Signal.METRICS,
}
_RETRY_SECONDS = "1"
_QUESTIONS = frozenset({"GET", "HEAD"})
"""Asked at `/`, nothing was meant to be sent: somebody wants to know who listens."""


class RefusedError(Exception):
    """A request that is not taken."""

    def __init__(self, status: int, reason: Refusal, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message


class _Wanted(Struct, frozen=True):
    """What the head of a request says of its body."""

    signal: Signal | None
    encoding: Encoding | None
    compression: str


class OtlpHandler:
    """Takes requests: from their head to the batch on disk."""

    def __init__(
        self, intake: Intake, counters: Counters, limits: Limits, *, folds: bool = True
    ) -> None:
        self._intake = intake
        self._counters = counters
        self._limits = limits
        self._folds = folds
        self._in_flight = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""
        answer = _encoding_of(request) or Encoding.JSON
        try:
            wanted = _read_head(request, self._limits.body_bytes)
            batch, encoding = await self._take(request, wanted)
        except RefusedError as refused:
            is_question = request.method in _QUESTIONS and request.path == "/"
            return self._refuse(refused, answer, is_question=is_question)
        return _response(200, success(batch, encoding), encoding)

    async def _take(
        self, request: web.BaseRequest, wanted: _Wanted
    ) -> tuple[Batch, Encoding]:  # fmt: skip
        wire = await self._read_body(request)
        try:
            body = inflate(wire, wanted.compression, self._limits.body_bytes)
            encoding = wanted.encoding or sniff_encoding(body)
            signal = wanted.signal or sniff_signal(body, encoding)
            batch = index_body(signal, encoding, body, folds=self._folds)
        except (BadPayloadError, BadCompressionError) as error:
            raise RefusedError(400, Refusal.BAD_BODY, str(error)) from None
        except TooLargeError:
            raise self._too_large() from None
        except TooManyRecordsError as error:
            raise RefusedError(413, Refusal.TOO_LARGE, str(error)) from None
        try:
            await self._intake.keep(batch)
        except NotStoredError as error:
            raise RefusedError(503, Refusal.NOT_STORED, str(error)) from None
        self._counters.count(batch, len(wire))
        return batch, encoding

    async def _read_body(self, request: web.BaseRequest) -> bytes:
        """The body as it came over the wire."""
        limits, content = self._limits, request.content
        if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(limits.body_seconds):
                while chunk := await content.readany():
                    chunks.append(chunk)
                    size += len(chunk)
                    self._in_flight += len(chunk)
                    if size > limits.body_bytes:
                        raise self._too_large()
                    if self._in_flight > limits.in_flight_bytes:
                        raise RefusedError(429, Refusal.BUSY, "too much is coming in at once")
        except TimeoutError:
            seconds = f"{limits.body_seconds:g} seconds"
            raise RefusedError(408, Refusal.SLOW, f"no whole body within {seconds}") from None
        except (HttpProcessingError, web.RequestPayloadError) as error:
            raise RefusedError(400, Refusal.BAD_HTTP, f"a broken body: {error}") from None
        finally:
            self._in_flight -= size
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self) -> RefusedError:
        allowed = f"{self._limits.body_bytes:,} bytes"
        return RefusedError(413, Refusal.TOO_LARGE, f"the body has more than {allowed}")

    def _refuse(
        self, refused: RefusedError, encoding: Encoding, *, is_question: bool
    ) -> web.Response:
        if not is_question:
            self._counters.refuse(refused.reason)
        body = failure(refused.status, refused.message, encoding)
        response = _response(refused.status, body, encoding)
        match refused.status:
            case 405:
                response.headers["Allow"] = "POST"
            case 429 | 503:
                response.headers["Retry-After"] = _RETRY_SECONDS
            case 408 | 413:
                response.force_close()
        return response


def _read_head(request: web.BaseRequest, body_limit: int) -> _Wanted:
    """What is sent, if it may be. Raises RefusedError."""
    path = "/".join(part for part in request.path.split("/") if part)
    if path not in _SIGNALS:
        raise RefusedError(404, Refusal.PATH, "OTLP goes to /v1/traces, /v1/logs and /v1/metrics")
    if request.method != "POST":
        raise RefusedError(405, Refusal.METHOD, "OTLP is sent with POST")
    if "Origin" in request.headers:
        # Any web page could otherwise write here: nothing but the browser's word protects a port.
        raise RefusedError(403, Refusal.BROWSER, "requests from web pages are not taken")
    signal, encoding = _SIGNALS[path], _encoding_of(request)
    named = request.headers.get("Content-Type", "").strip()
    if named and encoding is None and signal is not None:
        types = " or ".join(CONTENT_TYPES.values())
        raise RefusedError(415, Refusal.CONTENT_TYPE, f"{named[:80]} is not {types}")
    compression = request.headers.get("Content-Encoding", "").strip().lower()
    if compression not in ENCODINGS:
        message = f"{compression[:80]} is neither gzip nor deflate"
        raise RefusedError(415, Refusal.CONTENT_ENCODING, message)
    if (request.content_length or 0) > body_limit:
        message = f"the body has more than {body_limit:,} bytes"
        raise RefusedError(413, Refusal.TOO_LARGE, message)
    return _Wanted(signal, encoding, compression)


def _encoding_of(request: web.BaseRequest) -> Encoding | None:
    """By the content type, whatever parameters it has; None if it names neither."""
    named = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    match named:
        case "application/x-protobuf" | "application/protobuf":
            return Encoding.PROTOBUF
        case "application/json":
            return Encoding.JSON
    return None


def _response(status: int, body: bytes, encoding: Encoding) -> web.Response:
    headers = {"Content-Type": CONTENT_TYPES[encoding], "Server": SERVER}
    return web.Response(status=status, body=body, headers=headers)
