"""Ids of tool calls that come again: some model services number the calls of each turn anew."""

from __future__ import annotations

from aimux_tui.model.tools import ToolStatus
from tests.providers.codex.build import PATCH, Rollout, uuid7

CHILDREN = uuid7(150, 3), uuid7(160, 4)


def session() -> Rollout:
    return Rollout().meta().context()


def test_scan_and_details_agree_on_calls_that_share_an_id() -> None:
    log = session()
    log.start("t").typed("one").ran("ls", "call_0", text="a.txt").end("t")
    log.start("u").typed("two").ran("false", "call_0", code=1, text="no").end("u")
    summary = log.summary()
    assert (summary.tool_calls, summary.failed_tool_calls) == (2, 1)
    assert [(turn.tools, turn.failures) for turn in log.turns()] == [
        ((("exec_command", 1),), 0),
        ((("exec_command", 1),), 1),
    ]
    first, second = (turn.tool_calls for turn in log.opened())
    assert [(call.status, call.output.text) for call in first] == [(ToolStatus.OK, "a.txt")]
    assert [(call.status, call.output.text) for call in second] == [(ToolStatus.FAILED, "no")]


def test_each_of_them_may_edit() -> None:
    log = session()
    for turn in ("t", "u"):
        log.start(turn).typed("go").custom("apply_patch", "call_0", PATCH)
        log.output("call_0", "Exit code: 0\nWall time: 0 seconds\nOutput:\nDone").end(turn)
    edits = [turn.edits for turn in log.turns()]
    assert edits[0] == edits[1] > 0
    assert log.summary().edits == sum(edits)


def test_each_of_them_may_spawn() -> None:
    log = session()
    for turn, child in zip(("t", "u"), CHILDREN, strict=True):
        log.start(turn).typed("go").call("spawn_agent", "call_0", {"message": "look"})
        log.output("call_0", f'{{"agent_id":"{child}"}}').end(turn)
    assert {spawn.child_key for spawn in log.summary().spawns} == {f"codex:{c}" for c in CHILDREN}
    assert [turn.agents for turn in log.turns()] == [1, 1]


def test_an_unanswered_call_is_not_answered_by_the_result_of_the_next() -> None:
    log = session()
    log.start("t").typed("one").call("exec_command", "call_0", {"cmd": "sleep 9"})
    log.event("turn_aborted", turn_id="t", reason="interrupted")
    log.start("u").typed("two").ran("ls", "call_0", text="a.txt").end("u")
    first, second = (turn.tool_calls[0] for turn in log.opened())
    assert (first.status, second.status) == (ToolStatus.CANCELLED, ToolStatus.OK)


def test_a_repetition_in_the_same_turn_is_the_same_call() -> None:
    log = session().start("t").typed("one")
    log.ran("ls", "call_0", text="a.txt").ran("ls", "call_0", text="a.txt").end("t")
    assert log.summary().tool_calls == len(log.calls()) == 1
