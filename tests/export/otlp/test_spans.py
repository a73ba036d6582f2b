"""What a session looks like as spans."""

from __future__ import annotations

import json
from collections import Counter
from uuid import UUID

from msgspec.structs import replace
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from aimux_tui.export.otlp.encode import span_bytes
from aimux_tui.export.otlp.messages import clean
from aimux_tui.export.otlp.spans import Span, SpanKind
from aimux_tui.model.annotation import Label, Verdict
from tests.export.otlp.stage import PER_TURN, SESSION, Log, Stage, named, text, tool

SECOND = 1_000_000_000


def seconds(span: Span) -> tuple[float, float]:
    """Start and end, since 09:00."""
    return tuple((time / SECOND) % 3600 for time in (span.start, span.end))  # type: ignore[return-value]


def tree(spans: list[Span]) -> dict[str, list[str]]:
    """Parent → children, by names; the root's parent is ""."""
    names = {span.span_id: span.name for span in spans} | {b"": ""}
    found: dict[str, list[str]] = {}
    for span in spans:
        found.setdefault(names[span.parent_id], []).append(span.name)
    return found


def test_a_session_is_a_tree_of_turns_calls_tools_and_sub_agents(stage: Stage):
    spans = stage.spans()
    assert tree(spans) == {
        "": ["claude session"],
        "claude session": ["turn 1", "turn 2"],
        "turn 1": [
            "chat claude-opus-4-6", "execute_tool Bash",
            "chat claude-opus-4-6", "execute_tool Agent",
            "chat claude-opus-4-6",
        ],
        "execute_tool Agent": ["invoke_agent Explore"],
        "invoke_agent Explore": [
            "chat claude-opus-4-6", "execute_tool Read", "chat claude-opus-4-6",
        ],
        "turn 2": ["chat secret-model-9"],
    }  # fmt: skip
    assert {span.trace_id for span in spans} == {UUID(SESSION).bytes}
    assert len({span.span_id for span in spans}) == len(spans)
    assert {span.attributes["session.id"] for span in spans} == {SESSION}


def test_times_are_those_of_the_log(stage: Stage):
    spans = stage.spans()
    first, second, third, *_ = (span for span in spans if span.parent_id == turn_id(spans))
    # The prompt came at second 1, the last block at 6; then the tool ran for 4 seconds.
    assert (seconds(first), seconds(second)) == ((1, 6), (6, 10))
    assert seconds(third) == (10, 11)
    assert seconds(named(spans, "turn 1")) == (1, 22)
    assert seconds(named(spans, "claude session")) == (1, 54)
    assert all(span.start <= span.end for span in spans)
    assert not any("aimux.time.unknown" in span.attributes for span in spans)


def turn_id(spans: list[Span]) -> bytes:
    return named(spans, "turn 1").span_id


def test_a_call_without_a_result_has_no_made_up_end(tmp_path):
    log = Log()
    log.prompt("go")
    log.say(tool("toolu_x", "Bash", command="sleep 9"), stop="tool_use")
    span = named(Stage(tmp_path, log).spans(), "execute_tool Bash")
    assert span.attributes["aimux.time.unknown"] == "end"
    assert span.start == span.end


def test_a_model_call_says_what_was_new_and_what_was_answered(stage: Stage):
    first, second, third, *_ = (s for s in stage.spans() if s.name == "chat claude-opus-4-6")
    found = first.attributes
    assert first.kind is SpanKind.CLIENT
    assert json.loads(str(found["gen_ai.input.messages"])) == [
        {"role": "user", "parts": [
            {"type": "text", "content": "Fix the failing test in parser.py"}]}
    ]  # fmt: skip
    (answer,) = json.loads(str(found["gen_ai.output.messages"]))
    assert answer["finish_reason"] == "tool_call"
    assert [part["type"] for part in answer["parts"]] == ["text", "tool_call"]
    assert answer["parts"][1]["arguments"]["command"] == "pytest -q"
    assert found["aimux.reasoning"] == "It must be the slice."
    assert found["input.value"] == found["gen_ai.input.messages"]
    (results,) = json.loads(str(second.attributes["gen_ai.input.messages"]))
    assert results["parts"] == [
        {"type": "tool_call_response", "id": "toolu_01", "response": "1 failed\nE  assert 2 == 3"}
    ]
    # The sub-agent's own calls stand between.
    assert json.loads(str(third.attributes["gen_ai.input.messages"]))[0]["parts"] == [
        {"type": "text", "content": "Find the slice"}
    ]


def test_tokens_include_caches_and_cost_is_what_aimux_shows(stage: Stage):
    found = named(stage.spans(), "chat secret-model-9").attributes
    assert found["gen_ai.usage.input_tokens"] == found["llm.token_count.prompt"] == 1023
    assert found["gen_ai.usage.output_tokens"] == 50
    assert found["gen_ai.usage.cache_read.input_tokens"] == 1000
    assert found["gen_ai.usage.cache_write.input_tokens"] == 20
    # Nobody knows its price: not 0.
    assert found["aimux.cost.unpriced_models"] == ("secret-model-9",)
    assert not {"llm.cost.total", "gen_ai.usage.cost", "mlflow.llm.cost"} & set(found)
    priced = next(s for s in stage.spans() if s.name == "chat claude-opus-4-6").attributes
    assert json.loads(str(priced["mlflow.llm.cost"]))["total_cost"] == priced["llm.cost.total"]
    total = sum(float(s.attributes.get("llm.cost.total", 0)) for s in stage.spans())  # type: ignore[arg-type]
    (facts,) = stage.facts()
    assert total == facts.usd
    assert facts.is_partial_cost
    (session,) = stage.selection().sessions
    assert abs(session.total_cost.usd - total) < 1e-9
    usage = session.total_usage
    assert (facts.input_tokens, facts.output_tokens) == (usage.context, usage.output)


def test_only_model_calls_carry_tokens(stage: Stage):
    carrying = {s.name.split()[0] for s in stage.spans() if "llm.token_count.total" in s.attributes}
    assert carrying == {"chat"}


def test_a_usage_that_the_log_cut_short_is_marked(tmp_path):
    log = Log()
    log.prompt("go")
    log.say(text("well"), stop=None)
    (call,) = (s for s in Stage(tmp_path, log).spans() if s.name.startswith("chat"))
    assert call.attributes["aimux.usage.is_lower_bound"] is True
    assert call.attributes["aimux.cost.is_lower_bound"] is True


def test_a_failed_tool_is_an_error_and_says_why(stage: Stage):
    span = named(stage.spans(), "execute_tool Bash")
    assert span.error is not None
    assert "1 failed" in span.error
    assert span.attributes["error.type"] == "tool_error"
    assert [event.name for event in span.events] == ["exception"]
    assert json.loads(str(span.attributes["gen_ai.tool.call.arguments"]))["command"] == "pytest -q"
    assert span.attributes["output.value"] == "1 failed\nE  assert 2 == 3"
    assert named(stage.spans(), "execute_tool Read").error is None


def test_long_arguments_and_results_are_whole(tmp_path):
    script, printed = "echo " + "x" * 40_000, "y" * 50_000
    log = Log()
    log.prompt("go")
    log.say(tool("toolu_x", "Bash", command=script), stop="tool_use")
    log.result("toolu_x", printed)
    found = named(Stage(tmp_path, log).spans(), "execute_tool Bash").attributes
    assert json.loads(str(found["input.value"]))["command"] == script
    assert found["output.value"] == printed


def test_the_root_tells_the_first_prompt_and_the_last_answer(stage: Stage):
    root = named(stage.spans(), "claude session").attributes
    assert (root["input.value"], root["output.value"]) == (
        "Fix the failing test in parser.py",
        "Done?",
    )
    assert json.loads(str(root["mlflow.spanOutputs"])) == {
        "choices": [{"message": {"role": "assistant", "content": "Done?"}}]
    }
    assert root["mlflow.traceTag.mlflow.traceName"] == "claude zoo"


class TestIds:
    def test_the_same_session_gives_the_same_bytes(self, stage: Stage):
        first = [span_bytes(span) for span in stage.spans()]
        assert [span_bytes(span) for span in stage.spans()] == first

    def test_a_growing_log_changes_its_root_and_what_was_open(self, stage: Stage):
        before = {span.span_id: span for span in stage.spans()}
        stage.go_on()
        after = {span.span_id: span for span in stage.spans()}
        assert set(before) < set(after)
        changed = {span.name for key, span in before.items() if after[key] != span}
        assert changed == {"claude session"}

    def test_a_label_changes_its_own_span_alone(self, stage: Stage):
        before = stage.spans()
        stage.label(stage.turn_keys()[0], label=Label.WASTE, note="nobody asked for Rust")
        after = stage.spans()
        changed = [new for old, new in zip(before, after, strict=True) if old != new]
        assert [span.name for span in changed] == ["turn 1"]
        assert changed[0].attributes["aimux.annotation.label"] == "waste"
        assert changed[0].attributes["aimux.annotation.note"] == "nobody asked for Rust"
        event = changed[0].events[-1]
        assert event.name == "gen_ai.evaluation.result"
        assert event.attributes["gen_ai.evaluation.score.value"] == 0.0
        plain = replace(changed[0], attributes={}, events=())
        assert plain == replace(named(before, "turn 1"), attributes={}, events=())

    def test_repeated_call_ids_are_spans_of_their_own(self, tmp_path):
        log = Log()
        for _ in range(2):
            log.prompt("go")
            log.say(tool("same", "Bash", command="ls"), stop="tool_use")
            log.result("same")
        spans = Stage(tmp_path, log).spans()
        assert len({span.span_id for span in spans}) == len(spans)


def test_verdict_tags_and_note_are_said_of_the_session(stage: Stage):
    stage.judge(verdict=Verdict.PARTIAL, tags=("slow", "chatty"), note="half done")
    (facts,) = stage.facts()
    root = named(stage.spans(), "claude session")
    assert [(j.name, j.value, j.score, j.comment) for j in facts.judgements] == [
        ("aimux.verdict", "partial", 0.5, "half done"),
        ("aimux.tags", "slow, chatty", None, ""),
    ]
    assert {j.span_id for j in facts.judgements} == {root.span_id.hex()}
    assert root.attributes["aimux.annotation.verdict"] == "partial"


class TestTraceForEachTurn:
    def test_each_turn_is_a_root_of_its_own(self, stage: Stage):
        spans = stage.spans(PER_TURN)
        roots = [span for span in spans if not span.parent_id]
        assert [span.name for span in roots] == ["turn 1", "turn 2"]
        assert len({span.trace_id for span in spans}) == 2
        assert {span.attributes["session.id"] for span in spans} == {SESSION}
        assert Counter(span.trace_id for span in spans)[roots[1].trace_id] == 2

    def test_the_session_is_judged_at_its_first_turn(self, stage: Stage):
        stage.judge(verdict=Verdict.FAILED)
        first, second = stage.facts(PER_TURN)
        assert [j.name for j in first.judgements] == ["aimux.verdict"]
        assert second.judgements == ()

    def test_a_growing_log_changes_no_turn_that_is_over(self, stage: Stage):
        before = stage.spans(PER_TURN)
        stage.go_on()
        assert stage.spans(PER_TURN)[: len(before)] == before


def test_what_is_left_out_shows_nowhere(stage: Stage):
    stage.label(stage.turn_keys()[1], label=Label.BAD)
    spans = stage.spans(labels=frozenset({Label.BAD}))
    assert tree(spans)["claude session"] == ["turn 2"]
    root = named(spans, "claude session").attributes
    assert root["aimux.session.is_partial"] is True
    assert "output.value" not in root
    assert not any("assert 2 == 3" in str(span.attributes) for span in spans)


def test_broken_characters_and_zeros_can_be_encoded(tmp_path):
    log = Log()
    log.prompt("half HALF")
    log.say(text("ok HALF"), tool("toolu_x", "Bash", command="HALF"))
    log.lines = [line.replace(b"HALF", rb"\ud83d and \u0000 zero") for line in log.lines]
    for span in Stage(tmp_path, log).spans():
        message = SpanMessage.FromString(span_bytes(span))
        texts = [attribute.value.string_value for attribute in message.attributes]
        assert any(" zero" in text for text in texts), span.name
        assert not any("\0" in text for text in texts)


def test_what_utf_8_cannot_hold_is_replaced():
    assert clean("a\ud83db\0c\U0001f600") == "a?b\ufffdc\U0001f600"
