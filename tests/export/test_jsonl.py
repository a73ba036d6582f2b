"""The JSONL export: by its schema, and with everything that the model knows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aimux_tui.demo.replay import install
from aimux_tui.export.jsonl import JsonlExporter
from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Image, Notice, Step, Text, Thinking, Unknown
from aimux_tui.model.usage import Cost, Usage
from tests.export.html.materials import FakeMaterial, context
from tests.export.stage import (
    AGENT,
    ALL,
    BOUNDED,
    CLAUDE,
    CODEX,
    FULL,
    REDACTED,
    Sink,
    Stage,
)
from tests.tui.fake_turns import make_turn

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"


@cache
def validator(kind: str) -> Any:
    schema = json.loads(files("aimux_tui.export").joinpath("jsonl.schema.json").read_text())
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]},
        format_checker=jsonschema.FormatChecker(),
    )


def assert_valid(lines: list[dict[str, Any]]) -> None:
    """By the schema, line by line, and in order."""
    assert lines[0]["type"] == "header"
    assert lines[-1]["type"] == "end"
    for line in lines:
        validator(line["type"]).validate(line)
    seen: list[str] = []
    for line in lines[1:-1]:
        if line["type"] == "session":
            seen.append(line["key"])
        else:
            assert line["session"] in seen
    assert len(seen) == len(set(seen)) == lines[-1]["sessions"]
    assert sum(line["type"] == "turn" for line in lines) == lines[-1]["turns"]


def of_type(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["type"] == kind]


@pytest.mark.parametrize("profile", [FULL, BOUNDED, REDACTED])
def test_every_profile_keeps_to_the_schema(stage: Stage, profile: Any) -> None:
    stage.label(CLAUDE, 1, Label.BAD, "took the wrong file")
    stage.judge(CLAUDE, Verdict.PARTIAL, "wrong-file", note="half of it")
    lines = stage.lines(profile)
    assert_valid(lines)
    assert lines[0]["profile"] == profile
    assert lines[0]["value_limit"] == (None if profile is FULL else 65_536)
    assert {line["key"] for line in of_type(lines, "session")} == ALL


def test_the_schema_is_strict(stage: Stage) -> None:
    turn = of_type(stage.lines(), "turn")[0]
    with pytest.raises(jsonschema.ValidationError):
        validator("turn").validate({**turn, "more": 1})
    with pytest.raises(jsonschema.ValidationError):
        validator("turn").validate({name: turn[name] for name in turn if name != "usage"})


@pytest.mark.parametrize("profile", [FULL, REDACTED])
def test_the_demo_of_every_agent_keeps_to_the_schema(tmp_path: Path, profile: Any) -> None:
    install(tmp_path, datetime.now(UTC))
    demo = Stage(tmp_path, logs={})
    lines = demo.lines(profile)
    assert_valid(lines)
    assert len(of_type(lines, "session")) == len(demo.library.sessions())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="shared samples are not here")
@pytest.mark.parametrize("name", ["FSM1+cipher-box__24c1ea04", "iansherr+claude-code-log__edge"])
def test_real_logs_keep_to_the_schema(tmp_path: Path, name: str) -> None:
    project = tmp_path / ".claude" / "projects"
    project.mkdir(parents=True)
    (project / name).symlink_to(SAMPLES / "claude" / name)
    assert_valid(Stage(tmp_path, logs={}).lines(BOUNDED))


def test_reading_back_gives_what_the_model_holds(stage: Stage) -> None:
    stage.label(CODEX, 1, Label.WASTE, "make is not needed\nat all")
    lines = stage.lines()
    turns = {(line["session"], line["key"]): line for line in of_type(lines, "turn")}
    for line in of_type(lines, "session"):
        material = stage.material(line["key"])
        session = material.session
        for name in [
            "provider",
            "session_id",
            "title",
            "project",
            "cwd",
            "git_branch",
            "path",
            "agent_version",
            "agent_name",
            "status",
            "status_reason",
            "turns",
            "tool_calls",
            "failed_tool_calls",
            "edits",
            "additions",
            "deletions",
            "compactions",
            "context_tokens",
            "context_window",
            "bad_lines",
            "is_partial",
        ]:
            assert line[name] == getattr(session, name)
        assert tuple(line["models"]) == session.models
        assert tuple(line["sub_agents"]) == session.children
        assert (line["parent"] or "") == session.parent_key
        assert read_time(line["started"]) == session.started
        assert read_usage(line["total_usage"]) == session.total_usage
        assert read_usage(line["repeated_usage"]) == session.repeated_usage
        assert line["total_cost"]["usd"] == pytest.approx(session.total_cost.usd)
        for exported in material.turns():
            compare_turn(material, exported, turns.pop((session.key, exported.turn.summary.key)))
    assert not turns


def compare_turn(material: Any, exported: Any, line: dict[str, Any]) -> None:
    summary = exported.turn.summary
    for name in [
        "number",
        "kind",
        "state",
        "title",
        "segment",
        "is_discarded",
        "failures",
        "edits",
        "additions",
        "deletions",
    ]:
        assert line[name] == getattr(summary, name)
    assert read_time(line["started"]) == summary.started
    assert read_time(line["ended"]) == summary.ended
    assert line["duration_s"] == (summary.duration and summary.duration.total_seconds())
    assert line["sub_agents"] == summary.agents
    assert read_usage(line["usage"]) == summary.usage
    if line["cost"]["usd"] is not None:
        assert line["cost"]["usd"] == pytest.approx(exported.cost.usd)
    assert [read_usage(request["usage"]) for request in line["requests"]] == [
        request.usage for request in exported.requests
    ]
    assert [request["model"] for request in line["requests"]] == [
        request.model for request in exported.requests
    ]
    for step, fields in zip(exported.turn.prompt, line["prompt"], strict=True):
        compare_step(material, step, fields)
    for step, fields in zip(exported.turn.steps, line["steps"], strict=True):
        compare_step(material, step, fields)
    if exported.annotation:
        assert line["annotation"]["label"] == exported.annotation.label
        assert line["annotation"]["note"] == exported.annotation.note
    else:
        assert line["annotation"] is None


def compare_step(material: Any, step: Step, fields: dict[str, Any]) -> None:
    match step:
        case Text() | Thinking():
            assert (fields["text"] or "") == material.text(step.body)
            assert (fields["model"] or "") == step.model
            assert int(fields["request"] or "0", 16) == step.request & (2**64 - 1)
        case ToolCall():
            for name in ("id", "name", "kind", "snippet", "status", "exit_code", "error"):
                assert fields[name] == getattr(step, name)
            assert fields["input"] == material.arguments(step)
            assert fields["output"] == material.text(step.output)
            assert (fields["sub_agent"] or "") == step.child_key
            assert fields["duration_s"] == (step.duration and step.duration.total_seconds())
            for edit, told in zip(step.edits, fields["edits"], strict=True):
                assert (edit.path, edit.operation) == (told["path"], told["operation"])
                assert (edit.additions, edit.deletions) == (told["additions"], told["deletions"])
                for hunk, lines in zip(edit.hunks, told["hunks"], strict=True):
                    assert tuple(lines["lines"]) == hunk.lines
                    assert (lines["old_start"], lines["new_start"]) == (
                        hunk.old_start,
                        hunk.new_start,
                    )
        case Notice():
            assert (fields["kind"], fields["title"]) == (step.kind, step.title)
            assert fields["text"] == material.text(step.body)
        case Image():
            assert (fields["media_type"], fields["size"]) == (step.media_type, step.size)
        case Unknown():
            assert fields["text"] == material.text(step.body)


def read_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def read_usage(fields: dict[str, Any]) -> Usage:
    return Usage(**fields)


def test_a_sub_agent_stands_behind_the_turn_that_spawned_it(stage: Stage) -> None:
    lines = stage.lines(sessions=(CLAUDE,))
    names = [(line["type"], line.get("session") or line.get("key")) for line in lines[1:-1]]
    assert names == [
        ("session", CLAUDE),
        ("turn", CLAUDE),
        ("session", AGENT),
        ("turn", AGENT),
    ]
    agent = lines[3]
    (call,) = [step for step in lines[2]["steps"] if step.get("sub_agent")]
    assert (call["sub_agent"], agent["parent"], agent["parent_tool_call"]) == (
        AGENT,
        CLAUDE,
        call["id"],
    )


def test_the_response_is_what_was_said_last(stage: Stage) -> None:
    (turn,) = of_type(stage.lines(sessions=(CODEX,)), "turn")
    assert turn["response"] == "They fail."
    assert turn["prompt"][0]["text"] == "Run the tests"


def written(material: FakeMaterial) -> list[dict[str, Any]]:
    sink = Sink()
    JsonlExporter().write([material], sink, context())
    return [json.loads(line) for line in bytes(sink).splitlines()]


def test_what_is_not_known_is_null_and_says_why() -> None:
    hidden = Thinking(Body(), is_hidden=True)
    turn = make_turn(1, "Think", [hidden], usage=Usage(output=5, is_lower_bound=True))
    lines = written(FakeMaterial([turn], cost=Cost(0.0, ("my-model",))))
    assert_valid(lines)
    (told,) = of_type(lines, "turn")
    assert told["steps"][0]["text"] is None
    assert told["steps"][0]["is_hidden"]
    assert told["usage"]["is_lower_bound"]
    assert told["response"] is None
    assert told["cost"] == {
        "usd": None,
        "is_lower_bound": False,
        "reason": "no price is known for my-model",
    }


def test_a_log_that_counts_no_tokens_was_not_for_free() -> None:
    lines = written(FakeMaterial([make_turn(1, "Hi", usage=Usage())], cost=Cost()))
    (told,) = of_type(lines, "turn")
    assert told["cost"]["usd"] is None
    assert told["cost"]["reason"] == "the log counts no tokens"


def test_halves_of_characters_do_not_stop_it() -> None:
    steps = [Text(Body.of("half \ud83d of a face"))]
    lines = written(FakeMaterial([make_turn(1, "Look \udfff", steps)]))
    assert_valid(lines)
    assert of_type(lines, "turn")[0]["steps"][0]["text"] == "half ? of a face"
