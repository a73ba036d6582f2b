"""What an opened turn holds: bodies and where their rest lies, pictures, snippets, durations."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from aimux_tui.model.body import BODY_LIMIT
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, Unknown
from aimux_tui.providers.codex import PROVIDER
from tests.providers.codex.build import MemorySource, Rollout, exited, script, wrapped_session

LONG = "word " * BODY_LIMIT


def session() -> Rollout:
    return Rollout().meta().context().start("t").typed("go")


def whole(log: Rollout, body: Any) -> str:
    assert body.ref is not None
    return PROVIDER.read_body(MemorySource(log.file(), log.data), body.ref)


def test_a_turn_of_the_envelope_era():
    first, second, third, _ = wrapped_session().opened()
    shown = [
        (call.name, call.status, call.exit_code, call.snippet, len(call.edits))
        for call in (*first.tool_calls, *second.tool_calls, *third.tool_calls)
    ]
    assert shown == [
        ("exec_command", ToolStatus.OK, 0, "cat a.py", 0),
        ("apply_patch", ToolStatus.OK, 0, "a.py, b.py", 2),
        ("exec_command", ToolStatus.FAILED, 2, "make", 0),
    ]
    assert first.summary.usage.input == 150
    kinds = [step.kind for step in third.steps if isinstance(step, Notice)]
    assert kinds == [NoticeKind.COMPACTION]


def test_long_prompts():
    log = Rollout().meta().start("t").typed(LONG).end("t")
    (turn,) = log.opened()
    (prompt,) = turn.prompt
    assert isinstance(prompt, Text)
    assert (len(prompt.body.text), prompt.body.length) == (BODY_LIMIT, len(LONG))
    assert whole(log, prompt.body) == LONG
    assert len(turn.summary.title) <= 200


@pytest.mark.parametrize("paginated", [False, True])
def test_long_words_of_the_model(paginated: bool):
    log = Rollout(paginated=paginated).meta().start("t").typed("go").said(LONG)
    (text,) = [step for step in log.opened()[0].steps if isinstance(step, Text)]
    assert whole(log, text.body) == LONG


@pytest.mark.parametrize(
    "output",
    [
        exited(0, LONG),
        json.dumps({"output": LONG, "metadata": {"exit_code": 0}}),
        script(LONG),
        LONG,
    ],
)
def test_long_outputs_are_read_without_their_header(output: Any):
    log = session().call("exec_command", "c", {"cmd": "x"}).output("c", output)
    (call,) = log.calls()
    assert (call.output.text, call.output.length) == (LONG[:BODY_LIMIT], len(LONG))
    assert whole(log, call.output) == LONG


@pytest.mark.parametrize("form", ["function", "custom"])
def test_long_inputs_are_cut_but_kept(form: str):
    log = session()
    if form == "function":
        log.call("tool", "c", {"text": LONG})
    else:
        log.custom("tool", "c", LONG)
    (call,) = log.calls()
    name = "text" if form == "function" else "input"
    assert len(call.input[name]) < 3_000
    assert json.loads(whole(log, call.input_body)) == {name: LONG}


def test_a_body_whose_record_is_gone_is_empty():
    log = session().said(LONG)
    (text,) = [step for step in log.opened()[0].steps if isinstance(step, Text)]
    assert text.body.ref is not None
    assert PROVIDER.read_body(MemorySource(log.file(), b""), text.body.ref) == ""


def test_pictures_are_places_not_bytes():
    url = "data:image/jpeg;base64," + "AAAA" * 1_000
    log = session().call("view_image", "c", {"path": "cat.jpg"})
    log.output("c", [{"type": "input_image", "image_url": url}])
    log.item("image_generation_call", id="g", result="AAAA" * 10)
    (turn,) = log.opened()
    seen, made = [step for step in turn.steps if isinstance(step, Image)]
    assert (seen.media_type, seen.size) == ("image/jpeg", 3_000)
    assert seen.ref is not None
    assert PROVIDER.read_body(MemorySource(log.file(), log.data), seen.ref) == url
    assert (made.media_type, made.size) == ("image/png", 30)
    assert turn.tool_calls[0].kind is ToolKind.READ


def test_pictures_by_path():
    log = Rollout().meta().start("t")
    log.event("user_message", message="look", local_images=["/tmp/cat.png"])
    _, picture = log.opened()[0].prompt
    assert isinstance(picture, Image)
    assert picture.media_type == "image/png"


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "snippet"),
    [
        ("exec_command", {"cmd": "git  status\n-s"}, ToolKind.EXECUTE, "git status -s"),
        ("shell", {"command": ["bash", "-lc", "ls -l"]}, ToolKind.EXECUTE, "ls -l"),
        ("shell", {"command": ["echo", "a b"]}, ToolKind.EXECUTE, "echo 'a b'"),
        ("write_stdin", {"session_id": 3, "chars": "y\n"}, ToolKind.EXECUTE, "session 3: 'y\\n'"),
        (
            "update_plan",
            {
                "plan": [
                    {"step": "a", "status": "completed"},
                    {"step": "b", "status": "in_progress"},
                ]
            },
            ToolKind.TASK,
            "1/2: b",
        ),
        ("view_image", {"path": "a.png"}, ToolKind.READ, "a.png"),
        ("wait_agent", {"targets": ["x", "y"]}, ToolKind.AGENT, "x, y"),
        ("wait", {"ids": ["x"]}, ToolKind.AGENT, "x"),
        ("wait", {"cell_id": "4"}, ToolKind.EXECUTE, "cell 4"),
        ("send_input", {"target": "x", "message": "hurry"}, ToolKind.AGENT, "hurry"),
        ("mcp__db__query", {"sql": "select 1"}, ToolKind.MCP, "select 1"),
        ("mystery", {"n": 3}, ToolKind.OTHER, '{"n":3}'),
        ("mystery", {}, ToolKind.OTHER, ""),
    ],
)
def test_kinds_and_snippets(name: str, arguments: Any, kind: ToolKind, snippet: str):
    (call,) = session().call(name, "c", arguments).calls()
    assert (call.kind, call.snippet) == (kind, snippet)


def test_snippets_are_short():
    (call,) = session().call("exec_command", "c", {"cmd": LONG}).calls()
    assert len(call.snippet) == 300
    assert call.snippet.endswith("…")


def test_tools_of_servers_name_them():
    log = session().call("query", "c", {}, namespace="mcp__db")
    log.event("mcp_tool_call_end", call_id="c", duration={"secs": 2, "nanos": 500_000_000})
    log.output("c", "Wall time: 2.5 seconds\nOutput:\nrow")
    (call,) = log.calls()
    assert (call.name, call.kind) == ("mcp__db__query", ToolKind.MCP)
    assert call.logged_duration == timedelta(seconds=2.5)
    assert log.turns()[0].tools == (("mcp__db__query", 1),)


def test_searches_have_no_result_in_the_log():
    action = {"type": "search", "queries": ["a", "b"]}
    log = session().event("web_search_end", call_id="ws", query="a", action=action)
    log.item("web_search_call", status="completed", action=action)
    log.item("tool_search_call", call_id="s", arguments={"query": "db"})
    log.item("tool_search_output", call_id="s", tools=[{"name": "mcp__db"}])
    web, tool = log.calls()
    assert (web.name, web.kind, web.snippet) == ("web_search", ToolKind.WEB, "a; b")
    assert web.status is ToolStatus.OK
    assert (tool.name, tool.snippet, tool.output.text) == ("tool_search", "db", "mcp__db")
    assert log.summary().tool_calls == 2


def test_local_shell_calls():
    action = {"type": "exec", "command": ["ls", "-l"]}
    log = session().item("local_shell_call", call_id="c", status="completed", action=action)
    log.output("c", exited(0, "x"))
    (call,) = log.calls()
    assert (call.name, call.kind, call.snippet) == ("local_shell", ToolKind.EXECUTE, "ls -l")


def test_a_result_without_its_call_is_kept_raw():
    log = session().output("nobody", "hello")
    (step,) = log.opened()[0].steps
    assert isinstance(step, Unknown)
    assert (step.type, "nobody" in step.body.text) == ("response_item/function_call_output", True)


def test_remarks():
    log = session().event("entered_review_mode", user_facing_hint="my changes")
    log.event("exited_review_mode", review_output={"overall_explanation": "fine"})
    log.event("thread_goal_updated", goal={"objective": "win"}).event("warning", message="hm")
    log.event("sub_agent_activity", event_id="x", agent_path="/root/a", kind="interrupted")
    notices = [step for step in log.opened()[0].steps if isinstance(step, Notice)]
    assert [(notice.kind, notice.title) for notice in notices] == [
        (NoticeKind.MODE, "review begins: my changes"),
        (NoticeKind.MODE, "review ends: fine"),
        (NoticeKind.INFO, "goal: win"),
        (NoticeKind.INFO, "hm"),
        (NoticeKind.INFO, "/root/a: interrupted"),
    ]


def test_a_plan_is_told_once():
    log = session().completed("Plan", id="p", text="# Plan\n1. go")
    log.sent("<proposed_plan>\n# Plan\n1. go\n</proposed_plan>", role="assistant")
    assert len([s for s in log.opened()[0].steps if isinstance(s, Text)]) == 1
    alone = session().completed("Plan", id="p", text="# Plan")
    assert len([s for s in alone.opened()[0].steps if isinstance(s, Text)]) == 1


def test_an_answer_with_its_sources_is_told_once():
    log = session().event("agent_message", message="Done.\n\n")
    log.sent("Done.\n\n<oai-mem-citation>\nM.md:1\n</oai-mem-citation>", role="assistant")
    assert len([s for s in log.opened()[0].steps if isinstance(s, Text)]) == 1


def test_every_step_knows_its_record():
    log = wrapped_session()
    for turn in log.opened():
        for step in (*turn.prompt, *turn.steps):
            assert step.record is not None
            line = log.data[step.record.offset : step.record.end]
            assert json.loads(line)
