"""The screen's exports over real logs: files, endpoints, what is remembered and left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimux_tui.config.schema import ExportSettings, RedactionProfile
from aimux_tui.errors import ExportError
from aimux_tui.export.otlp.result import OtlpError
from aimux_tui.export.progress import ExportCancelledError
from aimux_tui.paths import Paths
from aimux_tui.tui.export_port import Control, Progress
from aimux_tui.tui.export_scopes import Chosen
from aimux_tui.tui.local_exports import LocalExports
from tests.export.otlp.server import Server, free_port, serving
from tests.export.stage import CLAUDE, CODEX, Stage
from tests.tui.harness import NARROW, running
from tests.tui.test_exporting import enter

ONE = Chosen("this", "this session", (CLAUDE,))


class Watch:
    """A control that keeps what was reported, and may stop after some reports."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.reports: list[Progress] = []
        self._stop_after = stop_after
        self.control = Control(self.reports.append, self._should_stop)

    def _should_stop(self) -> bool:
        return self._stop_after is not None and len(self.reports) >= self._stop_after


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "home")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "own", tmp_path / "cache", tmp_path / "state")


def exports_of(stage: Stage, paths: Paths, **settings: object) -> LocalExports:
    return LocalExports(stage.library, stage.book, ExportSettings(**settings), paths)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# Files.


def test_a_session_is_written_where_exports_go(stage: Stage, paths: Paths):
    watch = Watch()
    done = exports_of(stage, paths).to_file(ONE, "jsonl", "", watch.control)
    assert done.path is not None
    assert done.path.parent == paths.exports
    assert done.words == f"2 turns, 1 sub-agent → {done.path}"
    assert watch.reports[-1] == Progress(2, 2)
    header, *turns = map(json.loads, done.path.read_text().splitlines())
    assert header
    assert turns
    assert files_in(paths.exports) == [done.path.name, f"{done.path.name}.receipt.json"]


@pytest.mark.parametrize("name", ["jsonl", "openai", "markdown", "html"])
def test_every_format_and_all_sessions(stage: Stage, paths: Paths, name: str):
    chosen = Chosen("all", "all sessions")
    done = exports_of(stage, paths).to_file(chosen, name, "", Watch().control)
    assert done.words.startswith("3 sessions, 4 turns, 1 sub-agent → ")
    assert done.path is not None
    assert done.path.stat().st_size


def test_turns_alone(stage: Stage, paths: Paths):
    key = stage.turn_keys(CODEX)[0]
    chosen = Chosen("marked", "1 marked turn", (CODEX,), frozenset({key}))
    done = exports_of(stage, paths).to_file(chosen, "jsonl", "", Watch().control)
    assert done.words.startswith("1 turn → ")


def test_a_path_may_be_a_folder_but_never_somebody_elses_file(
    stage: Stage, paths: Paths, tmp_path: Path
):
    exports = exports_of(stage, paths)
    done = exports.to_file(ONE, "html", str(tmp_path), Watch().control)
    assert done.path is not None
    assert done.path.parent == tmp_path
    mine = tmp_path / "notes.html"
    mine.write_text("precious")
    with pytest.raises(ExportError, match="is there already"):
        exports.to_file(ONE, "html", str(mine), Watch().control)
    assert mine.read_text() == "precious"
    # An export of before may be made anew.
    for _ in range(2):
        exports.to_file(ONE, "html", str(tmp_path / "page.html"), Watch().control)


def test_a_cancelled_export_leaves_nothing(stage: Stage, paths: Paths):
    with pytest.raises(ExportCancelledError):
        exports_of(stage, paths).to_file(ONE, "jsonl", "", Watch(stop_after=1).control)
    assert files_in(paths.exports) == []


def test_the_folder_of_the_settings_is_used(stage: Stage, paths: Paths, tmp_path: Path):
    exports = exports_of(stage, paths, folder=str(tmp_path / "there"))
    done = exports.to_file(ONE, "markdown", "", Watch().control)
    assert done.path is not None
    assert done.path.parent == tmp_path / "there"


# Endpoints.


def test_consent_is_remembered_for_each_endpoint(stage: Stage, paths: Paths):
    exports = exports_of(stage, paths, endpoint="localhost:4318", insecure=True)
    own, other = exports.endpoint(""), exports.endpoint("https://otel.example.org")
    assert own.name == "http://localhost:4318"
    assert own.is_local
    assert not other.is_local
    assert exports.consent(own) is None
    exports.give_consent(own, RedactionProfile.REDACTED)
    again = exports_of(stage, paths)
    assert again.consent(own) is RedactionProfile.REDACTED
    assert again.consent(other) is None
    (paths.state / "endpoints.json").write_text("{broken")
    assert again.consent(own) is None, "it is asked once more"


def test_a_sample_is_what_would_leave(stage: Stage, paths: Paths):
    exports = exports_of(stage, paths)
    full = exports.sample(ONE, RedactionProfile.FULL, Watch().control)
    assert (full.sessions, full.looked_at, full.removed) == (1, 1, {})
    assert full.parts[0] == ("Session", "Fix the login redirect")
    names = [name for name, _ in full.parts]
    assert "Prompt" in names
    assert "Output" in names
    redacted = exports.sample(ONE, RedactionProfile.REDACTED, Watch().control)
    words = " ".join(text for _, text in redacted.parts)
    assert "Fix the login" not in words
    assert redacted.removed["removed"] > 3


def test_sending_tells_how_far_it_is_and_what_came_of_it(stage: Stage, paths: Paths):
    watch = Watch()
    with serving(Server()) as server:
        exports = exports_of(stage, paths)
        done = exports.send(ONE, server.base, RedactionProfile.BOUNDED, watch.control)
        again = exports.send(ONE, server.base, RedactionProfile.BOUNDED, Watch().control)
    assert done.words.startswith("1 trace, ")
    assert not done.is_partial
    assert watch.reports[-1].sent == len(server.taken) > 0
    assert "nothing new" in again.words


def test_what_cannot_be_sent_waits_and_a_retry_sends_it_wherever_it_was_to_go(
    stage: Stage, paths: Paths
):
    port = free_port()
    exports = exports_of(stage, paths)
    assert not exports.has_waiting()
    with pytest.raises(OtlpError, match="refused"):
        exports.send(ONE, f"127.0.0.1:{port}", RedactionProfile.BOUNDED, Watch().control)
    # Another run of aimux, whose settings name no endpoint.
    exports = exports_of(stage, paths)
    assert exports.has_waiting()
    with pytest.raises(ExportError, match="refused"):
        exports.retry(Watch().control)
    with serving(Server()) as server:
        waiting = exports_of(stage, paths)
        with pytest.raises(OtlpError):
            waiting.send(ONE, f"127.0.0.1:{port}", RedactionProfile.BOUNDED, Watch().control)
        waiting.send(ONE, server.base, RedactionProfile.BOUNDED, Watch().control)
        assert waiting.has_waiting(), "the other endpoint is still down"
    with pytest.raises(ExportError):
        waiting.retry(Watch().control)


def test_a_retry_with_nothing_to_send_says_so(stage: Stage, paths: Paths):
    assert exports_of(stage, paths).retry(Watch().control).words == "nothing waits to be sent"


# All of it.


@pytest.mark.parametrize("key", ["j", "m", "h"])
async def test_from_the_keyboard_to_the_file(stage: Stage, paths: Paths, key: str):
    exports = exports_of(stage, paths)
    async with running(NARROW, stage.library, book=stage.book, exports=exports) as app:
        await app.until(lambda: app.main.sessions.current)
        app.main.sessions.select(CLAUDE)
        await app.press("e", key)
        await app.see("2 turns, 1 sub-agent", "e p copies the path")
        await app.press("e", "p")
        await app.until(lambda: Path(app.app.clipboard).is_file())


async def test_from_the_keyboard_to_a_server(stage: Stage, paths: Paths):
    exports = exports_of(stage, paths)
    with serving(Server()) as server:
        async with running(NARROW, stage.library, book=stage.book, exports=exports) as app:
            await app.until(lambda: app.main.sessions.current)
            app.main.sessions.select(CLAUDE)
            await enter(app, f"export-otel {server.base}")
            await app.see("What would be sent", "Prompt")
            await app.press("enter")
            await app.see("1 trace,", "spans")
    assert server.taken
