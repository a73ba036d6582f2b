"""What a session is doing, in one word and in a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aimux_tui.model.log import LogState
from aimux_tui.model.session import LiveState, Status
from aimux_tui.store.status import status_of
from tests.store.build import T0, record

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


@pytest.mark.parametrize(
    ("state", "age", "status", "reason"),
    [
        (LogState.EMPTY, SECOND, Status.IDLE, "empty"),
        (LogState.FINISHED, SECOND, Status.IDLE, "finished"),
        (LogState.INTERRUPTED, SECOND, Status.IDLE, "interrupted"),
        (LogState.ERROR, DAY, Status.ERROR, "Bash"),
        (LogState.TOOL, SECOND, Status.ACTIVE, "Bash is running"),
        (LogState.TOOL, MINUTE, Status.WAITING, "may wait for permission"),
        (LogState.TOOL, DAY, Status.IDLE, "stopped in the middle of Bash"),
        (LogState.RESPONDING, SECOND, Status.ACTIVE, "responding"),
        (LogState.RESPONDING, MINUTE, Status.ACTIVE, "responding"),
        (LogState.RESPONDING, HOUR, Status.IDLE, "before the model finished"),
    ],
)
def test_status_follows_the_log_and_its_age(
    state: LogState, age: timedelta, status: Status, reason: str
) -> None:
    summary = record("claude:a", state=state, state_detail="Bash", updated=T0)[0].summary
    found, words = status_of(summary, live=None, written=T0, now=T0 + age)
    assert found is status
    assert reason in words


@pytest.mark.parametrize(
    ("live", "status", "reason"),
    [
        (LiveState("waiting", "permission prompt"), Status.WAITING, "waits for permission prompt"),
        (LiveState("waiting"), Status.WAITING, "waits for its user"),
        (LiveState("busy"), Status.ACTIVE, "Bash is running"),
        (LiveState("idle"), Status.IDLE, "waits for a prompt"),
        (LiveState("never heard of"), Status.IDLE, "stopped in the middle of Bash"),
    ],
)
def test_a_running_agents_own_word_counts_more(
    live: LiveState, status: Status, reason: str
) -> None:
    summary = record("claude:a", state=LogState.TOOL, state_detail="Bash", updated=T0)[0].summary
    found, words = status_of(summary, live=live, written=T0, now=T0 + DAY)
    assert (found, reason in words) == (status, True)


def test_a_sub_agent_never_waits_for_a_person() -> None:
    summary = record("claude:a/b", state=LogState.TOOL, parent_key="claude:a", updated=T0)[
        0
    ].summary
    assert status_of(summary, live=None, written=T0, now=T0 + HOUR)[0] is Status.IDLE


def test_a_log_that_was_copied_just_now_is_as_old_as_what_it_tells() -> None:
    summary = record("claude:a", state=LogState.TOOL, updated=T0)[0].summary
    assert status_of(summary, live=None, written=T0 + DAY, now=T0 + DAY)[0] is Status.IDLE
