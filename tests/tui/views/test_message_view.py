from __future__ import annotations

import pytest
from msgspec.structs import replace

from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX
from aimux_tui.tui.trace_feed import TraceFeed
from aimux_tui.tui.views.base import ViewContext
from aimux_tui.tui.views.message import MessageView
from aimux_tui.tui.views.subject import Subject
from tests.tui.fake_sessions import make_session
from tests.tui.fake_turns import make_turn
from tests.tui.fakes import FakeLibrary

LOOK = Look(palette_for(AIMUX))


@pytest.mark.parametrize("part", ["", "prompt"])
async def test_a_turn_without_words_says_so(part: str):
    turn = replace(make_turn(1, ""), prompt=(), steps=())
    subject = Subject(make_session("claude:1", "a"), turn.summary, turn, part)
    feed = TraceFeed(FakeLibrary(), "claude:1", lambda _: None)
    page = await MessageView().page(subject, ViewContext(feed, LOOK, 80, {}))
    assert [line.content.plain for line in page.lines] == ["There are no words in this turn."]
