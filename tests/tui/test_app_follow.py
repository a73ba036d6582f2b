"""The side pane: the newest session of a folder, as soon as there is one."""

from __future__ import annotations

from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from tests.tui.fake_sessions import LOGIN, PARSER
from tests.tui.harness import NARROW, running


async def test_the_side_pane_follows_the_newest_session_of_its_folder():
    async with running(NARROW, follow_folder="/home/u/src/parser") as app:
        await app.until(lambda: app.main.navigator.reader.key == PARSER)
        await app.see("following")
        assert app.shown == [Pane.TRACE]
        session = app.main.navigator.snapshot.by_key[PARSER]
        newer = replace(
            session,
            key="codex:second",
            session_id="second",
            path="/home/u/.codex/second.jsonl",
            title="The next task",
            started=session.updated,
            updated=session.updated.replace(minute=59),
        )
        app.library.put(newer)
        await app.until(lambda: app.main.navigator.reader.key == "codex:second")
        await app.see("The next task")


async def test_the_side_pane_waits_for_the_first_session_of_its_folder():
    async with running(NARROW, follow_folder="/home/u/src/new") as app:
        await app.see("Waiting for a session in", "/home/u/src/new")
        app.main.navigator.preview(LOGIN)
        await app.until(lambda: app.main.navigator.reader.key == LOGIN)
        session = app.main.navigator.snapshot.by_key[PARSER]
        app.library.put(replace(session, key="codex:new", path="/new.jsonl", cwd="/home/u/src/new"))
        await app.until(lambda: app.main.navigator.reader.key == "codex:new")
        assert app.shown == [Pane.TRACE]
        app.main.navigator.preview(LOGIN)
        app.library.put(replace(session, title="changed"))
        await app.until(lambda: app.main.navigator.snapshot.by_key[PARSER].title == "changed")
        assert app.main.navigator.reader.key == LOGIN
