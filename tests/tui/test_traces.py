"""The screen of telemetry, driven by keys: traces, their spans, metrics, services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from aimux_tui.model.telemetry import FoldedCount, ServiceSummary, Signal, SpanStatus
from aimux_tui.receiver.status import ReceiverState, ReceiverStatus
from aimux_tui.tui.screens.spans import SpansScreen
from aimux_tui.tui.screens.traces import TracesScreen
from tests.tui.fake_sessions import LOGIN
from tests.tui.fake_telemetry import START, FakeTelemetry, make_log, make_series, make_span
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running

CLAUDE, SHOP, AGENT = "aa" * 16, "bb" * 16, "login"
INTERACTION = [
    make_span("claude_code.interaction", "01", length=2000, session=AGENT),
    make_span(
        "claude_code.tool",
        "02",
        "01",
        start=500,
        length=1000,
        session=AGENT,
        tool_name="Bash",
        gen_ai__tool__name="Bash",
        gen_ai__tool__call__id="toolu_1",
    ),
    make_span(
        "codex.exec",
        "03",
        "02",
        start=600,
        length=800,
        service="codex_exec",
        status=SpanStatus.ERROR,
    ),
    make_log("tool_result", "02", 1500, success="false"),
]
CHECKOUT = [
    make_span("POST /checkout", "11", start=5000, length=12, service="shop", url__path="/checkout"),
    make_span("SELECT", "12", "11", start=5001, length=3, service="shop"),
]


def received() -> FakeTelemetry:
    telemetry = FakeTelemetry()
    telemetry.put(CLAUDE, INTERACTION, folded=7)
    telemetry.put(SHOP, CHECKOUT)
    telemetry.series = [
        make_series("process.uptime", 1.0, service="shop"),
        make_series("claude_code.cost.usage", 0.25, 0.5, unit="USD", session__id=AGENT),
        make_series(
            "claude_code.token.usage", 10, 20, unit="tokens", type="input", session__id=AGENT
        ),
        make_series(
            "claude_code.token.usage", 5, 7, unit="tokens", type="output", session__id="other"
        ),
    ]
    telemetry.services_ = [ServiceSummary("claude-code", 2, 1, 4, START, START)]
    telemetry.folded_ = [FoldedCount("codex_exec", Signal.TRACES, "append_items", 804, START)]
    return telemetry


@asynccontextmanager
async def traces(
    size: tuple[int, int] = WIDE, telemetry: FakeTelemetry | None = None, **changes: object
) -> AsyncIterator[tuple[Driver, TracesScreen]]:
    telemetry = telemetry or received()
    async with running(size=size, telemetry=telemetry, **changes) as driver:
        await driver.press("T")
        await driver.until(lambda: isinstance(driver.app.screen, TracesScreen))
        screen = driver.app.screen
        assert isinstance(screen, TracesScreen)
        yield driver, screen


async def open_trace(driver: Driver, screen: TracesScreen, trace_id: str) -> SpansScreen:
    await driver.until(lambda: screen.list.move_to(trace_id))
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, SpansScreen))
    spans = driver.app.screen
    assert isinstance(spans, SpansScreen)
    await driver.until(lambda: spans.tree_shown is not None)
    return spans


async def test_traces_are_listed_the_newest_first() -> None:
    async with traces() as (driver, screen):
        await driver.see("claude_code.interaction", "POST /checkout", "2.00s", "3+7")
        names = [row.name for row in screen.shown]
        assert names == ["POST /checkout", "claude_code.interaction"]
        await driver.see("Fix the login redirect loop")  # the title of its session


async def test_a_trace_that_comes_is_seen_and_the_cursor_stays() -> None:
    telemetry = received()
    async with traces(telemetry=telemetry) as (driver, screen):
        await driver.until(lambda: screen.list.move_to(CLAUDE))
        telemetry.put("cc" * 16, [make_span("GET /health", "21", start=9000, service="shop")])
        await driver.see("GET /health")
        assert screen.list.cursor is not None
        assert screen.list.cursor.key == CLAUDE


async def test_a_filter_takes_words_services_and_failures() -> None:
    async with traces() as (driver, screen):
        await driver.until(lambda: len(screen.shown) == 2)
        await driver.press("slash", *"service:shop")
        await driver.until(lambda: [row.name for row in screen.shown] == ["POST /checkout"])
        await driver.press("escape", "slash", *"is:failed")
        await driver.until(
            lambda: [row.name for row in screen.shown] == ["claude_code.interaction"]
        )
        await driver.press("escape", "slash", *"redirect")
        await driver.until(lambda: len(screen.shown) == 1)
        await driver.press("escape", "slash", *"sevice:x")
        await driver.see("no field 'sevice'")


async def test_one_tree_holds_the_agents_that_an_agent_started() -> None:
    async with traces() as (driver, screen):
        spans = await open_trace(driver, screen, CLAUDE)
        await driver.see("claude-code → codex_exec", "7 folded", "1 failed", "1 log record")
        tree = spans.tree_shown
        assert tree is not None
        assert list(zip([span.name for span in tree.spans], tree.depths, strict=True)) == [
            ("claude_code.interaction", 0),
            ("claude_code.tool", 1),
            ("codex.exec", 2),
        ]
        await driver.see("✗ codex.exec", "claude_code.tool  Bash")


async def test_the_span_under_the_cursor_is_told_in_full() -> None:
    async with traces() as (driver, screen):
        spans = await open_trace(driver, screen, CLAUDE)
        await driver.press("j")
        await driver.see("500ms into the trace", "first.token", "tool_result", "toolu_1", "arm64")
        await driver.press("x")
        await driver.see("it broke")
        assert spans.span is not None
        assert spans.span.name == "codex.exec"


async def test_enter_goes_to_the_turn_of_the_session() -> None:
    async with traces() as (driver, screen):
        await open_trace(driver, screen, CLAUDE)
        await driver.press("end", "enter")  # a span that names no session: one above it does
        await driver.until(lambda: driver.main.navigator.reader.key == LOGIN)
        await driver.until(lambda: driver.app.screen is driver.main)
        await driver.until(lambda: driver.cursor[0] != "")


async def test_what_belongs_to_no_session_leads_nowhere() -> None:
    async with traces() as (driver, screen):
        await open_trace(driver, screen, SHOP)
        await driver.press("o")
        await driver.see("this span belongs to no session")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen)


async def test_spans_that_come_later_are_seen() -> None:
    telemetry = received()
    async with traces(telemetry=telemetry) as (driver, screen):
        await open_trace(driver, screen, SHOP)
        telemetry.put(
            SHOP, [*CHECKOUT, make_span("COMMIT", "13", "11", start=5006, service="shop")]
        )
        await driver.see("COMMIT")


async def test_metrics_begin_with_tokens_and_money() -> None:
    async with traces() as (driver, screen):
        await driver.press("2")
        await driver.until(lambda: len(screen.shown) == 3)
        assert [row.name for row in screen.shown] == [
            "claude_code.token.usage",
            "claude_code.cost.usage",
            "process.uptime",
        ]
        await driver.see("42", "$0.75")
        await driver.press("home", "enter")
        await driver.see("type=input", "type=output", "session Fix the login redirect loop")
        await driver.press("escape")
        await driver.until(lambda: len(screen.shown) == 3)


async def test_services_tell_what_was_left_out_and_refused() -> None:
    class Receiver:
        status = ReceiverStatus(
            ReceiverState.LISTENING, "127.0.0.1", 4318, refused={"gRPC": 3}, requests=2, logs=5
        )

    async with traces(receiver=Receiver()) as (driver, _screen):
        await driver.press("3")
        await driver.see("2 spans, 1 log record, 4 metric points", "append_items 804")
        await driver.see("3x gRPC", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")


async def test_an_empty_screen_says_what_to_do() -> None:
    async with traces(telemetry=FakeTelemetry()) as (driver, _screen):
        await driver.see("No telemetry was received yet", "aimux run -- claude")


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
async def test_it_fits_where_there_is_little_room(size: tuple[int, int]) -> None:
    async with traces(size) as (driver, screen):
        await driver.see("claude_code.intera", "2.00s")
        await open_trace(driver, screen, CLAUDE)
        await driver.see("codex.exec", "800ms", "█")


async def test_it_needs_no_more_than_ascii() -> None:
    from aimux_tui.config.schema import Settings, UiSettings

    settings = Settings(theme="aimux", ui=UiSettings(follow=False, ascii=True))
    async with traces(MEDIUM, settings=settings) as (driver, screen):
        await open_trace(driver, screen, CLAUDE)
        await driver.see("x codex.exec", "====")
        assert driver.text.isascii()
