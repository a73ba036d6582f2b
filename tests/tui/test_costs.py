"""The screen of costs and the ledger of a session, driven by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from aimux_tui.analysis.ledger import Charge, Ledger
from aimux_tui.config.schema import CostDisplay
from aimux_tui.errors import SessionError
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.store.spending import SLOT, Bucket
from aimux_tui.tui.costs.levels import View
from aimux_tui.tui.screens.costs import CostsScreen
from aimux_tui.tui.screens.ledger import LedgerScreen
from tests.tui.fake_sessions import LOGIN, NOW, PARSER, all_sessions
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running

if TYPE_CHECKING:
    from aimux_tui.model.session import Session

SESSIONS = {session.key: session for session in all_sessions()}


def bucket(days_ago: int, model: str, usd: float) -> Bucket:
    slot = int((NOW - timedelta(days=days_ago)).timestamp()) // SLOT
    cost = Cost(usd) if usd else Cost(0.0, (model,))
    return Bucket(slot, model, Usage(input=900, cache_read=100, output=50, requests=1), cost, 0.5)


class FakeAccounts:
    prices_from = "2026-11-21"

    def spending(self) -> list[tuple[Session, tuple[Bucket, ...]]]:
        return [
            (SESSIONS[LOGIN], (bucket(0, "opus", 1.25), bucket(1, "opus", 2.5))),
            (SESSIONS[PARSER], (bucket(0, "gpt-5", 0.75), bucket(40, "mystery", 0.0))),
        ]

    def ledger(self, key: str) -> Ledger:
        if key != LOGIN:
            raise SessionError(f"no session {key!r}")
        charge = Charge("opus", "", None, Usage(input=900, requests=1), Cost(1.25))
        return Ledger(SESSIONS[LOGIN], 12, 0, 3, (charge,), (), (), Usage())


@asynccontextmanager
async def costs(size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[Driver, CostsScreen]]:
    async with running(size=size) as driver:
        driver.app.setup.accounts = FakeAccounts()
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, CostsScreen))
        screen = driver.app.screen
        assert isinstance(screen, CostsScreen)
        await driver.until(lambda: screen.report.rows, "a report")
        yield driver, screen


def names(screen: CostsScreen) -> list[str]:
    return [row.name for row in screen.report.rows]


async def test_days_come_first_the_newest_on_top() -> None:
    async with costs() as (driver, screen):
        await driver.see("2026-03-14", "$2.00", "total", "$4.50")
        assert names(screen) == ["2026-03-14", "2026-03-13", "2026-02-02"]
        assert "no price known for mystery: 1.1k tokens are in no sum" in driver.text
        assert "list prices of 2026-11-21" in driver.text


async def test_tab_shows_another_view() -> None:
    async with costs() as (driver, screen):
        await driver.press("5")
        await driver.until(lambda: names(screen) == ["opus", "gpt-5", "mystery"])
        await driver.press("tab")
        await driver.until(lambda: names(screen) == ["claude", "codex"])
        await driver.press("shift+tab", "left")
        await driver.until(lambda: screen.level.view is View.PROJECT)


async def test_a_line_opens_and_escape_leads_back_to_it() -> None:
    async with costs() as (driver, screen):
        await driver.press("j", "enter")
        await driver.until(lambda: names(screen) == [SESSIONS[LOGIN].title])
        await driver.see("since:2026-03-13 before:2026-03-14")
        await driver.press("escape")
        await driver.until(lambda: len(names(screen)) == 3)
        await driver.until(lambda: screen.list.cursor_index == 1)
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, CostsScreen))


async def test_a_session_is_opened_in_the_trace() -> None:
    async with costs() as (driver, screen):
        await driver.press("7")
        await driver.until(lambda: screen.level.view is View.SESSION and len(names(screen)) == 2)
        await driver.press("enter")
        await driver.until(lambda: driver.main.navigator.reader.key == LOGIN)


async def test_a_filter_is_asked_and_a_bad_one_is_told() -> None:
    async with costs() as (driver, screen):
        await driver.press("slash", *"model:gpt")
        await driver.until(lambda: names(screen) == ["2026-03-14"])
        await driver.press("enter", "enter")
        await driver.until(lambda: names(screen) == [SESSIONS[PARSER].title])
        await driver.press("escape", "slash", *"x nope:1")
        await driver.see("no field 'nope'")


async def test_escape_ends_a_filter_before_it_closes_the_screen() -> None:
    async with costs() as (driver, screen):
        everything = names(screen)
        await driver.press("slash", *"model:gpt", "enter")
        await driver.until(lambda: names(screen) != everything)
        await driver.press("escape")
        await driver.until(lambda: names(screen) == everything)
        assert driver.app.screen is screen
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.main)


async def test_what_the_cache_saved_of_an_unknown_price_is_unknown() -> None:
    async with costs() as (driver, screen):
        await driver.press("5")
        await driver.until(lambda: "mystery" in names(screen))
        (line,) = [line for line in driver.text.splitlines() if "mystery" in line and "—" in line]
        assert "10%" in line
        assert "$" not in line


async def test_why_shows_the_ledger_of_a_session() -> None:
    async with costs() as (driver, screen):
        await driver.press("=")
        await driver.see("only a session has a ledger")
        await driver.press("7")
        await driver.until(lambda: screen.level.view is View.SESSION and len(names(screen)) == 2)
        await driver.press("=")
        await driver.until(lambda: isinstance(driver.app.screen, LedgerScreen))
        await driver.see("$1.2500", "3 statements of usage repeat", "read from 12 lines")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen)


async def test_why_of_the_selected_session() -> None:
    async with running() as driver:
        driver.app.setup.accounts = FakeAccounts()
        await driver.see(SESSIONS[LOGIN].title)
        await driver.press("=")
        await driver.until(lambda: isinstance(driver.app.screen, LedgerScreen))


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
async def test_it_fits_where_there_is_little_room(size: tuple[int, int]) -> None:
    async with costs(size) as (driver, screen):
        await driver.see("2026-03-14", "$2.00", "total")
        await driver.press("8")
        await driver.until(lambda: screen.level.view is View.BLOCK and screen.report.rows)
        await driver.see("10:00-15:00")


async def test_money_that_is_hidden_has_no_screen() -> None:
    async with running() as driver:
        cost = replace(driver.app.setup.settings.cost, display=CostDisplay.HIDE)
        driver.app.setup.settings = replace(driver.app.setup.settings, cost=cost)
        driver.app.setup.accounts = FakeAccounts()
        await driver.press("c")
        await driver.see("money is not shown")
