"""What agents really sent, received over HTTP while the screen is open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimux_tui.config.schema import OtelSettings
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.tui.screens.spans import SpansScreen
from aimux_tui.tui.screens.traces import TracesScreen
from tests.receiver.clients import ask, free_port, recorded, wait_until
from tests.tui.harness import Driver, running


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[ReceiverThread]:
    made = ReceiverThread(OtelSettings(port=free_port()), tmp_path / "telemetry.db")
    made.start()
    wait_until(lambda: made.status.state is ReceiverState.LISTENING)
    yield made
    made.stop()


async def send(receiver: ReceiverThread, agent: str) -> None:
    """Post everything that a recorded run sent."""
    for request in recorded(agent):
        path, kind = f"/v1/{request.signal.value}", request.content_type
        answer = await asyncio.to_thread(ask, receiver.status.port, path, request.body, kind)
        assert answer.status == 200


async def opened(driver: Driver) -> TracesScreen:
    await driver.press("T")
    await driver.until(lambda: isinstance(driver.app.screen, TracesScreen))
    screen = driver.app.screen
    assert isinstance(screen, TracesScreen)
    return screen


async def test_claude_its_shell_and_codex_are_one_tree(
    receiver: ReceiverThread, tmp_path: Path
) -> None:
    telemetry = Telemetry(tmp_path / "telemetry.db")
    async with running(telemetry=telemetry, receiver=receiver) as driver:
        screen = await opened(driver)
        await driver.see("No telemetry was received yet")
        await send(receiver, "claude-runs-codex")
        await driver.until(
            lambda: any(row.name == "claude_code.interaction" for row in screen.shown)
        )
        trace = next(row for row in screen.shown if row.name == "claude_code.interaction")
        await driver.until(lambda: screen.list.move_to(trace.trace_id))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SpansScreen))
        spans = driver.app.screen
        assert isinstance(spans, SpansScreen)
        await driver.until(lambda: spans.tree_shown is not None)
        tree = spans.tree_shown
        assert tree is not None
        roots = [
            span.name for span, depth in zip(tree.spans, tree.depths, strict=True) if not depth
        ]
        assert roots == ["claude_code.interaction"]
        assert {span.resource.service for span in tree.spans} == {"claude-code", "codex_exec"}
        names = [span.name for span in tree.spans]
        assert names.index("claude_code.tool.execution") < names.index("codex.exec")
        await driver.see("claude-code → codex_exec", "folded", "codex.exec")


async def test_metrics_and_services_of_every_agent(
    receiver: ReceiverThread, tmp_path: Path
) -> None:
    for agent in ("claude-protobuf", "claude-json", "gemini", "qwen", "opencode", "codex-json"):
        await send(receiver, agent)
    telemetry = Telemetry(tmp_path / "telemetry.db")
    async with running(telemetry=telemetry, receiver=receiver) as driver:
        screen = await opened(driver)
        await driver.press("2")
        await driver.until(lambda: len(screen.shown) > 3)
        assert "token" in screen.shown[0].name
        await driver.press("3")
        await driver.see("listening", "claude-code", "gemini-cli", "qwen-code", "opencode")
        await driver.press("escape")
        await driver.see(f"OTLP :{receiver.status.port}")
