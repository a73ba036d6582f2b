"""The turns of a session, as they are read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aimux_tui.commands.base import Pane
from aimux_tui.errors import SessionError
from aimux_tui.model.body import Body
from aimux_tui.model.session import Status
from aimux_tui.model.tools import ToolKind, ToolStatus
from aimux_tui.model.turn import Step, Text, Turn, TurnState
from aimux_tui.tui.format.glyphs import UNICODE
from tests.tui import fake_turns
from tests.tui.fake_sessions import EXPLORER, HOSTILE, LOGIN, NOW, PARSER, make_session
from tests.tui.fakes import FakeLibrary, FakeTrace, make_library
from tests.tui.harness import MEDIUM, NARROW, WIDE, running

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


@SIZES
async def test_a_turn_opens_into_its_steps_and_closes_again(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(LOGIN)
        await app.press("home", "enter")
        await app.see("Steps: open /login", "thinking (hidden)", "git status", "nothing to commit")
        await app.see("return redirect(", "image/png", "hologram")
        await app.press("j")
        assert app.cursor == ("turn-1", "prompt")
        await app.press("escape")
        await app.see_no("thinking (hidden)")
        assert app.cursor == ("turn-1", "")


@SIZES
async def test_the_way_back_leads_to_the_list(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(LOGIN)
        await app.press("left")
        await app.until(lambda: app.pane is Pane.SESSIONS)
        await app.see("Sessions 7")


async def test_output_is_cut_with_an_honest_remark():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("colon", *"3", "enter")
        await app.until(lambda: app.cursor[0] == "turn-3")
        await app.press("enter")
        await app.see("1 test failed", "exit 1", "390 lines before, enter")


async def test_what_only_begins_in_memory_says_how_long_it_is():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("end", "enter")
        await app.see("make release", f"{len(fake_turns.WHOLE_OUTPUT) / 1000:.0f}k characters")


async def test_an_agent_call_leads_into_the_sub_agent_and_back():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home", "j", "enter")
        await app.see("sub-agent, enter opens it")
        await app.press("j", "j")
        assert app.cursor == ("turn-2", "step:0")
        await app.press("enter")
        await app.until(lambda: app.main.navigator.reader.key == EXPLORER)
        await app.see("Fix the login redirect loop ▸ Explore")
        await app.until(lambda: len(app.main.trace.items) == 4)
        await app.press("escape")
        await app.until(lambda: app.main.navigator.reader.key == LOGIN)
        await app.until(lambda: app.cursor[0] == "turn-2")
        await app.see("sub-agent, enter opens it")


async def test_failures_are_gone_through_with_x():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home", "x")
        assert app.cursor[0] == "turn-3"
        await app.press("x")
        await app.see("no failure further down")
        await app.press("end", "X")
        assert app.cursor[0] == "turn-3"


async def test_all_turns_are_closed_at_once():
    async with running(MEDIUM) as app:
        await app.open_session(LOGIN)
        await app.press("home", "enter", "end")  # the last one runs: it opens by itself
        await app.see("Building.")
        await app.press("Z")
        await app.see_no("thinking (hidden)")
        await app.see_no("Building.")
        assert app.cursor == ("turn-6", "")


@SIZES
async def test_the_filter_looks_at_titles_and_tools(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(LOGIN)
        await app.press("/", *"write")
        await app.see("1 of 6", "fix that test")
        await app.press("enter", "escape")
        await app.see("build the rel")
        await app.press("/", *"nothing-like-it")
        await app.see("Nothing matches")


async def test_time_is_told_in_three_ways():
    async with running() as app:
        await app.open_session(LOGIN)
        first = app.main.trace.items.turn(0)
        clock = first.started.astimezone().strftime("%H:%M")
        await app.see(clock)
        await app.press("t")
        await app.see_no(f"  {clock}")
        await app.press("t", "t")
        await app.see(clock)


async def test_the_cost_column_comes_and_goes():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.see("$0.06", "$2.31")
        await app.press("$")
        await app.see_no("$0.06")
        await app.see_no("$2.31")
        await app.press("$")
        await app.see("$0.06")


async def test_following_sticks_to_the_newest_turn_until_the_reader_moves_up():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        await app.open_session(LOGIN)
        await app.press("home", "f")
        await app.see("following")
        assert app.cursor[0] == "turn-6"
        trace.append(fake_turns.make_turn(7, "and the change log"))
        app.library.touch(trace.path)
        await app.until(lambda: app.cursor[0] == "turn-7")
        await app.press("k")
        await app.see_no("following")
        trace.append(fake_turns.make_turn(8, "and now deploy"))
        app.library.touch(trace.path)
        await app.see("1 new below", "and now deploy")
        assert app.cursor[0] == "turn-6"
        await app.press("end")
        await app.see("following")


async def test_a_session_opens_at_its_newest_turn_and_stays_there():
    from aimux_tui.config.schema import Settings

    async with running(settings=Settings(theme="aimux")) as app:
        await app.open_session(LOGIN)
        await app.see("following")
        assert app.cursor[0] == "turn-6"


async def test_a_session_opens_at_its_first_turn_if_that_is_wished():
    from aimux_tui.config.schema import Settings, UiSettings

    settings = Settings(theme="aimux", ui=UiSettings(follow=False))
    async with running(settings=settings) as app:
        await app.open_session(LOGIN)
        await app.until(lambda: app.cursor[0] == "turn-1")


async def test_a_growing_turn_changes_in_place_while_it_is_open():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        await app.open_session(LOGIN)
        await app.press("end")
        await app.see("make release")
        await app.press("home")
        grown = fake_turns.make_turn(
            6,
            "build the release",
            [
                Text(Body.of("Building.")),
                fake_turns.tool("Bash", ToolKind.EXECUTE, "make release"),
                Text(Body.of("It is built and signed.")),
            ],
        )
        trace.change(grown)
        app.library.touch(trace.path)
        await app.see("It is built and signed.")
        assert app.cursor[0] == "turn-1"


async def test_who_follows_sees_the_steps_of_the_turn_that_runs():
    def running_turn(number: int, *steps: Step) -> Turn:
        return fake_turns.make_turn(number, f"task {number}", steps, state=TurnState.RUNNING)

    async with running(NARROW) as app:
        trace = app.library.traces[LOGIN]
        await app.open_session(LOGIN)
        await app.press("home", "f")
        trace.append(running_turn(7, Text(Body.of("First the tests."))))
        app.library.touch(trace.path)
        await app.see("First the tests.")
        assert app.cursor[0] == "turn-7"
        trace.change(running_turn(7, Text(Body.of("First the tests.")), Text(Body.of("Green."))))
        app.library.touch(trace.path)
        await app.see("Green.")
        await app.press("escape")
        await app.see_no("First the tests.")
        trace.change(running_turn(7, Text(Body.of("First the tests.")), Text(Body.of("Shut."))))
        trace.append(running_turn(8, Text(Body.of("Then the docs."))))
        app.library.touch(trace.path)
        await app.see("Then the docs.")
        assert app.main.trace.items.opened.keys == {"turn-8"}
        await app.press("k", "k", "k")
        trace.append(running_turn(9, Text(Body.of("While nobody follows."))))
        app.library.touch(trace.path)
        await app.until(lambda: len(app.main.trace.items) == 9)
        assert app.main.trace.items.opened.keys == {"turn-8"}


async def test_what_a_log_leaves_open_does_not_run_when_the_agent_is_gone():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        call = fake_turns.tool("Bash", ToolKind.EXECUTE, "make", status=ToolStatus.RUNNING)
        trace.append(fake_turns.make_turn(7, "build it", [call], state=TurnState.RUNNING))
        await app.open_session(LOGIN)
        app.library.touch(trace.path)
        await app.press("end")
        await app.see("Bash  make  running")
        session = app.main.navigator.snapshot.by_key[LOGIN]
        app.library.put(replace(session, status=Status.IDLE, status_reason="stopped"))
        await app.see("Bash  make  no result")
        row = app.main.trace.list.render_line(6).text
        assert f"{UNICODE.turn[TurnState.INTERRUPTED]} " in row


async def test_a_burst_of_news_is_shown_whole():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        await app.open_session(LOGIN)
        for number in range(7, 207):
            trace.append(fake_turns.make_turn(number, f"burst {number}"))
            app.library.touch(trace.path)
        await app.until(lambda: len(app.main.trace.items) == 206)
        assert app.cursor[0] == "turn-1"


async def test_a_replaced_log_begins_anew():
    async with running() as app:
        trace = app.library.traces[LOGIN]
        await app.open_session(LOGIN)
        await app.press("j", "j", "enter")
        trace.reset([fake_turns.make_turn(1, "another log altogether", key="fresh")])
        app.library.touch(trace.path)
        await app.see("another log altogether")
        assert app.cursor[0] == "fresh"


async def test_an_unreadable_log_says_why():
    async with running() as app:
        app.library.open_error = SessionError("Permission denied")
        app.main.sessions.select(PARSER)
        await app.press("enter")
        await app.see("This log cannot be read", "Permission denied", "/home/u/.codex/parser.jsonl")


async def test_a_turn_that_cannot_be_read_says_so_where_it_stands():
    async with running() as app:
        await app.open_session(LOGIN)
        del app.library.traces[LOGIN].details["turn-1"]
        await app.press("home", "enter")
        await app.see("no turn 'turn-1'")


@SIZES
async def test_hostile_text_reaches_no_terminal(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(HOSTILE)
        await app.press("enter", "j", "j", "j")
        await app.see("[bold]not markup[/bold]")
        await app.press("v", "v", "escape", "d", "i")
        for character in "\x1b\x07\x00\u202e\ud800":
            assert character not in app.text
        app.text.encode()


async def test_a_session_without_turns_waits_for_them():
    session = make_session("claude:fresh", "", turns=0, started=NOW)
    library = FakeLibrary([session], {"claude:fresh": FakeTrace("claude:fresh", path=session.path)})
    async with running(library=library) as app:
        await app.press("enter")
        await app.see("No turns yet")
        library.traces["claude:fresh"].append(fake_turns.make_turn(1, "hello"))
        library.touch(session.path)
        await app.see("hello")


async def test_a_hundred_thousand_turns():
    library = make_library()
    turns = fake_turns.many_turns(3)
    trace = FakeTrace(LOGIN, turns)
    template = turns[0].summary
    trace.turns = [
        replace(template, key=f"t{n}", number=n, title=f"question {n}") for n in range(1, 100_001)
    ]
    library.traces[LOGIN] = trace
    async with running(library=library) as app:
        await app.open_session(LOGIN)
        await app.press("end")
        await app.see("question 100000")
        await app.press("home", "pagedown", "j")
        await app.press("colon", *"77777", "enter")
        await app.see("question 77777")
        assert app.cursor[0] == "t77777"


async def test_going_to_a_turn_that_is_not_there():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("colon", *"99", "enter")
        await app.see("there is no turn 99")
        assert app.main.command_line.is_open


def test_the_running_call_of_the_example_runs():
    running_call = fake_turns.login_turns(EXPLORER)[-1].tool_calls[0]
    assert running_call.status is ToolStatus.RUNNING
    assert fake_turns.login_turns(EXPLORER)[-1].summary.state is TurnState.RUNNING
