"""Sessions exported through a real collector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aimux_tui.export.otlp.result import OtlpError
from tests.e2e import peers
from tests.e2e.agents import UnavailableError, cache_folder
from tests.e2e.export_stage import by_id, judged_stage
from tests.e2e.peers import PeerServer
from tests.e2e.tail import wait_until
from tests.export.otlp.server import Server, serving
from tests.export.otlp.stage import Stage

pytestmark = pytest.mark.e2e
SECONDS = 30


@pytest.fixture
def behind() -> Iterator[Server]:
    """What the collector hands on to."""
    with serving(Server()) as server:
        yield server


@pytest.fixture
def collector(behind: Server, tmp_path: Path) -> Iterator[PeerServer]:
    try:
        program = peers.install(peers.ROTEL, cache_folder())
    except UnavailableError as reason:
        pytest.skip(str(reason))
    with peers.rotel_server(program, tmp_path / "rotel", behind.base) as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return judged_stage(tmp_path)


def test_every_span_comes_through_once(stage: Stage, collector: PeerServer, behind: Server):
    sent = by_id(stage.spans())
    result = stage.export(collector.base)
    assert result.spans == len(sent)
    assert result.place == collector.base[7:]
    assert wait_until(lambda: len(behind.taken) >= len(sent), SECONDS)
    for span in behind.taken:
        expected = sent[span.span_id.hex()]
        assert (span.name, span.parent_span_id) == (expected.name, expected.parent_id)
        assert (span.start_time_unix_nano, span.end_time_unix_nano) == (
            expected.start,
            expected.end,
        )
        found = {item.key: item.value for item in span.attributes}
        assert found.keys() == expected.attributes.keys()
        for name, value in expected.attributes.items():
            if isinstance(value, str):
                assert found[name].string_value == value
        assert [event.name for event in span.events] == [event.name for event in expected.events]
    assert stage.export(collector.base).spans == 0
    assert set(behind.copies.values()) == {1}


def test_a_collector_that_is_down_is_retried(stage: Stage, collector: PeerServer, behind: Server):
    collector.kill()
    with pytest.raises(OtlpError) as caught:
        stage.export(collector.base)
    assert caught.value.result.spooled == 2
    collector.start()
    count = stage.retry(collector.base).spans
    assert count == len(stage.spans())
    assert wait_until(lambda: len(behind.taken) == count, SECONDS)
    assert set(behind.copies.values()) == {1}
