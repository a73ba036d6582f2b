"""A real OpenTelemetry SDK and a real collector send to the receiver."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimux_tui.config.schema import OtelSettings
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from tests.e2e.agents import UnavailableError, cache_folder
from tests.e2e.peers import ROTEL, Peer, install, rotel_server
from tests.receiver.clients import TRACE, ask, free_port, recorded, traces_request, wait_until

pytestmark = pytest.mark.e2e

SDK = Peer("opentelemetry-exporter-otlp-proto-http", "1.45.2", "bin/python")
# Three spans in a tree, two metrics and a log record, all flushed when it ends.
PROGRAM = """
import logging
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

resource = Resource({"service.name": "shop"})
spans = TracerProvider(resource=resource)
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
reader = PeriodicExportingMetricReader(OTLPMetricExporter())
meters = MeterProvider(resource=resource, metric_readers=[reader])
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
logging.getLogger().addHandler(LoggingHandler(logger_provider=logs))

tracer = spans.get_tracer("shop.checkout", "1.2")
with tracer.start_as_current_span("checkout", attributes={"session.id": "s-1"}) as root:
    with tracer.start_as_current_span("pay", kind=trace.SpanKind.CLIENT) as pay:
        pay.add_event("retried", {"attempt": 2})
        logging.getLogger("till").warning("the card was %s", "slow")
    with tracer.start_as_current_span("ship") as ship:
        ship.set_status(trace.StatusCode.ERROR, "no stamps")
meter = meters.get_meter("shop")
meter.create_counter("orders", unit="1").add(3, {"kind": "book"})
meter.create_histogram("wait", unit="ms").record(12.5)
for provider in (spans, meters, logs):
    provider.shutdown()
"""


@pytest.fixture
def telemetry(tmp_path: Path) -> Iterator[Telemetry]:
    """What was received."""
    reader = Telemetry(tmp_path / "telemetry.db")
    yield reader
    reader.close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[ReceiverThread]:
    """A receiver at work."""
    receiver = ReceiverThread(OtelSettings(port=free_port()), tmp_path / "telemetry.db")
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    yield receiver
    receiver.stop()


def program_of(peer: Peer) -> Path:
    try:
        return install(peer, cache_folder())
    except UnavailableError as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("compression", ["none", "gzip", "deflate"])
def test_the_opentelemetry_sdk(
    receiver: ReceiverThread, telemetry: Telemetry, compression: str
) -> None:
    done = subprocess.run(
        [str(program_of(SDK)), "-W", "ignore", "-c", PROGRAM],
        env={
            "PATH": os.environ["PATH"],
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.status.url,
            "OTEL_EXPORTER_OTLP_COMPRESSION": compression,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    wait_until(lambda: receiver.status.records >= 6)
    assert (receiver.status.rejected, receiver.status.refused) == (0, {})
    (summary,) = telemetry.traces(service="shop")
    tree = telemetry.trace(summary.trace_id)
    assert [span.name for span in tree.spans] == ["checkout", "pay", "ship"]
    assert tree.depths == (0, 1, 1)
    checkout, pay, ship = tree.spans
    assert (pay.kind, pay.scope.name, pay.scope.version) == ("client", "shop.checkout", "1.2")
    assert [(event.name, event.attributes) for event in pay.events] == [("retried", {"attempt": 2})]
    assert (ship.status, ship.status_message) == ("error", "no stamps")
    assert summary.errors == 1
    (log,) = tree.logs
    assert (log.body, log.severity, log.span_id) == ("the card was slow", "WARN", pay.span_id)
    session = telemetry.session("s-1")
    session.refresh()
    assert {span.name for span in session.spans} == {"checkout", "pay", "ship"}
    series = {one.name: one for one in telemetry.metrics(service="shop")}
    assert (series["orders"].total, series["orders"].attributes) == (3, {"kind": "book"})
    assert (series["wait"].total, series["wait"].count) == (12.5, 1)
    assert checkout.keys.session == "s-1"


def test_a_collector_passes_everything_on(
    receiver: ReceiverThread, telemetry: Telemetry, tmp_path: Path
) -> None:
    """Rotel takes what an agent sent, and sends it on to the receiver."""
    with rotel_server(program_of(ROTEL), tmp_path / "rotel", receiver.status.url) as collector:
        port = int(collector.base.rpartition(":")[2])
        for one in recorded("claude-protobuf"):
            assert ask(port, f"/v1/{one.signal}", one.body).status == 200
        assert ask(port, body=traces_request(7)).status == 200
        wait_until(lambda: telemetry.trace(TRACE.hex()).spans, seconds=30)
        wait_until(lambda: {"spans", "logs", "points"} <= kinds_of(telemetry), seconds=30)
    assert len(telemetry.trace(TRACE.hex()).spans) == 7
    assert receiver.status.refused == {}


def kinds_of(telemetry: Telemetry) -> set[str]:
    """What came from Claude."""
    for service in telemetry.services():
        if service.name == "claude-code":
            return {kind for kind in ("spans", "logs", "points") if getattr(service, kind)}
    return set()
