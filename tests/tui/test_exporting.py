"""Exporting from the screen: what is taken, where it goes, how it is told, stopped and refused."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from aimux_tui.commands.base import Pane
from aimux_tui.config.schema import RedactionProfile
from aimux_tui.errors import ExportError
from aimux_tui.export.words import removed_words
from aimux_tui.tui.export_port import Done
from aimux_tui.tui.screens.export_preview import ExportPreview
from tests.tui.fake_exports import FakeExports
from tests.tui.fake_sessions import DEPLOY, LOGIN, PARSER
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running


@pytest.fixture
def exports() -> FakeExports:
    return FakeExports()


async def enter(app: Driver, line: str) -> None:
    """Type a command."""
    await app.until(lambda: not app.main.command_line.is_open)
    await app.press("colon")
    app.main.command_line.field.value = line
    await app.press("enter")


async def exported(app: Driver, exports: FakeExports) -> tuple[str, ...]:
    """Wait for the next call and its result."""
    await app.until(lambda: exports.calls and not app.main.exporting.jobs.is_running)
    return exports.calls[-1]


# What is taken.


@pytest.mark.parametrize("size", [WIDE, MEDIUM, NARROW])
@pytest.mark.parametrize(("key", "name"), [("j", "jsonl"), ("m", "markdown"), ("h", "html")])
async def test_the_selected_session_is_exported_by_two_keys(
    exports: FakeExports, key: str, name: str, size: tuple[int, int]
):
    async with running(size, exports=exports) as app:
        app.main.sessions.select(PARSER)
        await app.press("e")
        await app.see("export this session", "JSONL", "OTLP", "Markdown", "HTML")
        await app.press(key)
        assert await exported(app, exports) == ("file", name, "")
        assert exports.chosen[0].sessions == (PARSER,)
        await app.see("12 turns, 3 sub-agents", "e p copies")


async def test_the_open_session_is_exported_from_its_turns_and_its_detail(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.open_session(LOGIN)
        await app.press("e", "j")
        await exported(app, exports)
        await app.press("tab")
        assert app.pane is Pane.DETAIL
        await app.press("e", "h")
        await app.until(lambda: len(exports.calls) == 2)
        assert [chosen.sessions for chosen in exports.chosen] == [(LOGIN,)] * 2
        assert not exports.chosen[0].turns


async def test_marked_sessions_are_exported_instead(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.press("home", "space", "space", "e")
        await app.see("export 2 marked sessions")
        first, second = app.main.sessions.list.picked
        await app.press("f")
        await app.see("export this session")
        await app.press("f")
        await app.see("export 2 marked sessions")
        await app.press("j")
        await exported(app, exports)
        assert exports.chosen[0].sessions == (first, second)
        assert app.main.sessions.list.picked == [first, second], "for another format"


async def test_marked_turns_are_exported_alone(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.open_session(LOGIN)
        await app.press("home", "space", "space", "e")
        await app.see("export 2 marked turns")
        await app.press("j")
        await exported(app, exports)
        assert exports.chosen[0].sessions == (LOGIN,)
        assert exports.chosen[0].turns == {"turn-1", "turn-2"}


async def test_what_the_filter_lets_by_is_exported_when_asked_for(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.press("e")
        await app.see("JSONL")
        assert "other scope" not in app.text
        await app.press("escape")
        await enter(app, "filter codex")
        await app.until(lambda: app.main.sessions.rows.query == "codex")
        shown = tuple(row.session.key for row in app.main.sessions.rows.rows)
        await app.press("e")
        await app.see("export this session", "f other scope")
        await app.press("f")
        await app.see(f"export {len(shown)} session")
        await app.press("j")
        await exported(app, exports)
        assert exports.chosen[0].sessions == shown
        # The next one begins with what is selected again.
        await app.press("e")
        await app.see("export this session")


async def test_filtered_turns_are_exported_when_asked_for(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.open_session(LOGIN)
        await enter(app, "filter tests")
        await app.until(lambda: app.main.trace.items.query == "tests")
        await enter(app, "export html filter /tmp/x.html")
        assert await exported(app, exports) == ("file", "html", "/tmp/x.html")
        items = app.main.trace.items
        assert exports.chosen[0].turns == {items.turn(n).key for n in range(len(items))}


async def test_the_command_line_names_format_scope_and_path(exports: FakeExports):
    async with running(exports=exports) as app:
        await enter(app, "export openai 'my file.jsonl'")
        assert await exported(app, exports) == ("file", "openai", "my file.jsonl")
        await enter(app, "export jsonl all")
        await app.until(lambda: len(exports.calls) == 2)
        assert exports.chosen[-1].sessions == ()
        await app.until(lambda: not app.main.exporting.jobs.is_running)
        for line, said in (
            ("export pdf", "'pdf' is not one of the choices"),
            ("export jsonl marked", "nothing is marked here"),
            ("export jsonl filter", "no filter is on here"),
            ("export jsonl here there", "'here' is not one of"),
        ):
            await enter(app, line)
            await app.see(said)
            await app.press("escape")
        assert len(exports.calls) == 2


async def test_the_command_line_completes_formats_scopes_and_paths(exports: FakeExports):
    async with running(exports=exports) as app:
        line = app.main.command_line
        await app.press("colon", *"export js", "tab")
        await app.until(lambda: line.field.value == "export jsonl")
        await app.press("space", "f", "tab")
        await app.until(lambda: line.field.value == "export jsonl filter")


async def test_nothing_selected_is_nothing_exported(exports: FakeExports):
    async with running(exports=exports) as app:
        await enter(app, "filter nothing-is-called-so")
        await app.press("e")
        await app.see("export: nothing is selected")
        await app.press("j")
        await app.see("no session is selected")
        assert not exports.calls


# While it runs.


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_progress_is_shown_and_keys_go_on_working(
    exports: FakeExports, size: tuple[int, int]
):
    async with running(size, exports=exports) as app:
        exports.gate.clear()
        await app.press("home", "e", "j")
        await app.see("JSONL", "3 of about 12 turns", "esc cancels")
        first = app.session_cursor
        await app.press("j")
        assert app.session_cursor != first
        await app.press("e", "h")
        await app.see("JSONL is being")
        exports.gate.set()
        await app.see("12 turns, 3 sub-agents")
        assert exports.calls == [("file", "jsonl", "")]


async def test_escape_cancels_and_means_itself_again_afterwards(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.open_session(LOGIN)
        exports.gate.clear()
        await app.press("e", "h")
        await app.see("esc cancels")
        await app.press("escape")
        await app.see("HTML: cancelled, nothing of it is left")
        assert app.pane is Pane.TRACE
        await app.press("escape")
        await app.until(lambda: app.pane is Pane.SESSIONS)


async def test_a_click_and_a_command_cancel_too(exports: FakeExports):
    async with running(exports=exports) as app:
        exports.gate.clear()
        await app.press("e", "j")
        await app.see("esc cancels")
        line = app.main.exporting.line
        at = line.render().plain.index("esc cancels")
        await app.pilot.click(line, offset=(at + 3, 0))
        await app.see("JSONL: cancelled")
        await app.press("e", "j")
        await app.until(lambda: app.main.exporting.jobs.is_running)
        await enter(app, "export-cancel")
        await app.until(lambda: not app.main.exporting.jobs.is_running)
        await enter(app, "export-cancel")
        await app.see("no export is running")


async def test_escape_in_an_input_is_for_the_input(exports: FakeExports):
    async with running(exports=exports) as app:
        exports.gate.clear()
        await app.press("e", "j")
        await app.see("esc cancels")
        await app.press("slash", "x", "escape")
        assert app.main.exporting.jobs.is_running
        exports.gate.set()
        await app.see("12 turns")


async def test_quitting_stops_a_running_export(exports: FakeExports):
    exports.gate.clear()
    async with running(exports=exports) as app:
        await app.press("e", "j")
        await app.until(lambda: exports.calls)
        await app.press("q")
    assert not app.main.exporting.jobs.is_running


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ExportError("the disk is full", hint="make room"), ["the disk is full", "make room"]),
        (PermissionError(13, "Permission denied", "/out"), ["Permission denied"]),
    ],
)
async def test_what_fails_is_told_with_what_to_do(
    exports: FakeExports, error: ExportError | OSError, said: list[str]
):
    exports.error = error
    async with running(NARROW, exports=exports) as app:
        await app.press("e", "j")
        await app.see(*said)
        await app.press("e", "p")
        await app.see("nothing was", "exported to a file")


async def test_the_path_of_the_last_export_is_copied(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.press("e", "j")
        await app.see("e p copies the path")
        await app.press("e", "p")
        await app.until(lambda: app.app.clipboard == "/out/x.jsonl")
        await app.see("Copied the path of the export")


async def test_what_was_taken_out_is_told(exports: FakeExports):
    exports.done = Done("1 turn → /out/x.html", remarks=("2 secrets masked, 1 value cut",))
    async with running(exports=exports) as app:
        await app.press("e", "h")
        await app.see("1 turn → /out/x.html", "2 secrets masked, 1 value cut")


def test_words_for_what_was_taken_out():
    assert removed_words({"masked": 2, "cut": 1, "removed": 12, "odd": 1}) == (
        "2 secrets masked, 1 value cut, 12 texts removed, 1 value odd"
    )


# Endpoints.


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_first_time_what_would_be_sent_is_shown(
    exports: FakeExports, size: tuple[int, int]
):
    async with running(size, exports=exports) as app:
        app.main.sessions.select(LOGIN)
        await enter(app, "export-otel host:5001")
        await app.see("What would be sent", "http://host:5001", "[bounded]", "[masked]")
        shown = str(app.app.screen.query_one("#preview-parts", Static).render())
        assert "2 secrets masked, 1 value cut" in shown
        assert "\x1b" not in shown
        await app.press("1")
        await app.see("sk-123", "[full]", "secrets too")
        await app.press("right", "right")
        await app.see("[redacted]", "no prompts, answers")
        assert not exports.calls
        await app.press("enter")
        assert await exported(app, exports) == ("send", "host:5001", "redacted")
        assert exports.chosen[0].sessions == (LOGIN,)
        await app.see("3 traces, 212 spans, 14 assessments", "MLflow experiment 1")
        await enter(app, "export-otel host:5001")
        await app.until(lambda: len(exports.calls) == 2)
        assert exports.calls[1] == ("send", "host:5001", "redacted"), "it is asked once"


async def test_nothing_is_sent_when_the_answer_is_no(exports: FakeExports):
    async with running(exports=exports) as app:
        await enter(app, "export-otel host:5001")
        await app.see("What would be sent")
        await app.press("escape")
        await app.see("nothing was sent")
        assert not exports.calls
        assert not exports.consents


async def test_the_answer_can_be_changed(exports: FakeExports):
    exports.consents["http://host"] = RedactionProfile.REDACTED
    async with running(exports=exports) as app:
        await enter(app, "export-preview host")
        await app.see("[redacted]")
        await app.press("left", "space")
        await app.until(lambda: isinstance(app.app.screen, ExportPreview))
        assert app.app.screen.profile is RedactionProfile.BOUNDED, "one is always chosen"
        await app.press("enter")
        await exported(app, exports)
        assert exports.consents == {"http://host": RedactionProfile.BOUNDED}


async def test_without_an_endpoint_it_says_how_to_set_one(exports: FakeExports):
    async with running(exports=exports) as app:
        await app.press("e", "o")
        await app.see("no endpoint to export to", "set export.endpoint")


async def test_what_could_not_be_sent_is_offered_again(exports: FakeExports):
    exports.consents["http://host"] = RedactionProfile.BOUNDED
    exports.sent = Done("0 traces, 1 session kept for a retry", is_partial=True)
    async with running(exports=exports) as app:
        await app.press("e", "r")
        await app.see("nothing waits to be sent")
        await enter(app, "export-otel host")
        await app.see("kept for a retry", "e r sends what was kept")
        exports.waiting = True
        exports.sent = Done("1 trace, 70 spans → host")
        await app.press("e")
        await app.see("r retry")
        await app.press("r")
        await app.see("1 trace, 70 spans")
        assert exports.calls[-1] == ("retry",)
        await enter(app, "retry")
        await app.until(lambda: len(exports.calls) == 3)


async def test_without_exports_the_screen_works_and_says_so():
    async with running() as app:
        await app.press("e", "j")
        await app.see("there is nothing that could export")


async def test_keys_typed_in_one_go_close_the_which_key_line_once(exports: FakeExports):
    from tests.tui.test_app_commands import burst

    async with running(exports=exports) as app:
        app.main.sessions.select(DEPLOY)
        rung: list[bool] = []
        app.app.bell = lambda: rung.append(True)
        await app.press("e")
        await app.see("JSONL")
        burst(app, "xxx")
        await app.until(lambda: rung and app.app.screen is app.main)
        burst(app, "ejj")
        assert await exported(app, exports) == ("file", "jsonl", "")
        assert len(exports.calls) == 1
