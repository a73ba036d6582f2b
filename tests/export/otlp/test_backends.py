"""What backends are told besides spans, without a server."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace

from aimux_tui.config.schema import TracePer
from aimux_tui.export.otlp.backends.mlflow import MlflowBackend
from aimux_tui.export.otlp.backends.phoenix import PhoenixBackend
from aimux_tui.export.otlp.backends.registry import connect
from aimux_tui.export.otlp.link import Answer, Link
from aimux_tui.export.otlp.memory import Told, ToldJudgement
from aimux_tui.export.otlp.spans import Judgement, TraceFacts
from aimux_tui.export.otlp.target import OtlpTarget

TRACE = "0a" * 16
EXPERIMENT = {
    "/api/2.0/mlflow/experiments/get-by-name": {
        "experiment": {"experiment_id": "3", "lifecycle_stage": "active"}
    }
}


class Recorder:
    """Answers every request as it is told; what it does not know is not found."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        self.target = OtlpTarget(base="http://x")
        self.answers = answers or {}
        self.calls: list[tuple[str, str, Any]] = []

    def request(self, method: str, path: str, *, json: Any = None, **_: Any) -> Answer:
        self.calls.append((method, path, json))
        found = self.answers.get(path.partition("?")[0])
        if found is None:
            return Answer(404 if method == "GET" else 200, {}, b"{}")
        if isinstance(found, Answer):
            return found
        return Answer(200, {}, found if isinstance(found, bytes) else msgspec.json.encode(found))

    ask = request

    @property
    def link(self) -> Link:
        return cast("Link", self)

    def made(self, method: str) -> list[tuple[str, Any]]:
        return [(path, json) for kind, path, json in self.calls if kind == method]


def judgement(key: str, value: str = "good", name: str = "aimux.label") -> Judgement:
    return Judgement(key=key, name=name, value=value, span_id="0b" * 8, author="me")


def facts(*judgements: Judgement, subjects: tuple[str, ...] = (), whole: bool = True) -> TraceFacts:
    return TraceFacts(
        trace_id=TRACE, name="n", agent="claude", session_id="s", start=10**18, end=2 * 10**18,
        input_tokens=5, output_tokens=2, judgements=judgements, subjects=subjects, is_whole=whole,
    )  # fmt: skip


def told(*judgements: Judgement) -> Told:
    return Told(b"", {j.identifier: ToldJudgement(j.key, j.hash) for j in judgements})


class TestPhoenix:
    def test_only_what_is_new_is_annotated(self):
        link = Recorder()
        one, two = judgement("s 1"), judgement("s 2")
        done = PhoenixBackend(link.link).finish(facts(one, two), told(one))
        ((path, body),) = link.made("POST")
        assert path == "/v1/span_annotations"
        assert [row["identifier"] for row in body["data"]] == ["aimux:s 2:aimux.label"]
        assert done.assessments == 1

    def test_what_is_gone_is_deleted(self):
        link = Recorder()
        done = PhoenixBackend(link.link).finish(facts(), told(judgement("s 1")))
        deleted = [path for path, _ in link.made("DELETE")]
        assert deleted[0] == (
            "/v1/projects/aimux/span_annotations?identifier=aimux%3As%201%3Aaimux.label"
            "&delete_all=true"
        )
        assert done.assessments == 1

    def test_what_was_left_out_stays(self):
        link = Recorder()
        partial = facts(subjects=("s 1",), whole=False)
        PhoenixBackend(link.link).finish(partial, told(judgement("s 1"), judgement("s 2")))
        assert all("s%201" in path for path, _ in link.made("DELETE"))
        assert link.made("DELETE")

    @pytest.mark.parametrize("per", TracePer)
    def test_a_verdict_is_said_of_the_session(self, per: TracePer):
        link = Recorder()
        link.target = OtlpTarget(base="http://x", trace_per=per)
        verdict = replace(judgement("s", "achieved", "aimux.verdict"), is_of_session=True)
        PhoenixBackend(link.link).finish(facts(verdict), Told())
        paths = [path for path, _ in link.made("POST")]
        of_span = ["/v1/span_annotations"] if per is TracePer.SESSION else []
        assert paths == [*of_span, "/v1/session_annotations"]

    def test_a_note_alone_is_an_explanation(self):
        link = Recorder()
        PhoenixBackend(link.link).finish(facts(judgement("s 1", "why?", "aimux.note")), Told())
        ((_, body),) = link.made("POST")
        assert body["data"][0]["result"] == {"label": "note", "explanation": "why?"}


class TestMlflow:
    def backend(self, there: list[dict[str, Any]], **info: Any) -> tuple[Recorder, MlflowBackend]:
        trace = {"trace": {"trace_info": {"assessments": there, **info}}}
        link = Recorder({**EXPERIMENT, f"/api/3.0/mlflow/traces/tr-{TRACE}": trace})
        return link, MlflowBackend(link.link)

    def told(self, link: Recorder) -> dict[str, Any]:
        ((path, body),) = link.made("POST")
        assert path == "/api/3.0/mlflow/traces"
        info: dict[str, Any] = body["trace"]["trace_info"]
        return info

    def ours(self, key: str) -> dict[str, Any]:
        return {"assessment_id": f"a-{key}", "assessment_name": "aimux.label",
                "metadata": {"aimux.annotation.key": key}}  # fmt: skip

    def test_others_assessments_are_sent_back_as_they_are(self):
        foreign = {"assessment_id": "a-1", "assessment_name": "relevance", "odd": [1]}
        link, backend = self.backend([foreign])
        assert backend.finish(facts(judgement("s 1")), Told()).assessments == 1
        sent = self.told(link)["assessments"]
        assert sent[1] == foreign
        assert sent[0]["feedback"] == {"value": "good"}
        assert not link.made("DELETE")

    def test_ours_that_are_gone_are_deleted_but_for_turns_left_out(self):
        link, backend = self.backend([self.ours("s 1"), self.ours("s 2")])
        done = backend.finish(facts(subjects=("s 1",), whole=False), Told())
        assert [path for path, _ in link.made("DELETE")] == [
            f"/api/3.0/mlflow/traces/tr-{TRACE}/assessments/a-s%201"
        ]
        assert done.assessments == 1
        assert [item["assessment_id"] for item in self.told(link)["assessments"]] == ["a-s 2"]

    def test_an_unchanged_assessment_keeps_its_times(self):
        link, backend = self.backend([])
        backend.finish(facts(judgement("s 1")), Told())
        (first,) = self.told(link)["assessments"]
        there = first | {"create_time": "then", "last_update_time": "later"}
        link, backend = self.backend([there])
        assert backend.finish(facts(judgement("s 1")), Told()).assessments == 0
        assert self.told(link)["assessments"] == [there]
        link, backend = self.backend([there])
        assert backend.finish(facts(judgement("s 1", "bad")), Told()).assessments == 1
        (changed,) = self.told(link)["assessments"]
        assert changed["create_time"] == "then"
        assert changed["last_update_time"] != "later"

    def test_totals_of_a_part_do_not_replace_those_of_the_whole(self):
        there = {"mlflow.trace.tokenUsage": "all of it"}
        link, backend = self.backend([], trace_metadata=there)
        backend.finish(facts(whole=False), Told())
        assert self.told(link)["trace_metadata"]["mlflow.trace.tokenUsage"] == "all of it"
        link, backend = self.backend([], trace_metadata=there)
        backend.finish(facts(), Told())
        assert "input_tokens" in self.told(link)["trace_metadata"]["mlflow.trace.tokenUsage"]

    def test_an_unknown_cost_is_not_told(self):
        link, backend = self.backend([])
        backend.finish(facts(), Told())
        assert "mlflow.trace.cost" not in self.told(link)["trace_metadata"]
        link, backend = self.backend([])
        backend.finish(replace(facts(), usd=0.5, is_partial_cost=True), Told())
        assert '"total_cost":0.5' in self.told(link)["trace_metadata"]["mlflow.trace.cost"]
        assert self.told(link)["tags"]["aimux.cost.is_lower_bound"] == "true"

    def test_a_server_without_trace_infos_is_told_one_by_one(self):
        link, backend = self.backend([])
        link.answers["/api/3.0/mlflow/traces"] = Answer(400, {}, b"{}")
        done = backend.finish(facts(judgement("s 1")), Told())
        assert "did not take totals" in done.remark
        path, body = link.made("POST")[-1]
        assert path.endswith("/assessments")
        assert body["assessment"]["feedback"] == {"value": "good"}

    def test_an_experiment_is_made_if_there_is_none(self):
        link = Recorder({"/api/2.0/mlflow/experiments/create": {"experiment_id": "12"}})
        assert MlflowBackend(link.link).title == "MLflow experiment 12"
        assert link.made("POST")[0][1] == {"name": "aimux"}


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ({}, "x"),
        ({"/version": b"3.17.2", "/health": b"OK", **EXPERIMENT}, "MLflow experiment 3"),
        ({"/arize_phoenix_version": b"20.26.1"}, "Phoenix project aimux"),
        ({"/version": b"3.17.2"}, "x"),
        ({"/version": b"<html>welcome</html>", "/health": b"OK"}, "x"),
    ],
)
def test_backends_are_told_apart_by_what_they_say(answers: dict[str, Any], title: str):
    assert connect(Recorder(answers).link).title == title
