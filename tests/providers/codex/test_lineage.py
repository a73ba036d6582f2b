"""Forks and sub-agents whose files begin with a copy of another thread's history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimux_tui.model.log import LogState, LogSummary
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex import PROVIDER
from tests.providers.codex.build import (
    THREAD,
    Rollout,
    child_session,
    paginated_session,
    subagent,
    uuid7,
    wrapped_session,
)

CHILD = uuid7(500, 9)


def copy_of(parent: Rollout, thread: str = CHILD, **fields: object) -> Rollout:
    """A fork as far as its copy goes."""
    log = Rollout(thread)
    with log.copying():
        log.meta(forked_from_id=parent.thread, **fields)
        for line in parent.lines:
            record = json.loads(line)
            log.add(record["type"], record["payload"])
    log.total = list(parent.total)
    return log


def continued(log: Rollout, turn: str) -> Rollout:
    return log.start(turn).context().typed("My own").ran("ls", "own").spent(7).said("ok").end(turn)


def assert_own(summary: LogSummary) -> None:
    assert (summary.turns, summary.tool_calls, summary.edits) == (1, 1, 0)
    assert (summary.usage.input, summary.usage.requests) == (7, 1)
    assert summary.title == "My own"


def test_only_turns_younger_than_the_thread_are_its_own():
    """All in one second, so that nothing but the ids can tell."""
    log = copy_of(wrapped_session())
    log.second -= 5
    log.frozen = True
    summary = continued(log, uuid7(501)).summary()
    assert_own(summary)
    assert summary.session_id == CHILD
    assert summary.forked_from == f"codex:{THREAD}"
    assert summary.parent_key == ""


@pytest.mark.parametrize("form", [int, str])
def test_the_ordinal_that_the_file_names(form: type):
    parent = paginated_session(uuid7(150, 3))
    child = child_session(uuid7(150, 3), parent)
    lines = child.lines
    meta = json.loads(lines[0])
    start = meta["payload"]["subagent_history_start_ordinal"]
    meta["payload"]["subagent_history_start_ordinal"] = form(start)
    lines[0] = json.dumps(meta).encode()
    summary = child.summary()
    assert (summary.turns, summary.tool_calls, summary.edits) == (0, 1, 0)
    assert (summary.usage.input, summary.usage.requests) == (300, 1)
    assert summary.parent_key == f"codex:{parent.thread}"
    assert summary.forked_from == ""


def test_a_copy_without_the_parents_meta_data():
    log = Rollout(CHILD, paginated=True)
    log.meta(subagent_history_start_ordinal=3, **subagent(THREAD))
    log.sent("The parent's prompt").sent("its answer", role="assistant")
    log.sent("My task").said("done")
    assert [turn.title for turn in log.turns()] == ["My task"]


def test_the_parents_file_tells_which_turns_are_copies(tmp_path: Path):
    parent = Rollout("parent-thread-1").meta().start("turn-1").typed("a").spent(5).end("turn-1")
    parent.start("turn-2").typed("b").spent(6).end("turn-2")
    (tmp_path / "rollout-2026-05-01T09-00-00-parent-thread-1.jsonl").write_bytes(parent.data)
    log = copy_of(parent, "child-thread-1")
    log.second -= 5
    log.frozen = True
    continued(log, "turn-3")
    path = tmp_path / "rollout-2026-05-01T09-00-09-child-thread-1.jsonl"
    scan = PROVIDER.scan(LogFile("codex", str(path), "lines", str(tmp_path)))
    scan.feed(log.data, 0)
    assert_own(scan.summary())


def test_without_the_parents_file_a_later_second_tells():
    parent = Rollout("parent-thread-2").meta().start("turn-1").typed("a").spent(5).end("turn-1")
    log = copy_of(parent, "child-thread-2")
    assert_own(continued(log, "turn-3").summary())


def test_versions_without_tasks():
    parent = Rollout("parent-thread-3").meta().typed("a").said("b").spent(5)
    log = copy_of(parent, "child-thread-3").typed("My own").ran("ls", "own").spent(7)
    assert_own(log.summary())


def test_the_copys_last_total_is_no_request():
    """A fork repeats the last token count before it makes its own request."""
    log = copy_of(wrapped_session()).start(uuid7(501)).typed("My own")
    log.count(log.total, [70, 0, 0, 10, 0]).ran("ls", "own").spent(7).end(uuid7(501))
    assert_own(log.summary())


def test_repeated_meta_data_of_the_same_thread_is_no_fork():
    log = Rollout().meta().start("t").typed("a").said("b").spent(5).end("t")
    log.meta(git={"branch": "other"}, cli_version="0.151.0")
    log.start("u").typed("c").spent(6).end("u")
    summary = log.summary()
    assert (summary.turns, summary.usage.input) == (2, 11)
    assert (summary.git_branch, summary.agent_version) == ("other", "0.151.0")
    assert summary.forked_from == ""


def test_foreign_meta_data_late_in_a_file_takes_nothing_away():
    log = wrapped_session()
    before = log.summary().turns
    log.meta(thread="somebody-else").start(uuid7(600)).typed("more").end(uuid7(600))
    assert log.summary().turns == before + 1


def test_a_history_in_another_file_is_not_waited_for():
    base = {"thread_id": THREAD, "end_ordinal_exclusive": 40, "end_byte_offset": 9_000}
    log = Rollout(CHILD, paginated=True)
    log.ordinal = 40
    log.total = [1_000, 0, 0, 10, 0]
    log.meta(history_base=base, history_mode="paginated")
    log.count(log.total, [500, 0, 0, 5, 0])
    log.start(uuid7(501)).context().typed("My own").ran("ls", "own").spent(7).end(uuid7(501))
    summary = log.summary()
    assert_own(summary)
    assert summary.forked_from == f"codex:{THREAD}"


def test_a_part_that_is_left_out_ends_the_copy():
    """The ends of a large file are read first: what is not seen must not hide the rest."""
    log = continued(copy_of(wrapped_session()), uuid7(501))
    scan = PROVIDER.scan(log.file())
    head = log.lines[0] + b"\n" + log.lines[1] + b"\n"
    tail = b"".join(line + b"\n" for line in log.lines[-4:])
    scan.feed(head, 0)
    scan.feed(tail, len(log.data) - len(tail))
    assert len(scan.turns) == 1
    assert scan.summary().state is LogState.FINISHED
