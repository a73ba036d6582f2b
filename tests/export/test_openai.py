"""Chat messages with tools, as fine-tuning takes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from aimux_tui.export.openai import OpenAiExporter
from aimux_tui.model.annotation import Label, TurnAnnotation
from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, Thinking, Turn
from tests.export.html.materials import FakeMaterial, context
from tests.export.stage import AGENT, CLAUDE, Sink, Stage
from tests.tui.fake_turns import make_turn, tool


def lines_of(turns: Sequence[Turn], **more: Any) -> list[dict[str, Any]]:
    sink = Sink()
    OpenAiExporter().write([FakeMaterial(turns, **more)], sink, context())
    return [json.loads(line) for line in bytes(sink).splitlines()]


def say(text: str, request: int = 0) -> Text:
    return Text(Body.of(text), request=request)


def call(name: str, key: str, request: int = 0, **more: Any) -> Any:
    values = {"id": key, "input": {"path": "a"}, "output": Body.of(f"out {key}")}
    return tool(name, ToolKind.READ, "a", request=request, **(values | more))


def test_a_session_is_a_conversation(stage: Stage) -> None:
    text = stage.exported("openai", sessions=(CLAUDE,))
    session, agent = (json.loads(line) for line in text.splitlines())
    assert session["metadata"]["session"] == CLAUDE
    assert (agent["metadata"]["session"], agent["metadata"]["parent"]) == (AGENT, CLAUDE)
    roles = [message["role"] for message in session["messages"]]
    assert roles == ["user", *["assistant", "tool"] * 3, "assistant"]
    first = session["messages"][1]["tool_calls"][0]
    assert (first["type"], first["function"]["name"]) == ("function", "Bash")
    assert json.loads(first["function"]["arguments"]) == {"command": "pytest -q"}
    assert session["messages"][2]["tool_call_id"] == first["id"]
    assert "1 failed" in session["messages"][2]["content"]


def test_every_call_is_answered_before_anybody_speaks() -> None:
    steps = [say("a"), call("Read", "c1"), call("Grep", "c2"), say("b"), call("Read", "c3")]
    (line,) = lines_of([make_turn(1, "Look", steps)])
    told = [
        (message["role"], message["content"], message.get("tool_call_id"))
        for message in line["messages"]
    ]
    assert told == [
        ("user", "Look", None),
        ("assistant", "a", None),
        ("tool", "out c1", "c1"),
        ("tool", "out c2", "c2"),
        ("assistant", "b", None),
        ("tool", "out c3", "c3"),
    ]


def test_calls_of_two_answers_are_two_messages() -> None:
    steps = [call("Read", "c1", 7), call("Read", "c2", 7), call("Read", "c3", 8)]
    (line,) = lines_of([make_turn(1, "Look", steps)])
    calls = [[one["id"] for one in message.get("tool_calls", [])] for message in line["messages"]]
    assert calls == [[], ["c1", "c2"], [], [], ["c3"], []]


def test_calls_without_ids_get_some() -> None:
    steps = [call("Read", ""), call("Read", ""), say("so"), call("Read", "")]
    (line,) = lines_of([make_turn(1, "Look", steps)])
    given = [one["id"] for message in line["messages"] for one in message.get("tool_calls", [])]
    answered = [
        message["tool_call_id"] for message in line["messages"] if message["role"] == "tool"
    ]
    assert given == answered
    assert len(set(given)) == 3


def test_a_call_without_a_result_says_so() -> None:
    steps = [call("Read", "c1", output=Body(), status=ToolStatus.CANCELLED)]
    (line,) = lines_of([make_turn(1, "Look", steps)])
    assert line["messages"][-1]["content"] == "[no result: cancelled]"


def test_tools_are_told_as_far_as_their_calls_tell() -> None:
    steps = [
        call("Read", "c1", input={"path": "a", "limit": 3}),
        call("mcp: odd name/é", "c2", input={"all": True, "what": None}),
    ]
    (line,) = lines_of([make_turn(1, "Look", steps)])
    assert [one["function"] for one in line["tools"]] == [
        {
            "name": "Read",
            "parameters": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
            },
        },
        {
            "name": "mcp_odd_name_",
            "parameters": {
                "type": "object",
                "properties": {"all": {"type": "boolean"}, "what": {}},
            },
        },
    ]


def test_a_gap_begins_a_new_line() -> None:
    turns = [make_turn(number, f"Step {number}") for number in (2, 3, 5)]
    lines = lines_of(turns)
    numbers = [[turn["number"] for turn in line["metadata"]["turns"]] for line in lines]
    assert numbers == [[2, 3], [5]]


def test_a_compaction_begins_a_new_line_with_what_was_kept() -> None:
    summary = Notice(NoticeKind.COMPACTION, "Compacted", Body.of("So far: all is well."))
    second = make_turn(2, "", [summary, say("I go on.")], segment=1)
    lines = lines_of([make_turn(1, "Begin"), replace(second, prompt=())])
    assert [message["content"] for message in lines[1]["messages"]] == [
        "So far: all is well.",
        "I go on.",
    ]


def test_what_was_rewound_or_not_answered_is_left_out() -> None:
    turns = [
        make_turn(1, "Kept"),
        make_turn(2, "Rewound", is_discarded=True),
        replace(make_turn(3, "Nobody answers"), steps=()),
        make_turn(4, "Kept too"),
    ]
    (line,) = lines_of(turns)
    asked = [message["content"] for message in line["messages"] if message["role"] == "user"]
    assert asked == ["Kept", "Kept too"]


def test_labels_weigh_and_stand_in_the_metadata() -> None:
    labels = {
        "turn-1": TurnAnnotation("turn-1", 1, Label.BAD, "no"),
        "turn-2": TurnAnnotation("turn-2", 2, Label.GOOD),
    }
    (line,) = lines_of([make_turn(1, "One"), make_turn(2, "Two")], labels=labels)
    weights = [message.get("weight") for message in line["messages"]]
    assert weights == [None, 0, None, None]
    annotations = [turn["annotation"] for turn in line["metadata"]["turns"]]
    assert [(one["label"], one["note"]) for one in annotations] == [("bad", "no"), ("good", "")]


def test_thoughts_and_pictures_are_not_messages() -> None:
    turn = make_turn(1, "What is this?", [Thinking(Body.of("hm")), say("A cat.")])
    turn = replace(turn, prompt=(*turn.prompt, Image("image/png", 70)))
    (line,) = lines_of([turn])
    assert [message["content"] for message in line["messages"]] == [
        "What is this?\n\n[image: image/png, 70 bytes]",
        "A cat.",
    ]


def test_only_labelled_turns(stage: Stage) -> None:
    stage.label(CLAUDE, 1, Label.GOOD)
    text = stage.exported("openai", labels=frozenset({Label.GOOD}))
    assert len(text.splitlines()) == 2  # the turn, and the sub-agent that it spawned
