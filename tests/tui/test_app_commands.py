"""Keys, chords, the command line, help, palette, themes: how commands are given."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rich.style import Style as RichStyle
from textual import events
from textual.color import Color
from textual.widgets import Input

from aimux_tui.commands.base import Pane
from aimux_tui.commands.builtin import COMMANDS
from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import CostDisplay, CostSettings, Settings, UiSettings
from aimux_tui.errors import ConfigError
from aimux_tui.model.session import Status
from aimux_tui.tui.screens.chord import ChordScreen
from aimux_tui.tui.screens.help import HelpScreen
from aimux_tui.tui.screens.main import make_main_screen
from tests.tui.fake_sessions import DOCS, LOGIN, PARSER
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running
from tests.tui.test_app_detail import go_to_step

if TYPE_CHECKING:
    from pathlib import Path

SIZES = pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW], ids=["wide", "medium", "narrow"])


def burst(app: Driver, keys: str) -> None:
    """All keys in one read, as a terminal delivers what is typed quickly or pasted."""
    names = {"/": "slash", ":": "colon", "\r": "enter", "\x1b": "escape", "?": "question_mark"}
    for key in keys:
        name = names.get(key, key)
        app.app._driver.send_message(events.Key(name, key if key.isprintable() else None))


def test_every_command_has_someone_who_does_it():
    from aimux_tui.tui.app import AimuxApp
    from aimux_tui.tui.costs.commands import CostCommands
    from aimux_tui.tui.exporting import Exporting
    from aimux_tui.tui.labelling import Labelling
    from aimux_tui.tui.navigator import Navigator
    from aimux_tui.tui.panes.detail import DetailPane
    from aimux_tui.tui.panes.detail_commands import DetailCommands
    from aimux_tui.tui.panes.sessions import SessionsPane
    from aimux_tui.tui.panes.trace import TracePane
    from aimux_tui.tui.panes.trace_commands import TraceCommands
    from aimux_tui.tui.screens.main_commands import MainCommands
    from aimux_tui.tui.search.commands import SearchCommands
    from aimux_tui.tui.take_out import TakeOut
    from aimux_tui.tui.telemetry.commands import TelemetryCommands

    doers = (
        AimuxApp,
        MainCommands,
        Navigator,
        TakeOut,
        Labelling,
        Exporting,
        CostCommands,
        SearchCommands,
        TelemetryCommands,
        SessionsPane,
        TracePane,
        TraceCommands,
        DetailPane,
        DetailCommands,
    )
    known = {command.handler for command in COMMANDS}
    done = {name for doer in doers for name in dir(doer) if name.startswith("cmd_")}
    assert done == known
    asked = {name for doer in doers for name in dir(doer) if name.startswith("why_not_")}
    assert {name.replace("why_not_", "cmd_", 1) for name in asked} <= known


@SIZES
async def test_tab_goes_round_the_panes(size: tuple[int, int]):
    async with running(size) as app:
        await app.open_session(LOGIN)
        await app.press("tab")
        assert app.pane is Pane.DETAIL
        await app.press("tab")
        assert app.pane is Pane.SESSIONS
        await app.press("shift+tab")
        assert app.pane is Pane.DETAIL
        assert app.main.focused is app.main.detail.target
        assert Pane.DETAIL in app.shown


async def test_a_pane_can_have_the_whole_screen():
    async with running(WIDE) as app:
        await app.open_session(LOGIN)
        await app.press("z")
        assert app.shown == [Pane.TRACE]
        await app.press("tab")
        assert app.shown == [Pane.DETAIL]
        await app.press("z")
        assert app.shown == [Pane.SESSIONS, Pane.TRACE, Pane.DETAIL]


async def test_the_panes_follow_the_width_of_the_terminal():
    async with running(WIDE) as app:
        await app.open_session(LOGIN)
        await app.press("j")
        at = app.cursor
        await app.pilot.resize_terminal(*NARROW)
        await app.until(lambda: app.shown == [Pane.TRACE])
        await app.pilot.resize_terminal(*MEDIUM)
        await app.until(lambda: app.shown == [Pane.SESSIONS, Pane.TRACE])
        assert app.main.focused is app.main.trace.list
        assert app.cursor == at


# Fast typing.


async def test_a_chord_typed_in_one_go():
    async with running() as app:
        await app.open_session(LOGIN)
        burst(app, "yp")
        await app.until(lambda: app.app.clipboard == "/home/u/.claude/login.jsonl")


async def test_a_command_line_typed_in_one_go():
    async with running() as app:
        burst(app, ":sort cost\r")
        await app.see("by cost")
        await app.until(lambda: not app.main.command_line.is_open)
        assert app.main.focused is app.main.sessions.list


async def test_a_filter_typed_in_one_go():
    async with running() as app:
        burst(app, "/parser")
        await app.see("1 of 7")


async def test_moves_typed_in_one_go():
    async with running() as app:
        burst(app, "jjjkj")
        await app.until(lambda: app.session_cursor == "claude:deploy")


# Chords.


async def test_the_which_key_line_shows_what_may_follow():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("y")
        await app.see("y text", "c command", "p path", "r resume command")
        await app.press("escape")
        await app.see_no("resume command")
        assert not isinstance(app.app.screen, ChordScreen)
        await app.press("y", "w")
        await app.until(lambda: not isinstance(app.app.screen, ChordScreen))


async def test_a_choice_can_be_clicked_on():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("y")
        await app.see("p path")
        line = app.app.screen.query_one("#which-key")
        await app.pilot.click(line, offset=(line.render().plain.index("p path") + 3, 1))
        await app.until(lambda: app.app.clipboard)


# The command line.


async def test_completion_history_and_errors():
    async with running() as app:
        line = app.main.command_line
        await app.press("colon", *"sor")
        await app.see("Sort the sessions by something else")
        await app.press("tab")
        await app.until(lambda: line.field.value == "sort ")
        await app.press("p", "tab")
        await app.until(lambda: line.field.value == "sort project")
        await app.press("enter")
        await app.see("by project")
        await app.press("colon", *"nonsense", "enter")
        await app.see("no command :nonsense")
        assert line.is_open
        await app.press("up", "up")
        assert line.field.value == "sort project"
        await app.press("down")
        assert line.field.value == "nonsense"
        await app.press("escape")
        assert not line.is_open
        assert app.main.focused is app.main.sessions.list


async def test_rubbing_out_the_colon_leaves_the_command_line():
    async with running() as app:
        await app.press("colon", "a", "backspace")
        assert app.main.command_line.is_open
        await app.press("backspace")
        await app.until(lambda: not app.main.command_line.is_open)


async def test_a_session_is_opened_by_its_id():
    async with running(NARROW) as app:
        await app.press("colon", *"open docs", "enter")
        await app.until(lambda: app.main.navigator.reader.key == DOCS)
        assert app.pane is Pane.TRACE
        await app.press("colon", *"open nothing", "enter")
        await app.see("no session 'nothing'")


async def test_commands_act_on_the_pane_in_which_the_line_was_begun():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("colon", *"filter tests", "enter")
        await app.see("1 of 6")
        assert app.main.sessions.rows.query == ""


# Help, palette, theme.


async def test_help_shows_the_commands_of_the_pane_first():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("question_mark")
        await app.until(lambda: isinstance(app.app.screen, HelpScreen))
        await app.see("In the turns", "Go to the next turn with a failed tool call")
        await app.press("escape")
        await app.until(lambda: app.app.screen is app.main)


async def test_the_palette_finds_commands():
    async with running() as app:
        await app.press("ctrl+p")
        await app.until(lambda: app.app.screen is not app.main)
        app.app.screen.query_one(Input).value = "sort"
        await app.see("Sort the sessions by something else")
        await app.until(lambda: app.app.screen.query_one("CommandList").option_count > 0)
        await app.press("enter")
        await app.see("by started")


async def test_the_palette_puts_what_is_named_so_first():
    async with running() as app:
        await app.press("ctrl+p", *"the")
        await app.see("Change the colours", "Move to the first row")
        text = app.text
        assert text.index("Change the colours") < text.index("Move to the first row")


async def test_themes_change_at_once_and_a_wrong_name_is_told():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home", "enter")
        await app.see("thinking (hidden)")
        before = app.main.trace.items.opened.details("turn-1").serial
        await app.press("colon", *"theme aimux-light", "enter")
        assert app.app.theme == "aimux-light"
        await app.until(lambda: app.main.trace.items.opened.details("turn-1").serial != before)
        await app.press("colon", *"theme aimux-lihgt", "enter")
        await app.see("did you mean aimux-light?")


async def test_another_theme_changes_the_colours_of_everything():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("home", "enter")
        await app.see("thinking (hidden)")
        await app.press("colon", *"theme aimux-light", "enter")
        await app.until(lambda: not app.app.current_theme.dark)

        def faint() -> list[str]:
            """Texts that are hardly to be told from what is behind them."""
            strips = app.app.screen._compositor.render_strips()
            return [
                segment.text
                for strip in strips
                for segment in strip
                if segment.text.strip(" \u258f\u258e\u258c") and not is_legible(segment.style)
            ]

        await app.until(lambda: not faint(), "all is legible")


def is_legible(style: RichStyle | None) -> bool:
    """Whether a text in this style can be read."""
    if style is None or style.color is None or style.bgcolor is None:
        return True
    ink, paper = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    return abs(ink.brightness - paper.brightness) > 0.2


async def test_a_wrong_setting_is_told_and_the_rest_holds():
    error = ConfigError("config.yaml:3: unknown key 'colour'", hint="did you mean theme?")
    async with running(errors=[error]) as app:
        await app.see("unknown key 'colour'", "did you mean theme?")


# What reaches out of the screen.


async def test_copying_text_command_and_resume_command():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:2")
        await app.press("y", "c")
        await app.until(lambda: app.app.clipboard == "git status")
        await app.press("y", "y")
        await app.until(lambda: app.app.clipboard == "nothing to commit")
        await go_to_step(app, "turn-1", "step:4")
        await app.press("y", "p")
        await app.until(lambda: app.app.clipboard == "/home/u/src/webshop/auth/views.py")
        await app.press("y", "r")
        await app.until(lambda: app.app.clipboard.startswith("cd /home/u/src/webshop && claude"))
        await app.see("Copied the command that resumes the session")


async def test_copying_where_there_is_nothing_to_copy():
    async with running() as app:
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:5")
        await app.press("y", "y")
        await app.see("there is no text in it")
        await app.press("y", "c")
        await app.see("select a tool call to copy its command")


async def test_the_editor_gets_the_file_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen = tmp_path / "seen"
    editor = tmp_path / "vim"
    editor.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {seen}\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"x" * 99 + b"\n" + b"second\n")
    async with running() as app:
        suspended = []

        def suspend() -> object:
            import contextlib

            suspended.append(True)
            return contextlib.nullcontext()

        monkeypatch.setattr(app.app, "suspend", suspend)
        await app.open_session(LOGIN)
        await go_to_step(app, "turn-1", "step:4")
        await app.press("o")
        await app.see("/home/u/src/webshop/auth/views.py is not there any more")
        session = app.main.navigator.snapshot.by_key[LOGIN]
        app.library.put(replace(session, path=str(log)))
        await app.until(lambda: app.main.navigator.snapshot.by_key[LOGIN].path == str(log))
        await go_to_step(app, "turn-1", "step:2")
        await app.press("o")
        await app.until(seen.exists)
        await app.until(lambda: seen.read_text().split() == ["-R", "+2", str(log)])
        assert suspended


# The bell.


async def test_the_bell_rings_once_when_a_session_begins_to_need_its_user():
    async with running() as app:
        rung: list[bool] = []
        app.app.bell = lambda: rung.append(True)
        session = app.main.navigator.snapshot.by_key[DOCS]
        waiting = replace(session, status=Status.WAITING, status_reason="permission")
        app.library.put(waiting)
        await app.see("3 need you")
        assert len(rung) == 1
        app.library.put(replace(waiting, turns=50))
        await app.until(lambda: app.main.navigator.snapshot.by_key[DOCS].turns == 50)
        assert len(rung) == 1
        await app.press("m")
        await app.see("muted")
        app.library.put(session)
        await app.see("2 need you")
        app.library.put(waiting)
        await app.see("3 need you")
        assert len(rung) == 1


# Settings, flags, the mouse.


async def test_keys_can_be_changed():
    keymap = {**default_keymap(), "session.sort": ("ctrl+s",), "copy.path": ("h p",)}
    async with running(keymap=keymap) as app:
        await app.press("s")
        await app.see("by updated")
        await app.press("ctrl+s")
        await app.see("by started")
        await app.press("h", "p")
        await app.until(lambda: app.app.clipboard)


async def test_money_can_be_hidden_by_a_setting():
    settings = Settings(
        theme="aimux", ui=UiSettings(follow=False), cost=CostSettings(display=CostDisplay.HIDE)
    )
    async with running(settings=settings) as app:
        await app.open_session(LOGIN)
        await app.see("build the release")
        assert "$" not in app.text.replace("$ ", "")


async def test_plain_ascii_can_be_wished_for():
    settings = Settings(theme="aimux", ui=UiSettings(follow=False, ascii=True))
    async with running(MEDIUM, settings=settings) as app:
        await app.open_session(LOGIN)
        await app.press("home", "enter")
        await app.see("git status")
        assert app.text.isascii()


async def test_a_session_is_opened_by_its_path_at_the_start():
    async with running(open_target="/home/u/.codex/parser.jsonl") as app:
        await app.until(lambda: app.main.navigator.reader.key == PARSER)
        assert app.pane is Pane.TRACE
        assert app.session_cursor == PARSER


async def test_the_mouse_selects_opens_and_presses():
    async with running() as app:
        await app.pilot.click(app.main.sessions.list, offset=(20, 2))
        assert app.session_cursor == PARSER
        await app.pilot.click(app.main.sessions.list, offset=(20, 2), times=2)
        await app.until(lambda: app.pane is Pane.TRACE)
        await app.until(lambda: len(app.main.trace.items) == 4)
        footer = app.main.footer
        await app.until(lambda: "follow" in footer.render().plain)
        await app.pilot.click(footer, offset=(footer.render().plain.index("follow") + 2, 0))
        await app.see("following")


async def test_what_cannot_be_done_is_greyed_by_absence_and_says_why():
    async with running() as app:
        await app.until(lambda: app.main.footer.keys)
        offered = {key.command_id for key in app.main.footer.keys}
        assert "item.open" in offered
        assert "item.back" not in offered
        await app.press("escape")
        await app.see("there is nothing to close")


async def test_keys_typed_before_there_is_anything_to_act_on_do_nothing():
    async with running() as app:
        unborn = make_main_screen(app.app.setup)
        assert unborn.check_action("command", ("list.filter",)) is False
        assert unborn.check_action("chord", ("y",)) is False
        assert app.main.check_action("command", ("list.filter",)) is True


async def test_a_key_that_is_for_another_pane_says_so():
    async with running() as app:
        await app.press("Z")
        await app.see("Z does nothing here: it is for the trace and the detail")


async def test_what_is_done_to_a_list_out_of_sight_is_told():
    async with running(NARROW) as app:
        await app.open_session(LOGIN)
        await app.press("s")
        await app.see("sessions are sorted by")
        await app.press("H")
        await app.see("sessions of machines")


async def test_two_columns_need_a_diff_and_room_for_it():
    async with running() as app:
        await app.open_session(LOGIN)
        await app.press("|")
        await app.see("there is no diff in the detail")
        await go_to_step(app, "turn-1", "step:4:0")
        await app.press("enter")
        await app.until(lambda: app.pane is Pane.DETAIL)
        await app.press("|")
        await app.see("two columns need a detail of 120 columns")


async def test_quitting_keeps_what_was_read():
    async with running() as app:
        await app.press("q")
    assert app.library.saves >= 1
