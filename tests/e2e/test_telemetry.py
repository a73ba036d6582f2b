"""Real agents that send their telemetry, as `aimux env` says: it joins the turns of their logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from aimux_tui.analysis.telemetry import Report, report_of
from aimux_tui.analysis.telemetry_join import records_of_turn, telemetry_id
from aimux_tui.config.schema import OtelSettings
from aimux_tui.model.session import Session
from aimux_tui.model.turn import Turn
from aimux_tui.model.usage import Usage
from aimux_tui.receiver.status import ReceiverState
from aimux_tui.receiver.thread import ReceiverThread
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.wiring.recipes import recipe
from tests.e2e import agents
from tests.e2e.conftest import staged
from tests.e2e.scripts import SCENARIOS, Scenario
from tests.e2e.tail import new_library, wait_until
from tests.receiver.clients import free_port

pytestmark = pytest.mark.e2e


class Telling:
    """An agent with the settings that point its telemetry to a receiver."""

    def __init__(self, agent: agents.Agent, url: str) -> None:
        self._agent = agent
        self._recipe = recipe(agent.name, url)
        self.name, self.package, self.version = agent.name, agent.package, agent.version
        self.program, self.model = agent.program, agent.model

    def prepare(self, sandbox: agents.Sandbox, url: str) -> Mapping[str, str]:
        return {**self._agent.prepare(sandbox, url), **self._recipe.variables}

    def arguments(self, prompt: str, model: str, session: str) -> Sequence[str]:
        return [*self._recipe.arguments, *self._agent.arguments(prompt, model, session)]


@dataclass(frozen=True, slots=True)
class Told:
    """A turn of a log, and what its agent reported of it."""

    session: Session
    turn: Turn
    report: Report

    @property
    def own_usage(self) -> Usage:
        """Of the turn's own requests, without those of sub-agents."""
        agent = telemetry_id(self.session)[1]
        own = (one for one in self.report.requests if one.agent == agent and not one.purpose)
        return sum((one.usage for one in own), Usage())


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda scenario: scenario.name)
def told(
    request: pytest.FixtureRequest,
    installed: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Told]]:
    """Every turn of a run, sub-agents' too."""
    scenario: Scenario = request.param
    program = installed(scenario.agent)
    root = tmp_path_factory.mktemp(f"told-{scenario.name}")
    database = root / "telemetry.db"
    receiver = ReceiverThread(OtelSettings(port=free_port()), database)
    receiver.start()
    wait_until(lambda: receiver.status.state is ReceiverState.LISTENING)
    try:
        with staged(scenario, program, root) as stage:
            replace(stage, agent=Telling(stage.agent, receiver.status.url)).run()
    finally:
        receiver.stop()
    assert receiver.status.rejected == 0
    assert not receiver.status.refused
    telemetry = Telemetry(database)
    yield turns_told(scenario.agent, stage.sandbox.home, telemetry)
    telemetry.close()


def turns_told(agent: str, home: Path, telemetry: Telemetry) -> list[Told]:
    library = new_library(agent, home)
    library.load_fully()
    found: list[Told] = []
    for session in library.sessions():
        received = telemetry.session(telemetry_id(session)[0])
        assert received.refresh(), f"nothing was received of {session.key}"
        trace = library.open(session.key)
        trace.refresh()
        turns = list(trace.turns)
        for number, summary in enumerate(turns):
            until = turns[number + 1].started if number + 1 < len(turns) else None
            turn = trace.read_turn(summary.key)
            records = records_of_turn(received, session, turn, until)
            found.append(Told(session, turn, report_of(records.spans, records.logs)))
    assert found
    return found


def test_tokens_are_those_of_the_log(told: list[Told]) -> None:
    for one in told:
        logged, reported = one.turn.summary.usage, one.own_usage
        assert (reported.context, reported.output, reported.requests) == (
            logged.context,
            logged.output,
            logged.requests,
        ), one.session.key


def test_every_tool_call_of_the_log_is_reported(told: list[Told]) -> None:
    calls = 0
    for one in told:
        reported = {tool.id for tool in one.report.tools}
        assert {call.id for call in one.turn.tool_calls} <= reported, one.session.key
        calls += len(one.turn.tool_calls)
    assert calls


def test_requests_that_the_log_names_are_reported(told: list[Told]) -> None:
    for one in told:
        reported = {request.id for request in one.report.requests}
        assert set(one.turn.ids.requests) <= reported, one.session.key


def test_sub_agents_are_told_apart(told: list[Told]) -> None:
    children = [one for one in told if one.session.parent_key]
    assert children
    for child in children:
        assert child.report.requests
        assert child.own_usage == child.report.usage
