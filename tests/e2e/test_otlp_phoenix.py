"""Sessions exported to a real Phoenix and read back through its own API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aimux_tui.export.otlp.exporter import export_sessions
from aimux_tui.export.otlp.result import OtlpError
from aimux_tui.export.otlp.target import OtlpTarget
from aimux_tui.export.progress import ExportTracker
from aimux_tui.model.annotation import Label
from tests.e2e import peers
from tests.e2e.agents import UnavailableError, cache_folder
from tests.e2e.export_stage import by_id, judged_stage, killing, read
from tests.e2e.peers import PeerServer
from tests.e2e.tail import wait_until
from tests.export.otlp.stage import HASTE, OTHER, SESSION, Stage

pytestmark = pytest.mark.e2e
SECONDS = 60
"""Phoenix takes spans at once and stores them when it comes to it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeerServer]:
    try:
        program = peers.install(peers.PHOENIX, cache_folder())
    except UnavailableError as reason:
        pytest.skip(str(reason))
    with peers.phoenix_server(program, tmp_path_factory.mktemp("phoenix")) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return judged_stage(tmp_path)


@pytest.fixture(autouse=True)
def _empty(server: PeerServer) -> Iterator[None]:
    """Traces keep their ids, so that each test needs a server without them."""
    yield
    if server.process is None:
        server.start()
    for session in (SESSION, OTHER):
        trace_id = session.replace("-", "")
        httpx.delete(f"{server.base}/v1/traces/{trace_id}", timeout=60, trust_env=False)


def spans(server: PeerServer, project: str) -> dict[str, dict[str, Any]]:
    answer = httpx.get(
        f"{server.base}/v1/projects/{project}/spans",
        params={"limit": 1000}, timeout=60, trust_env=False,
    )  # fmt: skip
    if answer.status_code == 404:
        return {}
    found = answer.json()["data"]
    assert len({span["context"]["span_id"] for span in found}) == len(found)
    return {span["context"]["span_id"]: span for span in found}


def annotations(server: PeerServer, project: str, stage: Stage) -> dict[str, dict[str, Any]]:
    spans = stage.spans(sessions=(f"claude:{SESSION}",))
    ids = [s.span_id.hex() for s in spans if "turn" in s.name or not s.parent_id]
    path = f"/v1/projects/{project}/span_annotations"
    found = read(server, path, span_ids=ids, limit=1000)["data"]
    assert len({item["name"] for item in found}) == len(found)
    return {item["name"]: item for item in found}


def arrived(server: PeerServer, project: str, count: int, labels: int, stage: Stage) -> None:
    assert wait_until(lambda: len(spans(server, project)) == count, SECONDS)
    assert wait_until(lambda: len(annotations(server, project, stage)) == labels, SECONDS)


def test_everything_is_read_back(server: PeerServer, stage: Stage):
    result = stage.export(server.base, project="read-back")
    sent = by_id(stage.spans())
    line = f"2 traces, {len(sent)} spans, 3 assessments → Phoenix project read-back"
    assert result.line == line
    arrived(server, "read-back", len(sent), 3, stage)
    found = spans(server, "read-back")
    assert found.keys() == sent.keys()
    for key, span in found.items():
        expected, attributes = sent[key], span["attributes"]
        assert span["name"] == expected.name
        assert (span["parent_id"] or "") == expected.parent_id.hex()
        assert span["span_kind"] == expected.attributes["openinference.span.kind"]
        for name in ("input.value", "output.value", "llm.token_count.prompt", "llm.cost.total"):
            assert attributes.get(name) == expected.attributes.get(name), (span["name"], name)
        assert (span["status_code"] == "ERROR") == (expected.error is not None)
    sessions = read(server, "/v1/projects/read-back/sessions")["data"]
    assert {session["session_id"] for session in sessions} == {SESSION, OTHER}
    label = annotations(server, "read-back", stage)["aimux.label"]
    assert label["result"] == {
        "label": "good", "score": None, "explanation": "found the off-by-one at once",
    }  # fmt: skip
    assert label["annotator_kind"] == "HUMAN"
    assert sent[label["span_id"]].name == "turn 1"


def test_sending_it_all_again_doubles_nothing(server: PeerServer, stage: Stage):
    count = stage.export(server.base, project="twice").spans
    assert stage.export(server.base, project="twice").spans == 0
    arrived(server, "twice", count, 3, stage)
    before = annotations(server, "twice", stage)
    shutil.rmtree(stage.state)
    assert stage.export(server.base, project="twice").spans == count
    arrived(server, "twice", count, 3, stage)
    after = annotations(server, "twice", stage)
    assert {name: item["id"] for name, item in after.items()} == {
        name: item["id"] for name, item in before.items()
    }


def test_exactly_the_changed_label_changes(server: PeerServer, stage: Stage):
    count = stage.export(server.base, project="label").spans
    arrived(server, "label", count, 3, stage)
    before = annotations(server, "label", stage)
    stage.label(stage.turn_keys()[0], label=Label.WASTE)
    result = stage.export(server.base, project="label")
    assert (result.spans, result.assessments) == (0, 1)

    def changed() -> list[str]:
        after = annotations(server, "label", stage)
        return [name for name in after if after[name]["result"] != before[name]["result"]]

    assert wait_until(lambda: changed() == ["aimux.label"], SECONDS)
    stage.label(stage.turn_keys()[0], label=None, note="")
    assert stage.export(server.base, project="label").assessments == 1
    assert wait_until(
        lambda: annotations(server, "label", stage).keys() == before.keys() - {"aimux.label"},
        SECONDS,
    )


def test_a_session_that_grew_is_replaced(server: PeerServer, stage: Stage):
    count = stage.export(server.base, project="grown").spans
    stage.go_on()
    stage.export(server.base, project="grown")
    arrived(server, "grown", count + 2, 3, stage)
    root = next(s for s in spans(server, "grown").values() if s["name"] == "claude session"
                and s["attributes"]["session.id"] == SESSION)  # fmt: skip
    assert root["attributes"]["output.value"] == "Here it is."


def test_a_server_killed_midway_loses_and_doubles_nothing(
    server: PeerServer, stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aimux_tui.export.otlp.delivery.BATCH_SPANS", 6)
    count = len(stage.spans())
    with pytest.raises(OtlpError) as caught:
        export_sessions(
            stage.selection().materials(ExportTracker()),
            OtlpTarget(base=server.base, project="killed"), stage.state,
            report=killing(server, after=18), patience=HASTE,
        )  # fmt: skip
    assert caught.value.result.spooled >= 1
    server.start()
    stage.retry(server.base, project="killed")
    arrived(server, "killed", count, 3, stage)
