"""A turn that grows while it stands open is drawn as if it were read at once."""

from __future__ import annotations

from datetime import UTC

import pytest
from msgspec.structs import replace

from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Turn
from aimux_tui.tui.format.lines import rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.steps import turn_lines
from aimux_tui.tui.open_turns import Details, OpenTurns
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX
from tests.tui.fake_turns import login_turns, tool

WIDTH = 60
LOOK = Look(palette_for(AIMUX), zone=UTC)
TURN = max(login_turns("claude:child"), key=lambda turn: len(turn.steps))


class Feed:
    """Hands out the turn as it is now, and works at once."""

    def __init__(self) -> None:
        self.turn = TURN

    async def read_turn(self, key: str) -> Turn:
        return self.turn

    async def compute(self, function):
        return function()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def turns() -> OpenTurns:
    turns = OpenTurns()
    turns.open(TURN.summary.key)
    return turns


async def read(turns: OpenTurns, feed: Feed, look: Look = LOOK, width: int = WIDTH) -> Details:
    details = await turns.read(feed, TURN.summary.key, look, width)
    turns.put(TURN.summary.key, details)
    return details


def assert_as_at_once(details: Details, turn: Turn, look: Look = LOOK, width: int = WIDTH) -> None:
    lines = list(turn_lines(turn, look))
    assert list(details.lines) == lines
    assert list(details.rows) == rows(lines, width)


async def test_step_by_step(turns: OpenTurns, feed: Feed):
    for count in range(len(TURN.steps) + 1):
        feed.turn = replace(TURN, steps=TURN.steps[:count])
        assert_as_at_once(await read(turns, feed), feed.turn)


async def test_what_was_drawn_is_kept_and_what_changed_is_drawn_anew(turns: OpenTurns, feed: Feed):
    running = tool("Bash", ToolKind.EXECUTE, "ls", status=ToolStatus.RUNNING)
    feed.turn = replace(TURN, steps=(*TURN.steps, running))
    before = await read(turns, feed)
    feed.turn = replace(TURN, steps=(*TURN.steps, replace(running, status=ToolStatus.OK)))
    after = await read(turns, feed)
    assert_as_at_once(after, feed.turn)
    assert len(after.drawn) == len(feed.turn.steps) + 1
    assert all(
        new.rows is old.rows for new, old in zip(after.drawn[:-1], before.drawn[:-1], strict=True)
    )
    assert after.rows != before.rows


async def test_another_width_or_look_draws_all_of_it(turns: OpenTurns, feed: Feed):
    await read(turns, feed)
    assert_as_at_once(await read(turns, feed, width=33), TURN, width=33)
    other = Look(palette_for(AIMUX), zone=UTC)
    details = await read(turns, feed, other, 33)
    assert details.look is other
    assert_as_at_once(details, TURN, other, 33)
