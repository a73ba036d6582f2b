"""Forwarding from the screen: when asked to, and as telemetry comes."""

from __future__ import annotations

from msgspec.structs import replace

from aimux_tui.config.schema import OtelSettings, Settings, UiSettings
from aimux_tui.errors import ExportError
from aimux_tui.export.forwarded import Forwarded
from tests.tui.fake_telemetry import FakeTelemetry
from tests.tui.harness import running

SETTINGS = Settings(theme="aimux", ui=UiSettings(follow=False))


class FakeForward:
    def __init__(self, done: Forwarded | ExportError) -> None:
        self.done = done
        self.endpoints: list[str] = []

    def __call__(self, endpoint: str) -> Forwarded:
        self.endpoints.append(endpoint)
        if isinstance(self.done, ExportError):
            raise self.done
        return self.done


async def test_it_is_done_when_asked_for() -> None:
    forward = FakeForward(Forwarded(batches=8))
    async with running(telemetry=FakeTelemetry(), forward=forward) as driver:
        await driver.press(":", *"forward localhost:9", "enter")
        await driver.see("8 batches forwarded")
        assert forward.endpoints == ["localhost:9"]


async def test_trouble_is_told_with_what_to_do() -> None:
    forward = FakeForward(ExportError("no endpoint to export to", hint="set export.endpoint"))
    async with running(telemetry=FakeTelemetry(), forward=forward) as driver:
        await driver.press(":", *"forward", "enter")
        await driver.see("no endpoint to export to", "set export.endpoint")


async def test_what_comes_is_passed_on_where_that_is_wanted() -> None:
    telemetry, forward = FakeTelemetry(), FakeForward(Forwarded(batches=1))
    settings = replace(SETTINGS, otel=OtelSettings(forward=True))
    async with running(telemetry=telemetry, forward=forward, settings=settings) as driver:
        await driver.until(lambda: forward.endpoints == [""])
        telemetry.number += 1
        await driver.until(lambda: len(forward.endpoints) == 2)
        assert "forwarded" not in driver.text


async def test_nothing_is_passed_on_unasked() -> None:
    telemetry, forward = FakeTelemetry(), FakeForward(Forwarded())
    async with running(telemetry=telemetry, forward=forward) as driver:
        joins = driver.app.setup.joins
        assert joins is not None
        await driver.until(lambda: joins.version == telemetry.number)
        assert forward.endpoints == []
