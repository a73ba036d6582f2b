from __future__ import annotations

from aimux_tui.model.session import Session
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX
from aimux_tui.tui.trace_feed import TraceFeed
from aimux_tui.tui.views.base import ViewContext
from aimux_tui.tui.views.session import SessionView
from aimux_tui.tui.views.subject import Subject
from tests.tui.fake_sessions import make_session
from tests.tui.fakes import FakeLibrary

LOOK = Look(palette_for(AIMUX))


def shown(session: Session) -> list[str]:
    feed = TraceFeed(FakeLibrary(), session.key, lambda _: None)
    page = SessionView().at_once(Subject(session), ViewContext(feed, LOOK, 80, {}))
    assert page is not None
    return [f"{line.prefix.plain}{line.content.plain}" for line in page.lines]


def test_what_a_fork_repeats_is_told_apart_from_what_it_used():
    repeated = Usage(input=1_000_000, output=200_000, requests=3)
    fork = make_session("codex:b", "a fork", repeated_usage=repeated, repeated_cost=Cost(1.5))
    lines = shown(fork)
    at = next(index for index, line in enumerate(lines) if line.startswith("repeated"))
    assert lines[at] == "repeated     3 requests, $1.50, counted with another session"
    assert lines[at + 1] == "The log repeats them from there, so its turns add up to more."
    assert not any(line.startswith("repeated") for line in shown(make_session("codex:a", "first")))
