"""Telemetry that is passed on: as it came, each batch once, later if the endpoint is down."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.config.schema import ExportSettings, OtelSettings, Settings
from aimux_tui.errors import ExportError
from aimux_tui.export.forwarded import Forwarded
from aimux_tui.export.forwarding import Forwarder, forward_target
from aimux_tui.export.otlp.link import Patience
from aimux_tui.export.otlp.target import OtlpTarget, target_of
from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.payload import Encoding
from aimux_tui.store.telemetry.reader import StoredBatch
from tests.export.otlp.server import Reply, Request, Server, serving

FINE = Reply(202)
"""Of a server that does not look at what it takes."""
PATIENCE = Patience(sleep=lambda _seconds: None)


class Source:
    """Batches in memory."""

    def __init__(self) -> None:
        self.kept: list[StoredBatch] = []

    def add(self, signal: Signal, body: bytes, encoding: Encoding = Encoding.PROTOBUF) -> None:
        self.kept.append(StoredBatch(len(self.kept) + 1, 0, signal, encoding, body))

    def version(self) -> int:
        return len(self.kept)

    def batches(self, *, since: int = 0, limit: int = 1000) -> list[StoredBatch]:
        return [batch for batch in self.kept if batch.number > since][:limit]


@pytest.fixture
def source() -> Source:
    made = Source()
    made.add(Signal.TRACES, b"spans")
    made.add(Signal.LOGS, b'{"resourceLogs":[]}', Encoding.JSON)
    made.add(Signal.METRICS, b"points")
    return made


def forward(source: Source, base: str, folder: Path) -> Forwarded:
    """Send once what is new."""
    forwarder = Forwarder(source, target(base), folder, patience=PATIENCE)
    try:
        return forwarder.run()
    finally:
        forwarder.close()


def target(base: str) -> OtlpTarget:
    return target_of(ExportSettings(endpoint=base))


def bodies(server: Server) -> list[tuple[str, bytes]]:
    return [(request.path, request.plain) for request in server.posts]


def test_each_batch_goes_to_its_path_as_it_came(source: Source, tmp_path: Path) -> None:
    with serving(Server(lambda _: FINE)) as server:
        assert forward(source, server.base, tmp_path).batches == 3
        assert bodies(server) == [
            ("/v1/traces", b"spans"),
            ("/v1/logs", b'{"resourceLogs":[]}'),
            ("/v1/metrics", b"points"),
        ]
        types = [request.headers["content-type"] for request in server.posts]
        assert types == ["application/x-protobuf", "application/json", "application/x-protobuf"]
        assert all(request.is_gzip for request in server.posts)


def test_nothing_is_sent_twice(source: Source, tmp_path: Path) -> None:
    with serving(Server(lambda _: FINE)) as server:
        forward(source, server.base, tmp_path)
        source.add(Signal.LOGS, b"more")
        assert forward(source, server.base, tmp_path).batches == 1
        assert bodies(server)[3:] == [("/v1/logs", b"more")]


def test_what_an_endpoint_did_not_take_waits(source: Source, tmp_path: Path) -> None:
    def second_fails(request: Request) -> Reply:
        return Reply(503) if request.path == "/v1/logs" else FINE

    with serving(Server(second_fails)) as server:
        with pytest.raises(ExportError, match="503"):
            forward(source, server.base, tmp_path)
        server.rule = lambda _: FINE
        server.requests.clear()
        assert forward(source, server.base, tmp_path).batches == 2
        assert [path for path, _ in bodies(server)] == ["/v1/logs", "/v1/metrics"]


def test_what_will_never_be_taken_is_passed_over_and_told(source: Source, tmp_path: Path) -> None:
    def refuses_logs(request: Request) -> Reply:
        return Reply(400) if request.path == "/v1/logs" else FINE

    with serving(Server(refuses_logs)) as server:
        done = forward(source, server.base, tmp_path)
        assert (done.batches, done.refused) == (2, 1)
        assert "400" in done.remark


def test_an_endpoint_without_gzip_gets_it_plain(source: Source, tmp_path: Path) -> None:
    def takes_no_gzip(request: Request) -> Reply:
        return Reply(415) if request.is_gzip else FINE

    with serving(Server(takes_no_gzip)) as server:
        assert forward(source, server.base, tmp_path).batches == 3
        assert sum(request.is_gzip for request in server.posts) == 1


def test_credentials_that_are_wrong_lose_nothing(source: Source, tmp_path: Path) -> None:
    with serving(Server(lambda _: Reply(401))) as server:
        with pytest.raises(ExportError, match="401"):
            forward(source, server.base, tmp_path)
        server.rule = lambda _: FINE
        assert forward(source, server.base, tmp_path).batches == 3


def test_each_endpoint_is_remembered_by_itself(source: Source, tmp_path: Path) -> None:
    with serving(Server(lambda _: FINE)) as one, serving(Server(lambda _: FINE)) as other:
        assert forward(source, one.base, tmp_path).batches == 3
        assert forward(source, other.base, tmp_path).batches == 3


def test_a_file_of_telemetry_that_was_begun_anew_is_sent_from_its_start(tmp_path: Path) -> None:
    long, short = Source(), Source()
    for number in range(5):
        long.add(Signal.LOGS, b"%d" % number)
    short.add(Signal.LOGS, b"new")
    with serving(Server(lambda _: FINE)) as server:
        forward(long, server.base, tmp_path)
        assert forward(short, server.base, tmp_path).batches == 1


def test_it_never_forwards_to_itself() -> None:
    settings = Settings(
        otel=OtelSettings(port=4318), export=ExportSettings(endpoint="http://127.0.0.1:4318")
    )
    with pytest.raises(ExportError, match="own receiver"):
        forward_target(settings)
    with pytest.raises(ExportError, match="no endpoint"):
        forward_target(replace(settings, export=ExportSettings()))


def test_the_body_is_not_touched(tmp_path: Path) -> None:
    source = Source()
    body = bytes(range(256)) * 100
    source.add(Signal.TRACES, body)
    with serving(Server(lambda _: FINE)) as server:
        forward(source, server.base, tmp_path)
        assert gzip.decompress(server.posts[0].body) == body
