"""What to do about what was refused, in the words of somebody who set up an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.receiver.status import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ADVICE: Mapping[Refusal, str] = {
    Refusal.GRPC: "somebody sends over gRPC, which is not spoken here: set "
    "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf (Gemini and Qwen: telemetry.otlpProtocol http)",
    Refusal.TLS: "somebody sends with TLS: the endpoint begins with http://, not https://",
    Refusal.BROWSER: "a web page tried to send; pages are not listened to",
    Refusal.PATH: "somebody sends to another path: the endpoint ends with the port, or with "
    "/v1/traces, /v1/logs or /v1/metrics where one is set for each signal",
    Refusal.METHOD: "somebody asked without sending anything",
    Refusal.CONTENT_TYPE: "somebody sends neither protobuf nor JSON",
    Refusal.CONTENT_ENCODING: "somebody compresses with neither gzip nor deflate: set "
    "OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
    Refusal.TOO_LARGE: "requests were too large: let the sender make smaller batches, or set "
    "otel.max_body_mb",
    Refusal.BAD_BODY: "bodies could not be decoded: is what is sent OTLP, for the path it goes to?",
    Refusal.BAD_HTTP: "somebody speaks another protocol than HTTP",
    Refusal.SLOW: "requests did not arrive whole in time",
    Refusal.BUSY: "more came at once than is taken; senders try again by themselves",
    Refusal.NOT_STORED: "the file of telemetry could not be written: is the disk full?",
}


def advice(refused: Mapping[str, int]) -> Sequence[tuple[str, int, str]]:
    """(reason, how often, what to do) of what was refused, the most frequent first."""
    known = {reason.value: reason for reason in Refusal}
    return [
        (name, count, _ADVICE[known[name]])
        for name, count in sorted(refused.items(), key=lambda item: -item[1])
        if name in known
    ]
