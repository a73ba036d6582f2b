"""Sessions exported to a real MLflow and read back through its own API."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.config.schema import TracePer
from aimux_tui.export.otlp.exporter import export_sessions
from aimux_tui.export.otlp.result import OtlpError
from aimux_tui.export.otlp.spans import TraceFacts
from aimux_tui.export.otlp.target import OtlpTarget
from aimux_tui.export.progress import ExportTracker
from aimux_tui.model.annotation import Label
from tests.e2e import peers
from tests.e2e.agents import UnavailableError, cache_folder
from tests.e2e.export_stage import by_id, judged_stage, killing, read, write
from tests.e2e.peers import PeerServer
from tests.export.otlp.stage import AUTHOR, HASTE, OTHER, PER_TURN, SESSION, Stage

pytestmark = pytest.mark.e2e
USAGE = ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "llm.cost.total")
TRACES = "/api/3.0/mlflow/traces"
TRACE = f"tr-{SESSION.replace('-', '')}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeerServer]:
    try:
        program = peers.install(peers.MLFLOW, cache_folder())
    except UnavailableError as reason:
        pytest.skip(str(reason))
    with peers.mlflow_server(program, tmp_path_factory.mktemp("mlflow")) as running:
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
    found = read(server, "/api/2.0/mlflow/experiments/search", max_results=100)
    for experiment in found["experiments"]:
        key = experiment["experiment_id"]
        ids = [info["trace_id"] for info in traces(server, key)]
        if ids:
            body = {"experiment_id": key, "request_ids": ids}
            write(server, f"{TRACES}/delete-traces", body)


def traces(server: PeerServer, experiment: str) -> list[dict[str, Any]]:
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
    body = {"locations": [location], "max_results": 100}
    found: list[dict[str, Any]] = write(server, f"{TRACES}/search", body).get("traces", [])
    return found


def trace(server: PeerServer, trace_id: str = TRACE) -> dict[str, Any]:
    (found,) = read(server, f"{TRACES}/batchGet", trace_ids=trace_id)["traces"]
    return {**found, "spans": sorted(found["spans"], key=span_id)}


def assessments(server: PeerServer, trace_id: str = TRACE) -> dict[str, dict[str, Any]]:
    info = read(server, f"{TRACES}/{trace_id}")["trace"]["trace_info"]
    return {item["assessment_name"]: item for item in info.get("assessments", [])}


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    return {item["key"]: decoded(item["value"]) for item in span["attributes"]}


def decoded(value: dict[str, Any]) -> Any:
    """A value of OTLP in JSON; MLflow takes JSON texts apart."""
    ((kind, inner),) = value.items()
    match kind:
        case "array_value":
            return [decoded(item) for item in inner.get("values", [])]
        case "kvlist_value":
            return {item["key"]: decoded(item["value"]) for item in inner.get("values", [])}
        case "int_value":
            return int(inner)
        case "string_value":
            return parsed(inner)
    return inner


def parsed(text: Any) -> Any:
    """JSON as what it stands for; anything else as it is."""
    with suppress(ValueError, TypeError):
        return json.loads(text)
    return text


def experiment_of(place: str) -> str:
    return place.rpartition(" ")[2]


def test_everything_is_read_back(server: PeerServer, stage: Stage):
    result = stage.export(server.base, experiment="read back")
    sent = by_id(stage.spans())
    assert (result.traces, result.spans, result.assessments) == (2, len(sent), 3)
    assert result.line == f"2 traces, {len(sent)} spans, 3 assessments → {result.place}"
    infos = traces(server, experiment_of(result.place))
    assert {info["trace_metadata"]["mlflow.trace.session"] for info in infos} == {SESSION, OTHER}

    info, facts = trace(server)["trace_info"], facts_of(stage)[SESSION]
    assert info["tags"]["mlflow.traceName"] == "claude zoo"
    assert info["tags"]["aimux.agent"] == "claude"
    assert "Fix the failing test in parser.py" in info["request_preview"]
    assert "Done?" in info["response_preview"]
    tokens = json.loads(info["trace_metadata"]["mlflow.trace.tokenUsage"])
    assert (tokens["input_tokens"], tokens["output_tokens"]) == (
        facts.input_tokens,
        facts.output_tokens,
    )
    cost = json.loads(info["trace_metadata"]["mlflow.trace.cost"])["total_cost"]
    assert cost == pytest.approx(facts.usd)

    spans = trace(server)["spans"]
    assert len(spans) == len(stage.spans(sessions=(f"claude:{SESSION}",)))
    for span in spans:
        expected = sent[span_id(span)]
        found = attributes(span)
        assert span["name"] == expected.name
        assert int(span["start_time_unix_nano"]) == expected.start
        for name in ("input.value", "output.value", "aimux.turn.key", *USAGE):
            if name in expected.attributes:
                assert found[name] == parsed(expected.attributes[name]), (span["name"], name)


def facts_of(stage: Stage) -> dict[str, TraceFacts]:
    return {facts.session_id: facts for facts in stage.facts()}


def span_id(span: dict[str, Any]) -> str:
    value = span["span_id"]
    return value if len(value) == 16 else base64.b64decode(value).hex()


def test_labels_and_notes_are_assessments(server: PeerServer, stage: Stage):
    stage.export(server.base)
    found = assessments(server)
    label, verdict, tags = (found[f"aimux.{name}"] for name in ("label", "verdict", "tags"))
    spans = stage.spans(sessions=(f"claude:{SESSION}",))
    turn = next(span for span in spans if span.name == "turn 1")
    assert label["feedback"]["value"] == "good"
    assert label["rationale"] == "found the off-by-one at once"
    assert label["source"] == {"source_type": "HUMAN", "source_id": AUTHOR}
    assert label["span_id"] == turn.span_id.hex()
    assert (verdict["feedback"]["value"], verdict["rationale"]) == ("achieved", "well done")
    assert tags["feedback"]["value"] == "slow, chatty"


@pytest.mark.parametrize("per", TracePer)
def test_sending_it_all_again_doubles_nothing(server: PeerServer, stage: Stage, per: TracePer):
    name = f"twice {per}"
    first = stage.export(server.base, experiment=name, trace_per=per)
    assert stage.export(server.base, experiment=name, trace_per=per).spans == 0
    before = [trace(server, info["trace_id"]) for info in sorted_traces(server, first.place)]
    assert len(before) == first.traces
    # Without its memory everything goes over the wire once more.
    shutil.rmtree(stage.state)
    assert stage.export(server.base, experiment=name, trace_per=per).spans == first.spans
    after = [trace(server, info["trace_id"]) for info in sorted_traces(server, first.place)]
    assert after == before


def sorted_traces(server: PeerServer, place: str) -> list[dict[str, Any]]:
    return sorted(traces(server, experiment_of(place)), key=lambda info: info["trace_id"])


def test_exactly_the_changed_label_changes(server: PeerServer, stage: Stage):
    stage.export(server.base)
    foreign = {
        "assessment_name": "relevance", "feedback": {"value": 0.5},
        "source": {"source_type": "LLM_JUDGE", "source_id": "judge"},
    }  # fmt: skip
    write(server, f"{TRACES}/{TRACE}/assessments", {"assessment": foreign})
    before, spans = assessments(server), len(trace(server)["spans"])
    stage.label(stage.turn_keys()[0], label=Label.WASTE)
    result = stage.export(server.base)
    assert (result.traces, result.spans, result.assessments) == (1, 1, 1)
    after = assessments(server)
    assert after.keys() == before.keys()
    changed = [name for name in after if after[name] != before[name]]
    assert changed == ["aimux.label"]
    assert after["aimux.label"]["feedback"]["value"] == "waste"
    assert after["aimux.label"]["assessment_id"] == before["aimux.label"]["assessment_id"]
    assert len(trace(server)["spans"]) == spans

    stage.label(stage.turn_keys()[0], label=None, note="")
    assert stage.export(server.base).assessments == 1
    assert assessments(server).keys() == before.keys() - {"aimux.label"}
    assert assessments(server)["relevance"] == before["relevance"]


def test_a_server_killed_midway_loses_and_doubles_nothing(
    server: PeerServer, stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("aimux_tui.export.otlp.delivery.BATCH_SPANS", 6)
    target = OtlpTarget(base=server.base, experiment="killed")
    with pytest.raises(OtlpError) as caught:
        export_sessions(
            stage.selection().materials(ExportTracker()), target, stage.state,
            report=killing(server, after=18), patience=HASTE,
        )  # fmt: skip
    sent = by_id(stage.spans())
    assert 0 < caught.value.result.spans < len(sent)
    assert caught.value.result.spooled >= 1
    server.start()
    result = stage.retry(server.base, experiment="killed")
    assert caught.value.result.spans + result.spans == len(sent)
    infos = traces(server, experiment_of(result.place))
    found = [span_id(s) for info in infos for s in trace(server, info["trace_id"])["spans"]]
    assert sorted(found) == sorted(sent)
    for info in infos:
        tokens = json.loads(info["trace_metadata"]["mlflow.trace.tokenUsage"])
        assert tokens["input_tokens"] == facts_of(stage)[session_of(info)].input_tokens
    assert assessments(server)["aimux.label"]["feedback"]["value"] == "good"
    assert stage.export(server.base, experiment="killed").spans == 0


def session_of(info: dict[str, Any]) -> str:
    return str(info["trace_metadata"]["mlflow.trace.session"])


def test_a_trace_for_each_turn_keeps_the_session_together(server: PeerServer, stage: Stage):
    result = stage.export(server.base, experiment="turns", trace_per=TracePer.TURN)
    infos = traces(server, experiment_of(result.place))
    assert len(infos) == result.traces == len(stage.facts(PER_TURN)) == 5
    assert {session_of(info) for info in infos} == {SESSION, OTHER}
    prompts = {info["request_preview"] for info in infos}
    assert any("And now?" in prompt for prompt in prompts)


def test_data_that_was_deleted_there_is_sent_again(server: PeerServer, stage: Stage):
    first = stage.export(server.base)
    ids = [info["trace_id"] for info in traces(server, experiment_of(first.place))]
    body = {"experiment_id": experiment_of(first.place), "request_ids": ids}
    write(server, f"{TRACES}/delete-traces", body)
    assert stage.export(server.base).spans == first.spans
    assert len(traces(server, experiment_of(first.place))) == 2


def test_an_experiment_by_its_id_and_one_that_is_not_there(server: PeerServer, stage: Stage):
    assert stage.export(server.base, experiment_id="0").place == "MLflow experiment 0"
    with pytest.raises(OtlpError, match="MLflow has no experiment 4711") as caught:
        stage.export(server.base, experiment_id="4711")
    assert "export.mlflow.experiment_id" in caught.value.hint
