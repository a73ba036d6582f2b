"""Every era of the format: bare items, the envelope, pages of completed items."""

from __future__ import annotations

import json
from datetime import timedelta

from aimux_tui.model.log import LogState
from aimux_tui.model.tools import ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import Notice, NoticeKind, Text, Thinking, TurnKind, TurnState
from tests.providers.codex.build import (
    CWD,
    MODEL,
    Rollout,
    bare_session,
    paginated_session,
    uuid7,
    wrapped_session,
)


def test_bare_items_have_no_envelope():
    summary = bare_session().summary()
    assert summary.session_id == "5973b6c0-94b8-487b-a530-2aeb6098ae0e"
    assert (summary.cwd, summary.title) == (CWD, "List the files")
    assert (summary.turns, summary.tool_calls, summary.failed_tool_calls) == (1, 1, 1)
    assert (summary.lines, summary.bad_lines, summary.unknown) == (9, 0, None)
    assert summary.state is LogState.FINISHED
    assert summary.models == ()


def test_bare_items_open_as_a_turn():
    (turn,) = bare_session().opened()
    assert [prompt.body.text for prompt in turn.prompt if isinstance(prompt, Text)] == [
        "List the files"
    ]
    (call,) = turn.tool_calls
    assert (call.name, call.kind, call.snippet) == ("shell", ToolKind.EXECUTE, "ls")
    assert (call.status, call.exit_code, call.output.text) == (ToolStatus.FAILED, 1, "a.py\n")
    assert call.logged_duration == timedelta(milliseconds=200)
    assert [type(step) for step in turn.steps] == [Thinking, ToolCall, Text]
    assert isinstance(turn.steps[0], Thinking)
    assert turn.steps[0].is_hidden


def test_the_envelope_era():
    log = wrapped_session()
    summary = log.summary()
    assert (summary.turns, summary.tool_calls, summary.failed_tool_calls) == (4, 4, 1)
    assert (summary.edits, summary.additions, summary.deletions) == (2, 3, 1)
    assert summary.compactions == 1
    assert summary.models == (MODEL,)
    assert summary.git_branch == "main"
    assert summary.agent_version == "0.150.0"
    assert summary.context_window == 258_400
    assert summary.state is LogState.INTERRUPTED
    assert [turn.kind for turn in log.turns()] == [
        TurnKind.PROMPT,
        TurnKind.STEERING,
        TurnKind.PROMPT,
        TurnKind.PROMPT,
    ]


def test_twins_of_response_items_are_told_once():
    turn = wrapped_session().opened()[0]
    said = [step.body.text for step in turn.steps if isinstance(step, Text)]
    thought = [step.body.text for step in turn.steps if isinstance(step, Thinking)]
    assert said == ["I will look."]
    assert thought == ["**Look**"]


def test_events_without_a_twin_are_told():
    log = Rollout().meta().start("t").event("user_message", message="hi")
    log.event("agent_reasoning", text="hm").event("agent_message", message="ho").end("t")
    (turn,) = log.opened()
    assert [type(step) for step in turn.steps] == [Thinking, Text]


def test_completed_items_are_the_late_events():
    log = paginated_session(uuid7(150, 3))
    summary = log.summary()
    assert (summary.turns, summary.tool_calls, summary.edits) == (1, 3, 2)
    assert summary.usage.requests == 4
    (turn,) = log.opened()
    assert [call.name for call in turn.tool_calls] == ["exec", "exec", "spawn_agent"]
    assert [step.body.text for step in turn.steps if isinstance(step, Text)] == ["Two lines."]
    assert [step.body.text for step in turn.steps if isinstance(step, Thinking)] == ["**Count**"]


def test_flattened_records_with_a_timestamp():
    """A few versions wrote the fields of the payload beside the type of the envelope."""
    log = Rollout()
    log.raw({"timestamp": "2025-09-03T10:00:00Z", "type": "session_meta", "id": "abc", "cwd": CWD})
    ask = [{"type": "input_text", "text": "hello"}]
    message = {"type": "message", "role": "user", "content": ask}
    log.raw({"timestamp": "2025-09-03T10:00:01Z"} | message)
    summary = log.summary()
    assert (summary.session_id, summary.cwd, summary.turns) == ("abc", CWD, 1)
    (turn,) = log.turns()
    assert turn.started is not None
    assert turn.started.second == 1


def test_versions_that_only_log_what_the_model_was_sent():
    """Without events, the response items are what was typed."""
    log = Rollout().meta().start("t").sent("<environment_context>x</environment_context>")
    log.sent("first").sent("yes", role="assistant").end("t")
    log.start("u").sent("second").end("u")
    assert [turn.title for turn in log.turns()] == ["first", "second"]
    assert log.summary().turns == 2


def test_an_event_overrules_what_merely_looked_typed():
    log = Rollout().meta().start("t").sent("# House rules", "Be brief.").sent("do it")
    log.event("user_message", message="do it").sent("done", role="assistant").end("t")
    (turn,) = log.turns()
    assert (turn.title, turn.key, turn.number) == ("do it", "t", 1)
    (opened,) = log.opened()
    assert [step.kind for step in opened.steps if isinstance(step, Notice)] == [NoticeKind.CONTEXT]


def test_later_response_items_without_an_event_are_no_prompts():
    log = Rollout().meta().typed("Start").said("ok").sent("Step 1").said("ok")
    assert log.summary().turns == 1
    (opened,) = log.opened()
    assert "Step 1" in [step.title for step in opened.steps if isinstance(step, Notice)]


def test_a_task_that_only_a_response_item_explains():
    log = Rollout().meta().start("t").typed("one").said("ok").end("t")
    log.start("u").sent("two").said("ok").end("u")
    assert [(turn.kind, turn.title) for turn in log.turns()] == [
        (TurnKind.PROMPT, "one"),
        (TurnKind.PROMPT, "two"),
    ]


def test_unknown_records_are_counted_and_shown():
    log = Rollout().meta().start("t").typed("hi").item("telepathy", waves=3)
    log.event("dream").add("quantum_state", {"a": 1}).completed("Telegram", id="x").end("t")
    unknown = {
        "response_item/telepathy": 1,
        "event_msg/dream": 1,
        "quantum_state": 1,
        "item_completed/Telegram": 1,
    }
    assert log.summary().unknown == unknown
    (turn,) = log.opened()
    kinds = [step.type for step in turn.steps if type(step).__name__ == "Unknown"]
    assert kinds == [
        "response_item/telepathy",
        "event_msg/dream",
        "quantum_state",
        "event_msg/item_completed",
    ]
    assert turn.summary.state is TurnState.DONE


def test_null_and_odd_payloads_are_survived():
    log = Rollout().meta()
    for payload in (None, 5, "x", [], {"type": None}, {"type": "message", "content": None}):
        log.add("response_item", payload)
        log.add("event_msg", payload)
    log.event("user_message", message=None).event("token_count", info={"prompt": 3})
    log.event("token_count", info="many").item("function_call", name=7, arguments=5, call_id=None)
    log.raw({"type": "response_item", "payload": {"type": "message", "role": ["user"]}})
    summary = log.summary()
    assert summary.bad_lines == 0
    assert summary.tool_calls == 1
    assert len(log.opened()) == len(log.turns())


def test_arguments_that_are_no_json_are_kept():
    log = Rollout().meta().start("t").typed("hi").call("exec_command", "c", '{"cmd": "ls')
    (call,) = log.calls()
    assert call.input == {"arguments": '{"cmd": "ls'}
    assert json.loads(call.input_body.text) == call.input
