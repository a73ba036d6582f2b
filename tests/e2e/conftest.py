"""Fixtures of the end-to-end tests: the installed CLIs and a finished run of each scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import agents
from tests.e2e.mock_api import MockApi, serving
from tests.e2e.scripts import PROMPT, SCENARIOS, SECOND_PROMPT, Scenario, prepare_work
from tests.e2e.tail import Tail, following, new_library, wait_until

ANSWER_SECONDS = 0.25
"""How long the model takes, so that the tail has something to see."""
SESSION_ID = re.compile(r'"(?:session_id|thread_id)":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Stage:
    """A scenario ready to run: the CLI, its folders and the mock it talks to."""

    scenario: Scenario
    agent: agents.Agent
    program: Path
    sandbox: agents.Sandbox
    model: MockApi
    tail: Tail

    def run(self) -> None:
        """Both prompts, to the end."""
        self._prompt(PROMPT)
        said = (self.sandbox.scratch.parent / "output.txt").read_text(errors="replace")
        session = SESSION_ID.search(said)
        assert session is not None, said[-2000:]
        self._prompt(SECOND_PROMPT, session[1])
        unknown = [asked.messages[-1:] for asked in self.model.unknown_prompts]
        assert not unknown, "the scenario does not foresee these prompts"

    def _prompt(self, prompt: str, session: str = "") -> None:
        agents.run(
            self.agent,
            self.program,
            self.sandbox,
            self.model.url,
            prompt,
            model=self.scenario.model,
            session=session,
        )


@pytest.fixture(scope="session")
def installed() -> Callable[[str], Path]:
    """Gives the program of an agent; skips where it cannot be had."""

    def get(name: str) -> Path:
        try:
            return agents.install(agents.AGENTS[name], agents.cache_folder())
        except agents.UnavailableError as reason:
            pytest.skip(str(reason))

    return get


@contextmanager
def staged(scenario: Scenario, program: Path, root: Path) -> Iterator[Stage]:
    """The stage of a scenario under `root`, its mock being served."""
    sandbox = agents.Sandbox.under(root)
    prepare_work(sandbox.work)
    agent = agents.AGENTS[scenario.agent]
    script = scenario.scripts(sandbox.work)
    with (
        serving(MockApi(script, pause=ANSWER_SECONDS)) as model,
        following(agent.name, sandbox.home) as tail,
    ):
        yield Stage(scenario, agent, program, sandbox, model, tail)


@pytest.fixture(scope="session", params=SCENARIOS, ids=lambda scenario: scenario.name)
def finished(
    request: pytest.FixtureRequest,
    installed: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Stage:
    """A scenario that was run to its end, once for all tests."""
    scenario: Scenario = request.param
    program = installed(scenario.agent)
    with staged(scenario, program, tmp_path_factory.mktemp(scenario.name)) as stage:
        stage.run()
        at_once = new_library(scenario.agent, stage.sandbox.home)
        at_once.load_fully()
        total = sum((item.size for item in at_once.sessions()), 0)
        wait_until(lambda: sum(item.size for item in stage.tail.library.sessions()) == total)
    return stage
