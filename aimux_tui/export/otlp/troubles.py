"""What can go wrong on the way to an endpoint, in words that say what to do."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import msgspec

from aimux_tui.errors import ExportError

if TYPE_CHECKING:
    from aimux_tui.export.otlp.link import Answer
    from aimux_tui.export.otlp.target import OtlpTarget

_LONGEST = 200
_HINTS = {
    401: "set the credentials in export.headers, such as Authorization: Bearer …",
    403: "these credentials may not write here: see export.headers and the server's permissions",
    404: "see export.endpoint: it must end where /v1/traces begins",
    405: "see export.endpoint: something else listens there",
    407: "the proxy asks for credentials: see HTTPS_PROXY",
    413: "the server takes no more at once",
    415: "the server does not take OTLP as protobuf",
    422: "the server does not take what was sent: it may want settings of its own",
    429: "the server is asked too much; retry later",
}
_SERVER_HINT = "the server has a problem: see its log"


class SendError(ExportError):
    """A request that failed for good."""

    def __init__(
        self, message: str, hint: str = "", *, may_retry: bool = False, status: int = 0
    ) -> None:
        super().__init__(message, hint)
        self.may_retry = may_retry
        """Whether the same request may succeed in a moment."""
        self.status = status
        """HTTP status; 0 if there was no answer."""


def refusal(target: OtlpTarget, answer: Answer) -> SendError:
    """The error that an answer is not what was hoped for."""
    status = answer.status
    said = explanation(answer)
    told = f": {said}" if said else ""
    if 300 <= status < 400:
        hint = f"set export.endpoint to where it leads: {answer.headers.get('location', '?')[:200]}"
        return SendError(f"{target.base} redirects ({status})", hint, status=status)
    hint = _HINTS.get(status, _SERVER_HINT if status >= 500 else "see the server's log")
    return SendError(f"{target.base} answers {status}{told}", hint, status=status)


def explanation(answer: Answer) -> str:
    """What the server says of the reason, on one line; empty if it says nothing readable."""
    kind = answer.headers.get("content-type", "")
    body = answer.body[:65_536]
    text = ""
    if "protobuf" in kind:
        text = _status_message(body)
    elif "json" in kind:
        text = _json_message(answer)
    elif kind.startswith("text/plain"):
        text = body.decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def transport_trouble(target: OtlpTarget, error: Exception) -> SendError:
    """The error that there was no answer."""
    import httpx

    where = target.base.partition("://")[2]
    tls = _cause(error, ssl.SSLError)
    if tls is not None:
        return _tls_trouble(where, tls)
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            hint = "is the address right, and is nothing between that drops packets?"
            return SendError(f"{where} cannot be reached in time", hint, may_retry=True)
        case httpx.TimeoutException():
            hint = "raise export.timeout if the server is merely slow"
            message = f"{where} took the connection and did not answer in {target.timeout:g} s"
            return SendError(message, hint)
        case httpx.ConnectError():
            return SendError(f"{where}: {_reason(error)}", "is the server running?", may_retry=True)
        case httpx.ProtocolError() | httpx.DecodingError():
            hint = "something else listens there, or it speaks TLS: then write https://"
            if target.base.startswith("https:"):
                hint = "something else than an OTLP server listens there"
            return SendError(f"{where} answers with what is not HTTP", hint, may_retry=True)
        case httpx.ProxyError():
            hint = "see HTTPS_PROXY, and NO_PROXY for hosts that need none"
            return SendError(f"the proxy on the way to {where} fails: {error}", hint)
        case httpx.NetworkError():
            hint = "the connection broke; is the server still running?"
            return SendError(f"{where}: {_reason(error)}", hint, may_retry=True)
    return SendError(f"{where}: {error}", "see export.endpoint and export.headers")


def _tls_trouble(where: str, error: BaseException) -> SendError:
    text = str(error)
    if "WRONG_VERSION_NUMBER" in text or "RECORD_LAYER_FAILURE" in text:
        hint = "it speaks no TLS: write http:// before it, or set export.insecure"
    elif "self-signed" in text or "unable to get local issuer" in text:
        hint = "name the file with its certificate in export.certificate"
    else:
        hint = "is the name in export.endpoint the one in its certificate, and is that still valid?"
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or text
    return SendError(f"TLS with {where} fails: {reason}", hint)


def _reason(error: BaseException) -> str:
    """What the system says, without its numbers."""
    system = _cause(error, OSError)
    text = getattr(system, "strerror", None) or str(error) or type(error).__name__
    return str(text).partition("] ")[2] or str(text)


def _cause(error: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None


def _json_message(answer: Answer) -> str:
    value = answer.json()
    if isinstance(value, dict):
        for name in ("message", "error", "detail", "error_code"):
            found = value.get(name)
            if isinstance(found, str) and found:
                return found
            if found:
                return msgspec.json.encode(found).decode()
    return ""


def _status_message(body: bytes) -> str:
    """`message` (field 2) of a google.rpc.Status, without a library for one field."""
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.trace.v1.trace_pb2 import Status

    # OpenTelemetry's own Status has its message in field 2 as well.
    try:
        return Status.FromString(body).message
    except DecodeError:
        return ""
