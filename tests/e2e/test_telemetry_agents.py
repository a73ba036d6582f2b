"""Real agents report to the receiver while they work: what they report fits what they log."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aimux_tui.config.schema import OtelSettings
from aimux_tui.model.telemetry import LogEvent, MetricPoint
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.usage import Usage
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.store.telemetry.session import SessionTelemetry
from tests.e2e.conftest import Stage, staged
from tests.e2e.scripts import SCENARIOS
from tests.e2e.tail import new_library
from tests.e2e.telemetry_agents import Reporting
from tests.receiver.clients import free_port, wait_until

pytestmark = pytest.mark.e2e

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
RUNS = [
    ("claude", "http/protobuf"),
    ("claude", "http/json"),
    ("codex", "http/protobuf"),
    ("codex-code", "http/json"),
    ("gemini", "http/json"),
]


@dataclass(frozen=True, slots=True)
class Reported:
    """A finished run, and what was received of it."""

    stage: Stage
    receiver: ReceiverThread
    telemetry: Telemetry
    usage: Usage
    """Of all sessions, by their logs."""

    @property
    def main(self) -> SessionTelemetry:
        return self.session(self.stage.tail.main.session_id)

    def session(self, session_id: str) -> SessionTelemetry:
        session = self.telemetry.session(session_id)
        session.refresh()
        return session

    def calls(self) -> list[ToolCall]:
        """The tool calls of the main agent, by its log."""
        trace = self.stage.tail.library.open(self.stage.tail.main.key)
        trace.refresh()
        return [call for turn in trace.turns for call in trace.read_turn(turn.key).tool_calls]


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: f"{run[0]}-{run[1][5:]}")
def reported(
    request: pytest.FixtureRequest,
    installed: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Reported]:
    name, protocol = request.param
    scenario = BY_NAME[name]
    program = installed(scenario.agent)
    root = tmp_path_factory.mktemp(f"reported-{name}")
    path = root / "state" / "telemetry.db"
    receiver = ReceiverThread(OtelSettings(port=free_port()), path)
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    try:
        with staged(scenario, program, root) as silent:
            agent = Reporting(silent.agent, receiver.status.url, protocol)
            stage = dataclasses.replace(silent, agent=agent)
            stage.run()
            at_once = new_library(scenario.agent, stage.sandbox.home)
            at_once.load_fully()
            total = sum(item.size for item in at_once.sessions())
            library = stage.tail.library
            wait_until(lambda: sum(item.size for item in library.sessions()) == total)
            usage = sum((item.usage for item in at_once.sessions()), Usage())
        yield Reported(stage, receiver, Telemetry(path), usage)
    finally:
        receiver.stop()


def test_everything_that_was_sent_was_taken(reported: Reported) -> None:
    status = reported.receiver.status
    assert (status.rejected, dict(status.refused), status.problem) == (0, {}, "")
    assert status.spans
    assert status.logs
    assert status.points
    if reported.stage.agent.name == "codex":
        assert status.folded > 500


def test_the_session_is_that_of_the_log(reported: Reported) -> None:
    session = reported.main
    assert session.spans
    assert session.logs
    if reported.stage.agent.name == "codex":
        agent = reported.session(reported.stage.tail.agent.session_id)
        assert agent.spans
        assert agent.logs


def test_tokens_are_those_of_the_log(reported: Reported) -> None:
    assert reported.usage.total
    match reported.stage.agent.name:
        case "claude":
            kinds = counted(reported.main.points, "claude_code.token.usage", "type")
            assert kinds["input"] == reported.usage.input
            assert kinds["output"] == reported.usage.output
            assert kinds["cacheRead"] == reported.usage.cache_read
            assert kinds["cacheCreation"] == reported.usage.cache_write
        case "codex":
            responses = [
                log
                for name in reported.telemetry.sessions()
                for log in reported.session(name).logs
                if log.name == "codex.sse_event"
            ]
            assert total(responses, "input_token_count") == reported.usage.context
            assert total(responses, "output_token_count") == reported.usage.output
        case "gemini":
            events = [log for log in reported.main.logs if log.name == "gemini_cli.api_response"]
            assert total(events, "input_token_count") == reported.usage.context


def counted(points: list[MetricPoint], name: str, attribute: str) -> dict[str, float]:
    """The sum of a metric for each value of an attribute."""
    sums: dict[str, float] = {}
    for point in points:
        if point.name == name:
            kind = str(point.attributes.get(attribute))
            sums[kind] = sums.get(kind, 0) + point.value
    return sums


def total(events: list[LogEvent], attribute: str) -> int:
    return sum(int(event.attributes[attribute]) for event in events)


def test_every_tool_call_is_reported(reported: Reported) -> None:
    calls = reported.calls()
    assert calls
    session = reported.main
    missing = [call.name for call in calls if not session.by_tool_call(call.id)]
    if reported.stage.scenario.is_code_mode:
        # The commands inside a script have ids of their own.
        assert {record.keys.tool_call for record in session.spans} & {call.id for call in calls}
    else:
        assert not missing


def test_every_prompt_is_reported(reported: Reported) -> None:
    session = reported.main
    prompts = [log for log in session.logs if log.name.endswith("user_prompt")]
    assert len(prompts) == reported.stage.tail.main.turns == 2
    if reported.stage.agent.name == "claude":
        assert len({log.keys.prompt for log in prompts}) == 2
        for log in prompts:
            assert session.by_prompt(log.keys.prompt)
