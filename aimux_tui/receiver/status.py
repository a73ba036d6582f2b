"""How the receiver is doing, as a value that a screen can show. Imports nothing of a server."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class ReceiverState(StrEnum):
    """Whether telemetry comes in."""

    OFF = "off"
    STARTING = "starting"
    LISTENING = "listening"
    ELSEWHERE = "elsewhere"
    """Another aimux has the port and receives; what it gets is seen here too."""
    FAILED = "failed"
    """It cannot listen; `problem` and `hint` say why and what to do. It is tried again."""


class Refusal(StrEnum):
    """Why something that was sent was not taken."""

    GRPC = "gRPC"
    """Somebody speaks OTLP over gRPC to this port."""
    TLS = "TLS"
    """Somebody speaks https to this port."""
    BROWSER = "browser"
    PATH = "unknown path"
    METHOD = "no POST"
    CONTENT_TYPE = "content type"
    CONTENT_ENCODING = "content encoding"
    TOO_LARGE = "too large"
    BAD_BODY = "undecodable body"
    BAD_HTTP = "no HTTP"
    SLOW = "too slow"
    BUSY = "busy"
    NOT_STORED = "could not be stored"


class ReceiverStatus(Struct, frozen=True):
    """A snapshot. Counts are since the start; times nanoseconds since 1970."""

    state: ReceiverState = ReceiverState.OFF
    host: str = ""
    port: int = 0
    problem: str = ""
    """What is wrong, in words; "" if all is well."""
    hint: str = ""
    """What can be done about it."""
    notice: str = ""
    """What happened to the file of telemetry, if it had to be replaced."""
    started_ns: int = 0
    last_ns: int = 0
    """When something came last; 0: never."""
    version: int = 0
    """The newest batch's number, as in `Telemetry.version`."""
    requests: int = 0
    spans: int = 0
    logs: int = 0
    points: int = 0
    received_bytes: int = 0
    """Of bodies, as they came over the wire."""
    rejected: int = 0
    """Records that could not be used."""
    folded: int = 0
    """Records that were counted but not kept."""
    connections: int = 0
    """Open now."""
    rate: float = 0.0
    """Records a second, over the last five seconds."""
    services: Mapping[str, int] = field(default_factory=dict)
    """Service → records."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """`Refusal` → how often."""

    @property
    def records(self) -> int:
        """Spans, log records and metric points."""
        return self.spans + self.logs + self.points

    @property
    def url(self) -> str:
        """Where agents have to send to; "" if nobody listens."""
        if self.state not in {ReceiverState.LISTENING, ReceiverState.ELSEWHERE}:
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
