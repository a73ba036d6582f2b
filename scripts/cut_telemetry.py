"""Cut recorded OTLP requests of real agents down to the payloads that the tests use.

    python -m scripts.cut_telemetry RECORDED tests/receiver/payloads

RECORDED holds `<agent>/<signal>.<pb|json>` bodies as they were received, any number of each kind
(`traces-1.json`, `traces-2.json`). Kept are the first records of each name, in the dialect they
came in; long texts (prompts, tool descriptions of the vendors) and local paths are cut.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from aimux_tui.model.telemetry import Signal, Span
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.folding import span_rule
from aimux_tui.otlp.payload import Encoding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

LONGEST = 72
EACH = 1
"""So many records of each name are kept, beside the spans that aimux keeps of a flood."""
MOST = 24
"""So many of each kind in one body."""
REQUESTS: dict[str, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
PLACES = {
    "traces": ("resourceSpans", "scopeSpans", "spans"),
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
}
LOCAL_PATH = re.compile(r"/(?:tmp|root|home|work|usr)/[^\s\"',;:)\\]*")
SECRETS = re.compile(r"^[0-9a-f]{40,}$")


def cut_text(text: str) -> str:
    """A text without what is local, long or a person's."""
    text = LOCAL_PATH.sub("/repo/file", text)
    if SECRETS.match(text):
        return "0" * 16
    return text if len(text) <= LONGEST else text[:24] + "…"


class Names:
    """Counts how often each name was kept."""

    def __init__(self, wanted: set[str]) -> None:
        self._seen: Counter[str] = Counter()
        self._left = MOST
        self._wanted = wanted

    def begin(self) -> None:
        """Another body begins."""
        self._left = MOST

    def take(self, name: str, span_id: str) -> bool:
        """Whether one more of this name is wanted."""
        if span_id in self._wanted:
            return True
        self._seen[name] += 1
        if self._seen[name] > EACH or not self._left:
            return False
        self._left -= 1
        return True


def spans_of_floods(bodies: Iterable[Path]) -> set[str]:
    """The ids of the spans that are kept of a flood, and of all spans above them."""
    parents: dict[str, str] = {}
    kept: list[str] = []
    for path in bodies:
        encoding = Encoding.JSON if path.suffix == ".json" else Encoding.PROTOBUF
        for span in decode_body(Signal.TRACES, encoding, path.read_bytes()):
            assert isinstance(span, Span)
            parents[span.span_id] = span.parent_id
            rule = span_rule(span.resource.service)
            if rule is not None and rule.keeps(span.name, span.attributes):
                kept.append(span.span_id)
    wanted: set[str] = set()
    for span_id in kept:
        above = span_id
        while above and above not in wanted:
            wanted.add(above)
            above = parents.get(above, "")
    return wanted


def cut_json(signal: str, body: bytes, names: Names) -> bytes:
    """A JSON request, cut; as spread out over lines as it came."""
    document = json.loads(body)
    of_resources, of_scopes, of_records = PLACES[signal]
    for resource in document[of_resources]:
        for scope in resource[of_scopes]:
            scope[of_records] = [
                record
                for record in scope[of_records]
                if names.take(json_name(record), record.get("spanId") or "")
            ]
            if signal == "metrics":
                cut_points(scope[of_records])
        resource[of_scopes] = [scope for scope in resource[of_scopes] if scope[of_records]]
    document[of_resources] = [each for each in document[of_resources] if each[of_scopes]]
    is_spread = body.lstrip().startswith(b"{\n")
    text = json.dumps(cut_value(document), ensure_ascii=False, indent=1 if is_spread else None)
    return text.encode()


def cut_points(metrics: list[Any]) -> None:
    """Leave the first points of each metric."""
    for metric in metrics:
        for data in metric.values():
            if isinstance(data, dict) and "dataPoints" in data:
                data["dataPoints"] = data["dataPoints"][:EACH]


def json_name(record: dict[str, Any]) -> str:
    """What a JSON record is called, so that one of each is kept."""
    values = {each["key"]: each.get("value") for each in record.get("attributes") or []}
    kind = values.get("event.kind") or {}
    has_tokens = "input_token_count" in values
    return f"{record.get('name')} {values.get('event.name')} {kind} {has_tokens}"


def cut_value(value: Any) -> Any:
    """A JSON value with every text in it cut."""
    match value:
        case str():
            return cut_text(value)
        case list():
            return [cut_value(item) for item in value[:40]]
        case dict():
            return {key: cut_value(item) for key, item in value.items()}
    return value


def cut_protobuf(signal: str, body: bytes, names: Names) -> bytes:
    """A protobuf request, cut."""
    request: Any = REQUESTS[signal].FromString(body)
    _, of_scopes, of_records = (snake(name) for name in PLACES[signal])
    for resource in getattr(request, snake(PLACES[signal][0])):
        for scope in getattr(resource, of_scopes):
            records = getattr(scope, of_records)
            kept = [
                record
                for record in records
                if names.take(protobuf_name(record), getattr(record, "span_id", b"").hex())
            ]
            del records[:]
            records.extend(kept)
            for record in records:
                if signal == "metrics" and (kind := record.WhichOneof("data")):
                    del getattr(record, kind).data_points[EACH:]
    cut_message(request)
    return request.SerializeToString()


def protobuf_name(record: Any) -> str:
    """What a protobuf record is called."""
    values = {each.key: each.value.string_value for each in getattr(record, "attributes", [])}
    name, kind = values.get("event.name"), values.get("event.kind")
    return f"{getattr(record, 'name', '')} {name} {kind} {'input_token_count' in values}"


def cut_message(message: Any) -> None:
    """Cut every text of a message, in place."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING and not field.is_repeated:
            setattr(message, field.name, cut_text(value))
        elif field.type == field.TYPE_MESSAGE:
            for each in value if field.is_repeated else [value]:
                cut_message(each)


def snake(name: str) -> str:
    """The protobuf name of a JSON field."""
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def cut_agent(recorded: Path, target: Path) -> Iterable[Path]:
    """Cut all requests of one agent; the files that were written."""
    wanted = spans_of_floods(sorted(recorded.glob("traces*")))
    names = {signal: Names(wanted if signal == "traces" else set()) for signal in PLACES}
    for path in sorted(recorded.iterdir()):
        signal = path.stem.partition("-")[0]
        known = names[signal]
        known.begin()
        cut = cut_json if path.suffix == ".json" else cut_protobuf
        body = cut(signal, path.read_bytes(), known)
        if len(body) > 100:
            (target / recorded.name).mkdir(parents=True, exist_ok=True)
            out = target / recorded.name / path.name
            out.write_bytes(body)
            yield out


def main() -> None:
    """Cut what was recorded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recorded", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    for agent in sorted(options.recorded.iterdir()):
        for path in cut_agent(agent, options.target):
            print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
