"""A label means keep: when logs are copied, and what is said of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.cli.setup import look_around, make_library
from aimux_tui.commands.registry import default_keymap
from aimux_tui.config.schema import Settings
from aimux_tui.sources.archive import Archive, Kept
from aimux_tui.tui import keeper as keeping
from aimux_tui.tui.app import AimuxApp
from aimux_tui.tui.feeds import LibraryFeed
from aimux_tui.tui.keeper import Keeper
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.local_archive import LocalArchive
from aimux_tui.tui.setup import Setup
from tests.tui.fake_sessions import LOGIN, PARSER
from tests.tui.harness import WIDE, Driver, running
from tests.tui.hostile_logs import claude_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PAUSE", 0.02)


class FakeArchive:
    """Fulfils `ArchivePort`; remembers what it was asked to keep."""

    place = "/home/u/.aimux/archive"

    def __init__(self, *answers: Kept) -> None:
        self.kept: list[set[str]] = []
        self.answers = list(answers)

    def keep(self, keys: Iterable[str], should_stop: Callable[[], bool]) -> Kept:
        self.kept.append(set(keys))
        return self.answers.pop(0) if self.answers else Kept()

    def keep_all(self, should_stop: Callable[[], bool]) -> Kept:
        return self.keep({"all"}, should_stop)


async def test_what_is_labelled_is_kept_and_that_is_said_once():
    archive = FakeArchive(Kept(), Kept(1, 100, is_first=True))
    async with running(keeper=Keeper(archive)) as app:
        await app.until(lambda: archive.kept == [{"all"}], "all is kept after the start")
        await app.open_session(LOGIN)
        await app.press("g")
        await app.see("Labelled sessions are kept", "/home/u/.aimux/archive")
        assert archive.kept[1] == {LOGIN}
        before = len(archive.kept)
    assert len(archive.kept) > before, "as it is at the end"
    assert all(keys == {LOGIN} for keys in archive.kept[1:])


async def test_trouble_is_told_once_and_labels_are_given_all_the_same():
    full = Kept(trouble="the archive is full (1000 MB)")
    archive = FakeArchive(Kept(), full, full)
    async with running(keeper=Keeper(archive)) as app:
        await app.open_session(LOGIN)
        await app.press("g")
        await app.see("the archive is full", "GOOD")
        await app.press("j", "b")
        await app.see("BAD")
        await app.until(lambda: len(archive.kept) >= 3)
        assert app.text.count("the archive is full") == 1


async def test_a_run_without_labels_keeps_nothing_at_its_end():
    archive = FakeArchive()
    async with running(keeper=Keeper(archive)) as app:
        await app.open_session(PARSER)
        await app.until(lambda: archive.kept)
    assert archive.kept == [{"all"}]


async def test_a_labelled_session_outlives_its_log(tmp_path: Path):
    log = claude_log(tmp_path)
    around = look_around(env={"AIMUX_HOME": str(tmp_path / "aimux")}, home=tmp_path)
    book = EvaluationBook(around.paths.evaluations)

    def setup() -> Setup:
        around = look_around(env={"AIMUX_HOME": str(tmp_path / "aimux")}, home=tmp_path)
        library: Any = make_library(around, uses_index=False)
        archive = Archive(around.paths.archive, 1 << 30)
        return Setup(
            LibraryFeed(library),
            LabelFeed(book),
            Settings(theme="aimux"),
            default_keymap(),
            keeper=Keeper(LocalArchive(library, archive, book)),
        )

    app = AimuxApp(setup())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        driver = Driver(app, pilot, app.feed.library)  # type: ignore[arg-type]
        await driver.until(lambda: len(app.main.sessions.items))
        await driver.press("enter")
        await driver.until(lambda: len(app.main.trace.items))
        await driver.press("home", "g")
        await driver.see("Labelled sessions are kept")
    shutil.rmtree(log.parent)
    app = AimuxApp(setup())
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        driver = Driver(app, pilot, app.feed.library)  # type: ignore[arg-type]
        await driver.until(lambda: len(app.main.sessions.items))
        await driver.press("enter")
        await driver.see("GOOD")
