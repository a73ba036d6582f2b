"""What agents reported, beside what their logs say: the view of the detail, and the signs of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from aimux_tui.commands.base import Pane
from aimux_tui.model.telemetry import Signal
from aimux_tui.otlp.index import index_body
from aimux_tui.otlp.payload import Encoding
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.store.telemetry.writer import TelemetryWriter
from tests.tui.fake_sessions import LOGIN, PARSER
from tests.tui.harness import MEDIUM, NARROW, WIDE, Driver, running


def attributes(**values: object) -> list[KeyValue]:
    made = []
    for name, value in values.items():
        any_value = AnyValue()
        match value:
            case int():
                any_value.int_value = value
            case float():
                any_value.double_value = value
            case _:
                any_value.string_value = str(value)
        made.append(KeyValue(key=name.replace("__", "."), value=any_value))
    return made


class Store:
    """A file of telemetry to which an agent sends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = TelemetryWriter(path)

    def send(self, *, prompt: str, tool_call: str, session: str = "login", start: int) -> None:
        """A turn with one request and one tool call."""
        mine = {"session__id": session, "prompt__id": prompt}
        logs = ExportLogsServiceRequest()
        group = logs.resource_logs.add()
        group.resource.attributes.extend(attributes(service__name="claude-code"))
        records = group.scope_logs.add().log_records
        records.add(
            time_unix_nano=start,
            attributes=attributes(
                event__name="api_request",
                request_id="req_1",
                model="claude-sonnet-4-5",
                input_tokens=1200,
                output_tokens=80,
                cost_usd=0.0123,
                duration_ms=900,
                ttft_ms=310,
                **mine,
            ),
        )
        records.add(
            time_unix_nano=start + 10**9,
            attributes=attributes(
                event__name="tool_decision",
                tool_use_id=tool_call,
                tool_name="Bash",
                decision="accept",
                source="user_temporary",
                **mine,
            ),
        )
        self._put(Signal.LOGS, logs.SerializeToString())
        spans = ExportTraceServiceRequest()
        group = spans.resource_spans.add()
        group.resource.attributes.extend(attributes(service__name="claude-code"))
        scope = group.scope_spans.add()
        trace = bytes.fromhex("ab" * 16)
        for number, (name, parent, length, more) in enumerate(
            (
                ("claude_code.interaction", 0, 4_200, {}),
                ("claude_code.tool", 1, 2_500, {"tool_use_id": tool_call, "tool_name": "Bash"}),
                ("claude_code.tool.blocked_on_user", 2, 1_700, {}),
            ),
            start=1,
        ):
            scope.spans.add(
                trace_id=trace,
                span_id=bytes([number] * 8),
                parent_span_id=bytes([parent] * 8) if parent else b"",
                name=name,
                start_time_unix_nano=start,
                end_time_unix_nano=start + length * 1_000_000,
                attributes=attributes(session__id=session, **more),
            )
        self._put(Signal.TRACES, spans.SerializeToString())

    def _put(self, signal: Signal, body: bytes) -> None:
        self._writer.append([index_body(signal, Encoding.PROTOBUF, body)])

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store(tmp_path / "telemetry.db")
    yield made
    made.close()


@asynccontextmanager
async def login(store: Store, size: tuple[int, int] = WIDE) -> AsyncIterator[Driver]:
    async with running(size=size, telemetry=Telemetry(store.path)) as driver:
        await driver.open_session(LOGIN)
        yield driver


def send_turn(store: Store, driver: Driver) -> None:
    """The agent reports the turn under the cursor, and the first tool call in it."""
    turn = driver.main.trace.current
    assert turn is not None
    assert turn.started is not None
    details = driver.library.traces[LOGIN].details[turn.key]
    store.send(
        prompt=turn.key,
        tool_call=details.tool_calls[0].id,
        start=round(turn.started.timestamp()) * 10**9,
    )


async def test_a_turn_is_told_as_the_agent_reported_it(store: Store) -> None:
    async with login(store) as driver:
        await driver.press("home")
        send_turn(store, driver)
        await driver.see("FILE+OTLP")
        await driver.press(":", *"otel", "enter")
        await driver.see("What the agent reported", "4.20s", "310ms", "1.70s for approvals")
        await driver.see("$0.0123 says the agent", "accept by user_temporary")
        await driver.see("claude_code.tool  Bash", "█")


async def test_what_comes_while_it_is_shown_is_seen(store: Store) -> None:
    async with login(store) as driver:
        await driver.press("home")
        send_turn(store, driver)
        await driver.see("FILE+OTLP")
        await driver.press(":", *"otel", "enter")
        await driver.see("first token")
        turn = driver.main.trace.current
        assert turn is not None
        assert turn.started is not None
        start = round(turn.started.timestamp()) * 10**9
        store.send(prompt=turn.key, tool_call="toolu_more", start=start)
        await driver.see("4 log records")


async def test_a_tool_call_has_its_own_page(store: Store) -> None:
    async with login(store) as driver:
        await driver.press("home")
        send_turn(store, driver)
        await driver.see("FILE+OTLP")
        await driver.press("enter")
        detail = driver.main.detail
        for _ in range(20):
            if detail.subject is not None and detail.subject.tool_call is not None:
                break
            await driver.press("down")
            await driver.pilot.pause()
        await driver.press(":", *"otel", "enter")
        await driver.see("for its approval", "accept by user_temporary")


async def test_sessions_nothing_was_received_of_have_no_such_view(store: Store) -> None:
    async with login(store) as driver:
        await driver.press("home")
        send_turn(store, driver)
        await driver.see("FILE+OTLP")
        await driver.open_session(PARSER)
        await driver.see("FILE ")
        await driver.press(":", *"otel", "enter")
        await driver.see("there is no otel of what is selected")


async def test_where_nobody_sends_nothing_is_said(store: Store) -> None:
    async with login(store) as driver:
        assert "FILE" not in driver.text


@pytest.mark.parametrize("size", [MEDIUM, NARROW])
async def test_it_fits_where_there_is_little_room(store: Store, size: tuple[int, int]) -> None:
    async with login(store, size) as driver:
        await driver.press("home")
        send_turn(store, driver)
        joins = driver.app.setup.joins
        assert joins is not None
        await driver.until(lambda: "login" in joins.sessions)
        await driver.press(":", *"otel", "enter")
        await driver.until(lambda: driver.pane is Pane.DETAIL)
        await driver.see("4.20s", "claude_code")
