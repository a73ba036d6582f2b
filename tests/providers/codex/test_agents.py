"""Sub-agents, and the scripts of code mode."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from aimux_tui.model.log import Spawn
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Notice, Text, TurnKind
from aimux_tui.providers.codex.hashing import text_hash
from aimux_tui.providers.codex.scripts import patch_in_script, read_script
from tests.providers.codex.build import (
    CHANGES,
    PATCH,
    Rollout,
    child_session,
    command,
    exited,
    paginated_session,
    running,
    script,
    subagent,
    uuid7,
)

CHILD = uuid7(150, 3)


def session() -> Rollout:
    return Rollout().meta().context().start("t").typed("go")


def spawned(log: Rollout, how: str) -> Rollout:
    log.call("spawn_agent", "c", {"agent_type": "explorer", "message": " Look around "})
    match how:
        case "output":
            return log.output("c", f'{{"agent_id":"{CHILD}","nickname":"Kuhn"}}')
        case "event":
            log.event("collab_agent_spawn_end", call_id="c", new_thread_id=CHILD)
        case "activity":
            fields: dict[str, Any] = {"agent_thread_id": CHILD, "kind": "started"}
            log.event("sub_agent_activity", event_id="c", **fields)
        case "item":
            log.completed("SubAgentActivity", id="c", kind="started", agent_thread_id=CHILD)
        case "tool item":
            log.completed("CollabAgentToolCall", id="c", tool="spawn", receiver_thread_ids=[CHILD])
    return log.output("c", '{"task_name":"/root/look"}')


@pytest.mark.parametrize("how", ["output", "event", "activity", "item", "tool item"])
def test_a_spawned_agent_is_linked_to_its_call(how: str):
    log = spawned(session(), how)
    assert log.summary().spawns == (Spawn("c", f"codex:{CHILD}", text_hash("Look around")),)
    assert log.turns()[0].agents == 1
    assert log.calls()[0].child_key == f"codex:{CHILD}"
    assert log.calls()[0].kind is ToolKind.AGENT


def test_an_agent_that_nobody_names_is_found_by_its_task():
    log = spawned(session(), "unnamed")
    child = Rollout(CHILD).meta(**subagent(log.thread)).start("u").typed("Look around")
    (spawn,) = log.summary().spawns
    assert spawn.child_key == ""
    assert spawn.prompt_hash == child.summary().prompt_hash != 0
    assert log.turns()[0].agents == 1


@pytest.mark.parametrize("output", ["collab spawn failed: agent thread limit reached", exited(1)])
def test_an_agent_that_could_not_be_spawned(output: str):
    log = session().call("spawn_agent", "c", {"message": "x"})
    log.event("collab_agent_spawn_end", call_id="c", new_thread_id=None).output("c", output)
    assert log.summary().spawns == ()
    assert log.turns()[0].agents == 0
    assert log.calls()[0].error


def test_a_first_generation_child():
    log = Rollout(CHILD).meta(session_id="root", **subagent("root", "")).start("t")
    log.typed("Look around").said("Nothing.").end("t")
    summary = log.summary()
    assert (summary.key, summary.parent_key) == (f"codex:{CHILD}", "codex:root")
    assert (summary.agent_name, summary.hidden_reason, summary.forked_from) == ("Kuhn", "", "")


def test_a_second_generation_child():
    child = child_session(CHILD, paginated_session(CHILD))
    summary = child.summary()
    assert (summary.agent_name, summary.title) == ("count", "Count them all")
    assert summary.turns == 0
    (turn,) = child.opened()
    assert (turn.summary.kind, turn.summary.title) == (TurnKind.INJECTED, "Count them all")
    (told,) = turn.prompt
    assert isinstance(told, Text)
    assert told.body.text == "Count them all"


def test_a_task_that_is_encrypted_is_named_by_its_path():
    sealed = "gAAAAAB" + "x" * 300
    log = Rollout(CHILD, paginated=True).meta(**subagent("root", "/root/count")).start("t")
    parts = [
        {
            "type": "input_text",
            "text": "Message Type: NEW_TASK\nTask name: /root/count\nPayload:\n",
        },
        {"type": "encrypted_content", "encrypted_content": sealed},
    ]
    log.item("agent_message", author="/root", recipient="/root/count", content=parts)
    log.said("ok").end("t")
    assert log.turns()[0].title == "/root/count"
    parent = session().call("spawn_agent", "c", {"task_name": "count", "message": sealed})
    assert parent.calls()[0].snippet == "count"
    assert parent.summary().spawns[0].prompt_hash == log.summary().prompt_hash


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"subagent": {"other": "guardian"}}, "guardian"),
        ({"subagent": "review"}, "review"),
        ({"subagent": "compact"}, "compact"),
        ({"internal": "memory_consolidation"}, "memory consolidation"),
        ("cli", ""),
        ({"custom": "mine"}, ""),
    ],
)
def test_machine_threads_are_hidden(source: Any, reason: str):
    log = Rollout().meta(source=source).context().typed("x")
    assert log.summary().hidden_reason == reason


def test_guardians_give_themselves_away_by_their_model():
    log = Rollout().meta(source=None).context("codex-auto-review").typed("x")
    assert log.summary().hidden_reason == "guardian"


def test_what_a_single_command_of_a_script_did_stands_at_the_call():
    log = session().custom("exec", "c", 'await tools.exec_command({cmd: "make"})')
    log.completed("CommandExecution", id="exec-1", exit_code=2, **command("make", "boom"))
    log.output("c", script("boom"), "custom_tool_call_output")
    (turn,) = log.opened()
    (call,) = turn.tool_calls
    assert (call.name, call.kind, call.snippet) == ("exec", ToolKind.EXECUTE, "make")
    assert (call.status, call.exit_code, call.output.text) == (ToolStatus.OK, 2, "boom")
    assert not [step for step in turn.steps if isinstance(step, Notice)]
    assert log.summary().failed_tool_calls == 0


def test_what_several_commands_did_is_told_below_the_call():
    log = session().custom("exec", "c", "…")
    log.completed("CommandExecution", id="exec-1", exit_code=0, **command("ls", "a"))
    log.completed("CommandExecution", id="exec-2", exit_code=3, **command("exit 3"))
    log.output("c", script("a"), "custom_tool_call_output")
    titles = [step.title for step in log.opened()[0].steps if isinstance(step, Notice)]
    assert titles == ["ls", "exit 3 → exit 3"]


def test_a_script_that_failed():
    log = session().custom("exec", "c", "throw 1")
    log.output("c", script("TypeError: x", "failed"), "custom_tool_call_output")
    assert log.summary().failed_tool_calls == 1
    assert log.calls()[0].error == "TypeError: x"


def test_edits_of_a_script_count_for_its_call():
    log = session().custom("exec", "c", "…")
    log.completed("FileChange", id="exec-1", status="completed", changes=CHANGES)
    log.event("patch_apply_end", call_id="exec-2", success=True, changes=CHANGES)
    log.completed("FileChange", id="exec-3", status="failed", changes=CHANGES)
    log.output("c", script("{}"), "custom_tool_call_output")
    assert log.summary().edits == 4
    assert len(log.calls()[0].edits) == 4


def test_a_script_goes_on_in_its_cell():
    log = session().custom("exec", "c", 'tools.exec_command({cmd: "sleep 9"})')
    log.output("c", script("", "running with cell ID 9"), "custom_tool_call_output")
    log.completed("FileChange", id="exec-1", status="completed", changes=CHANGES)
    log.call("wait", "w", {"cell_id": "9"})
    log.completed("FileChange", id="exec-2", status="completed", changes=CHANGES)
    log.output("w", script("done"))
    started, waited = log.calls()
    assert (len(started.edits), len(waited.edits)) == (2, 2)
    assert (waited.kind, waited.snippet) == (ToolKind.EXECUTE, "… sleep 9")


def test_a_process_in_the_background_ends_in_a_later_call():
    log = session().call("exec_command", "c", {"cmd": "make"}).output("c", running(7))
    log.call("write_stdin", "w", {"session_id": 7, "chars": ""}).output("w", exited(2, "boom"))
    started, polled = log.calls()
    assert (started.status, started.exit_code) == (ToolStatus.OK, None)
    assert (polled.status, polled.exit_code, polled.snippet) == (ToolStatus.FAILED, 2, "… make")
    assert log.summary().failed_tool_calls == 1


def test_what_the_agent_saw_of_a_command():
    log = session().call("exec_command", "c", {"cmd": "make"})
    log.event("exec_command_end", call_id="c", exit_code=1, **command("make", "boom"))
    (call,) = log.calls()
    assert (call.output.text, call.exit_code) == ("boom", 1)
    log.output("c", exited(1, "boom, shortened"))
    (call,) = log.calls()
    assert call.output.text == "boom, shortened"
    assert call.logged_duration == timedelta(milliseconds=5)


@pytest.mark.parametrize(
    ("source", "snippet", "kind"),
    [
        ('await tools.exec_command({"cmd":"ls \\"x\\""})', 'ls "x"', ToolKind.EXECUTE),
        (
            "tools.exec_command({cmd: 'a'}); tools.exec_command({cmd: `b`})",
            "a · b",
            ToolKind.EXECUTE,
        ),
        (
            f"const p = {PATCH!r};\nawait tools.apply_patch(p)",
            "apply_patch a.py, b.py",
            ToolKind.EDIT,
        ),
        ("await tools.web__run({search_query: []})", "web__run", ToolKind.WEB),
        ("await tools.update_plan({plan: []})", "update_plan", ToolKind.TASK),
        ("await tools.mcp__x__y({})", "mcp__x__y", ToolKind.MCP),
        ("// hello\n\n  let a = 1;", "let a = 1;", ToolKind.EXECUTE),
        ("", "", ToolKind.EXECUTE),
    ],
)
def test_scripts_are_read_without_running_them(source: str, snippet: str, kind: ToolKind):
    found = read_script(source)
    assert (found.snippet, found.kind) == (snippet, kind)


def test_the_patch_in_a_script():
    assert patch_in_script(f"tools.apply_patch({json.dumps(PATCH)})") == PATCH
    assert patch_in_script(f"tools.apply_patch(`{PATCH}`)") == PATCH
    assert patch_in_script("tools.apply_patch(p)") == ""
    log = session().custom("exec", "c", f"tools.apply_patch({json.dumps(PATCH)})")
    assert [edit.path for edit in log.calls()[0].edits] == ["a.py", "b.py"]
