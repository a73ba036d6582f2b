"""The receiver's state in the header, and its troubles on the screen."""

from __future__ import annotations

from msgspec.structs import replace

from aimux_tui.receiver.status import ReceiverState, ReceiverStatus
from aimux_tui.tui.telemetry.chip import chip_of
from tests.tui.harness import MEDIUM, NARROW, WIDE, running

LISTENING = ReceiverStatus(ReceiverState.LISTENING, "127.0.0.1", 4318)


class FakeReceiver:
    def __init__(self, status: ReceiverStatus = LISTENING) -> None:
        self.status = status


async def test_it_tells_port_and_rate_as_they_change() -> None:
    receiver = FakeReceiver()
    async with running(size=WIDE, receiver=receiver) as driver:
        await driver.see("OTLP :4318")
        receiver.status = replace(LISTENING, rate=12.4, spans=62)
        await driver.see("OTLP :4318 12/s")


async def test_another_aimux_receives() -> None:
    receiver = FakeReceiver(replace(LISTENING, state=ReceiverState.ELSEWHERE))
    async with running(size=MEDIUM, receiver=receiver) as driver:
        await driver.see("OTLP elsewhere")


async def test_a_taken_port_is_told_once_with_what_to_do() -> None:
    failed = replace(
        LISTENING,
        state=ReceiverState.FAILED,
        problem="port 4318 is taken",
        hint="`aimux doctor` says by whom",
    )
    receiver = FakeReceiver(failed)
    async with running(size=WIDE, receiver=receiver) as driver:
        await driver.see("OTLP :4318 failed", "port 4318 is taken", "`aimux doctor` says by whom")
        told = len(driver.app._notifications)
        receiver.status = replace(failed, started_ns=1)
        watch = driver.app._receiver
        assert watch is not None
        await driver.until(lambda: watch._seen is receiver.status)
        assert len(driver.app._notifications) == told


async def test_what_cannot_be_kept_is_trouble_too() -> None:
    receiver = FakeReceiver(replace(LISTENING, problem="no space left", hint="is the disk full?"))
    async with running(size=NARROW, receiver=receiver) as driver:
        await driver.see("OTLP not kept", "is the disk full?")


async def test_nothing_is_said_where_nothing_is_received() -> None:
    async with running() as driver:
        assert "OTLP" not in driver.text
    assert chip_of(ReceiverStatus()) is None


async def test_the_header_is_not_painted_again_for_what_it_does_not_show() -> None:
    receiver = FakeReceiver()
    async with running(receiver=receiver) as driver:
        await driver.see("OTLP :4318")
        facts, watch = driver.main.header.facts, driver.app._receiver
        assert watch is not None
        receiver.status = replace(LISTENING, connections=4, received_bytes=10_000)
        await driver.until(lambda: watch._seen is receiver.status)
        assert driver.main.header.facts is facts
