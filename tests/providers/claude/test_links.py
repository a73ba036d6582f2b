"""Sub-agents of every layout, and the calls that spawned them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aimux_tui.providers.claude import PROVIDER
from tests.providers.claude.build import SESSION, Log, scanned, text, use

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TASK = "Count the lines.\nReport."


def spawn(**arguments: Any) -> Log:
    log = Log()
    log.prompt("go")
    fields = {"description": "Count", "prompt": TASK, "subagent_type": "Explore"} | arguments
    log.say(use("Agent", "t1", **fields), stop="tool_use")
    return log


def by_result(log: Log) -> None:
    log.result("t1", "done", twin={"status": "completed", "agentId": "a99"})


def by_teammate(log: Log) -> None:
    log.result("t1", "done", twin={"status": "completed", "agent_id": "a99"})


def by_progress(log: Log) -> None:
    log.record(
        "progress",
        {"data": {"message": {"type": "user"}, "type": "agent_progress", "agentId": "a99"}},
        {"toolUseID": "agent_msg_1", "parentToolUseID": "t1"},
    )


def by_text(log: Log) -> None:
    log.result("t1", [{"type": "text", "text": "Done.\nagentId: a99 (for resuming)"}])


def by_notification(log: Log) -> None:
    log.result("t1", "started", twin={"isAsync": True, "status": "async_launched"})
    log.prompt(
        "<task-notification>\n<task-id>a99</task-id>\n<tool-use-id>t1</tool-use-id>"
        "<status>completed</status></task-notification>",
        origin={"kind": "task-notification"},
    )


@pytest.mark.parametrize("tell", [by_result, by_teammate, by_progress, by_text, by_notification])
def test_the_parent_names_the_agent(tell: Callable[[Log], None]) -> None:
    log = spawn()
    tell(log)
    (link,) = log.summary().spawns
    assert (link.tool_call_id, link.child_key) == ("t1", f"claude:{SESSION}/a99")
    assert log.rows()[0].agents == 1


def test_an_agent_that_nobody_names_is_known_by_its_task() -> None:
    (link,) = spawn().summary().spawns
    agent = Log(agent="a99", nested=False)
    agent.prompt(f"{TASK}\n")
    summary = agent.summary()
    assert link.child_key == ""
    assert link.prompt_hash == summary.prompt_hash != 0
    assert summary.key == f"claude:{SESSION}/a99"
    assert summary.parent_key == f"claude:{SESSION}"


def test_a_bash_notification_names_no_agent() -> None:
    log = spawn()
    log.prompt(
        "<task-notification><task-id>b1</task-id><tool-use-id>t7</tool-use-id></task-notification>"
    )
    (link,) = log.summary().spawns
    assert link.child_key == ""


def test_companions_name_call_parent_and_type(tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "-work-zoo" / SESSION / "subagents"
    folder.mkdir(parents=True)
    agent = Log(agent="a99")
    agent.prompt("anything")
    (folder / "agent-a99.jsonl").write_bytes(agent.data)
    meta = {
        "agentType": "Explore", "description": "Count A", "toolUseId": "t1", "parentAgentId": "a1",
    }  # fmt: skip
    (folder / "agent-a99.meta.json").write_text(json.dumps(meta))
    (file,) = PROVIDER.find(tmp_path)
    summary = scanned(file, agent.data).summary()
    assert summary.key == f"claude:{SESSION}/a99"
    assert summary.parent_tool_call_id == "t1"
    assert summary.parent_key == f"claude:{SESSION}/a1"
    assert (summary.agent_name, summary.title) == ("Explore", "Count A")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"agentType": 5}', b"\xff\xfe"])
def test_broken_companions_are_survived(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "projects" / "-p" / SESSION / "subagents"
    folder.mkdir(parents=True)
    (folder / "agent-a99.jsonl").write_bytes(b"")
    (folder / "agent-a99.meta.json").write_bytes(content)
    (file,) = PROVIDER.find(tmp_path)
    summary = PROVIDER.scan(file).summary()
    assert summary.key == f"claude:{SESSION}/a99"


def test_agents_of_a_workflow_are_known_by_its_run(tmp_path: Path) -> None:
    run = tmp_path / "projects" / "-p" / SESSION / "subagents" / "workflows" / "wf_7"
    run.mkdir(parents=True)
    agent = Log(agent="a1")
    agent.prompt("one of many")
    (run / "agent-a1.jsonl").write_bytes(agent.data)
    (run / "journal.jsonl").write_text('{"type":"started","key":"k","agentId":"a1"}\n')
    (file,) = PROVIDER.find(tmp_path)
    log = Log()
    log.prompt("go")
    log.say(use("Workflow", "t1", name="review"), stop="tool_use")
    log.result("t1", "started", twin={"runId": "wf_7", "taskId": "x"})
    (link,) = log.summary().spawns
    summary = scanned(file, agent.data).summary()
    assert summary.prompt_hash == link.prompt_hash != 0
    assert summary.parent_key == f"claude:{SESSION}"


def test_a_warm_up_agent_is_hidden() -> None:
    agent = Log("2.0.37", agent="w1", nested=False)
    agent.prompt("Warmup")
    agent.say(text("I am ready"))
    assert agent.summary().hidden_reason == "warm-up agent"
    main = Log("2.0.37")
    main.prompt("Warmup")
    assert main.summary().hidden_reason == ""


def test_a_warm_up_agent_of_which_only_the_answer_was_logged_is_hidden() -> None:
    agent = Log("2.0.55", agent="w2", nested=False)
    agent.say(text("I am ready"))
    assert agent.summary().hidden_reason == "warm-up agent"
    agent.say(use("Bash", "t1"))
    assert agent.summary().hidden_reason == ""


def test_an_agent_recorded_in_its_parents_log_adds_no_prompt_but_its_work() -> None:
    log = Log("1.0.80")
    log.prompt("go")
    log.say(use("Task", "t1", prompt=TASK), stop="tool_use")
    log.prompt(TASK, isSidechain=True)
    log.say(use("Bash", "t2", command="wc"), isSidechain=True, stop="tool_use")
    log.say(text("three lines"), isSidechain=True)
    summary = log.summary()
    assert (summary.turns, summary.tool_calls, summary.usage.requests) == (1, 2, 3)
    assert summary.state_detail == "Task"
    assert summary.context_tokens == log.rows()[0].usage.context // 3 + 50
