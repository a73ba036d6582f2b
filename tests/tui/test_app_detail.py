"""The detail pane and its views."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from aimux_tui.model.body import Body, Span
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Notice, NoticeKind, Text
from aimux_tui.tui.format.glyphs import UNICODE
from tests.tui import fake_turns
from tests.tui.fake_sessions import BROKEN, EXPLORER, HOSTILE, LOGIN, all_sessions
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


async def go_to_step(app: Driver, turn: str, part: str) -> None:
    """Open a turn and put the cursor on one of its parts."""
    trace = app.main.trace
    trace.list.move_to(turn)
    trace.open_turn(turn)
    await app.until(lambda: trace.items.opened.details(turn).turn is not None)
    await app.pilot.pause()
    trace.list.move_to(turn, part)
    await app.until(lambda: app.cursor == (turn, part))


@SIZES
async def test_a_tool_call_with_its_input_and_all_of_its_output(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-3", "step:0")
        await app.press("enter")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.see("failed, exit code 1", "pytest -q", "1 test failed", "Output, 400 lines")
        await app.press("end")
        await app.see("test_399.py")
        await app.press("escape")
        await app.until(lambda: app.pane is Pane.TRACE)
        assert app.cursor == ("turn-3", "step:0")


async def test_a_cut_output_is_fetched_whole():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-6", "step:1")
        await app.press("enter")
        await app.see("Output, 5,000 lines")
        await app.press("end")
        await app.see("build step 4999 done")


async def test_the_detail_follows_the_cursor_where_both_are_seen():
    async with running(WIDE) as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")
        await app.see("took         0.4s", "git status")
        await app.press("j")
        await app.see("def login(request)")
        assert app.pane is Pane.TRACE


async def test_in_a_medium_window_the_detail_takes_the_place_of_the_list():
    async with running(MEDIUM) as app:
        await app.open_session(LOGIN)
        assert app.shown == [Pane.SESSIONS, Pane.TRACE]
        await go_to_step(app, "turn-1", "step:3")
        await app.press("enter")
        await app.until(lambda: app.shown == [Pane.TRACE, Pane.DETAIL])
        await app.press("shift+tab", "shift+tab")
        await app.until(lambda: app.shown == [Pane.SESSIONS, Pane.TRACE])


async def test_markdown_is_formatted():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:7")
        await app.until(lambda: "next_url is checked" in detail_text(app))
        assert "**" not in detail_text(app)
        assert "return urlsplit(url).netloc" in detail_text(app)


async def test_a_turn_is_shown_with_its_calls_and_how_they_ended():
    steps = [
        Text(Body.of("\n\n")),
        Notice(NoticeKind.CONTEXT, "reminder", Body.of("Never forget\n" * 100)),
        fake_turns.tool("Read", ToolKind.READ, "auth/views.py"),
        fake_turns.tool("Bash", ToolKind.EXECUTE, "pytest", status=ToolStatus.FAILED, exit_code=2),
        Text(Body.of("It **fails**.")),
    ]
    async with running(WIDE) as app:
        trace = app.library.traces[LOGIN]
        trace.append(fake_turns.make_turn(7, "try it", steps, prompt="try it\nonce more"))
        await app.open_session(LOGIN)
        app.library.touch(trace.path)
        await app.press("end")
        await app.see("It fails.")
        detail = app.main.detail
        rows = [detail.text.render_line(y).text.rstrip() for y in range(9)]
        assert [row.strip() for row in rows] == [
            f"{UNICODE.prompt} try it",
            "once more",
            "",
            f"{UNICODE.notice} reminder  1.3k characters",
            "✓ Read  auth/views.py  0.4s",
            "✗ Bash  pytest  exit 2  0.4s",
            "",
            "It fails.",
            "",
        ]


async def test_an_edit_is_shown_as_a_diff_in_one_column_or_two():
    async with running((260, 50)) as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:4:0")
        await app.until(lambda: "auth/views.py  +2" in detail_text(app))
        assert "target = request.GET.get" in detail_text(app)
        await app.press("z", "tab")
        await app.press("|")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.press("z") if not app.main.arrangement.is_maximised else None
        both = "return redirect(request.GET['next'])"
        await app.until(
            lambda: any(
                both in line and "target = request.GET" in line
                for line in detail_text(app).splitlines()
            )
        )


async def test_every_edit_of_the_session_file_by_file():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("d")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.see("3 edits of 2 files", "auth/hosts.py  new file", "turn 1,", "turn 5,")


async def test_a_session_without_edits_says_so():
    async with running() as app:
        session = all_sessions()[3]
        app.library.put(replace(session, edits=0))
        await app.until(lambda: app.main.navigator.snapshot.by_key[session.key].edits == 0)
        await app.open_session(session.key)
        await app.press("d")
        await app.see("this session edited nothing")


async def test_records_as_a_tree_and_as_they_are_written():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        trace.records[100] = b'{"type":"assistant","message":{"content":[{"text":"hi"}]}}\n'
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")
        await app.press("r")
        await app.see('{"type":"assistant","message"', "at byte 100", "at byte 200")
        await app.press("colon", *"json", "enter")
        await app.see("[2 items]")
        await app.until(lambda: app.main.detail.tree_shown)
        await app.press("tab")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.press("j", "enter")
        await app.see('type: "assistant"', "message: {1 key}")


async def test_the_view_that_was_chosen_stays():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")
        await app.press("r", "j")
        await app.until(lambda: app.main.detail.subject.part == "step:3")
        assert app.main.detail.view.id == "raw"


async def test_views_go_round_and_can_be_clicked_on():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:4")
        await app.press("tab")
        seen = []
        for _ in range(4):
            seen.append(app.main.detail.view.title)
            await app.press("v")
        assert seen == ["diff", "call", "json", "raw"]
        assert app.main.detail.view.title == "diff"
        title = app.main.detail._title
        at = title.render().plain.index("raw") + 2
        await app.pilot.click(title, offset=(at, 0))
        await app.until(lambda: app.main.detail.view.id == "raw")


async def test_everything_known_of_a_session():
    async with running() as app:
        await app.open_session(BROKEN)
        await app.press("i")
        await app.see("A log with bad lines", "line 17, byte 4,096: not JSON", "gemini 2.1.7")
        await app.see("/home/u/.gemini/broken.jsonl")
        await app.press("escape")
        await app.until(lambda: app.pane is Pane.TRACE)


async def test_a_sub_agents_call_leads_to_it_from_the_detail_too():
    async with running(MEDIUM) as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-2", "step:0")
        await app.press("r")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.press("v")
        await app.see("enter opens it")
        await app.press("enter")
        await app.until(lambda: app.main.navigator.reader.key == EXPLORER)


async def test_what_is_looked_at_grows_without_losing_its_place():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        long = "\n\n".join(f"paragraph {number}" for number in range(200))
        await app.open_session(LOGIN)
        trace.change(fake_turns.make_turn(6, "build", [Text(Body.of(long))]))
        app.library.touch(trace.path)
        await app.until(lambda: app.main.trace.items.turn(5).title == "build")
        await go_to_step(app, "turn-6", "step:0")
        await app.until(lambda: len(app.main.detail.text.document) == 399)
        await app.press("tab", "pagedown")
        await app.until(lambda: app.main.detail.text.scroll_offset.y > 0)
        top = app.main.detail.text.scroll_offset.y
        more = f"{long}\n\nthe very last paragraph"
        trace.change(fake_turns.make_turn(6, "build", [Text(Body.of(more))]))
        app.library.touch(trace.path)
        await app.until(lambda: len(app.main.detail.text.document) == 401)
        assert app.main.detail.text.scroll_offset.y == top


async def test_a_page_that_is_ready_late_does_not_call_the_reader_back():
    async with running(NARROW) as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")
        await app.press("enter")
        await app.until(lambda: app.pane is Pane.DETAIL)
        app.main.set_focus(app.main.trace.list)
        app.main.detail.show_lines("late", [])  # before the pane hears that the focus has gone
        assert app.app.focused is app.main.trace.list


async def test_an_unreadable_record_says_why():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")

        def fail(span: Span) -> bytes:
            raise PermissionError(13, "Permission denied", "log.jsonl")

        app.library.traces[LOGIN].raw = fail
        await app.press("r")
        await app.see("Permission denied: log.jsonl")


async def test_every_view_of_everything_hostile_is_harmless():
    async with running() as app:
        await app.open_session(HOSTILE)
        parts = ["", "prompt", "step:0", "step:1", "step:2", "step:3", "step:4"]
        for part in parts:
            await go_to_step(app, "turn-1", part)
            for _ in range(4):
                await app.press("colon", *"next-view", "enter")
                await app.pilot.pause(0.1)
                for character in "\x1b\x07\x00\u202e\ud800":
                    assert character not in app.text


async def test_pages_about_aimux_itself():
    async with running() as app:
        await app.press("colon", *"doctor", "enter")
        await app.see("Where it looked", "/home/u/.codex", "does not exist", "2 bad lines")
        await app.press("colon", *"config", "enter")
        await app.see("Settings in force", "ui.follow")


def detail_text(app: Driver) -> str:
    document = app.main.detail.text.document
    return "\n".join(document.text(index) for index in range(len(document)))
