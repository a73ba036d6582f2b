"""Plays a story: an agent in a terminal, a scripted model, and somebody who types."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from scripts.demo_stories import shop
from tests.e2e import agents
from tests.e2e.mock_api import MockApi, serving
from tests.e2e.script import Script
from tests.e2e.terminal import Terminal

QUIET_SECONDS = 1.2
STEP_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Story:
    """A session to record."""

    name: str
    agent: str
    model: str
    branch: str
    scripts: Callable[[Path], list[Script]]
    play: Callable[[Stage], None]
    ended: timedelta
    """How long ago it ended, seen from the demo's present."""
    tokens: float = 2.0
    """Makes the prompts of the scripted model look longer than they are."""
    summary: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """What is different in the shop when the story begins."""
    keeps_live_state: bool = False
    """It ends with the agent still running, waiting for its user."""
    live_prompt: str = ""
    """The prompt from which on the session is replayed live."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that passed for the person in the story, but not while recording."""

    at: float
    seconds: float


@dataclass
class Stage:
    """A story being played."""

    story: Story
    scripts: Sequence[Script]
    sandbox: agents.Sandbox
    model: MockApi
    terminal: Terminal
    pauses: list[Pause] = field(default_factory=list)

    def ask(self, prompt: str, after: float = 45) -> None:
        """Type a prompt after some seconds of thought and wait for the last answer to it."""
        self.type(prompt, after)
        self.wait_answered(prompt)

    def type(self, text: str, after: float = 45) -> None:
        """Type a line, whatever comes of it."""
        self.pauses.append(Pause(time.time(), after))
        self.terminal.forget()
        self.terminal.type(text)

    def wait_answered(self, prompt: str, step: int | None = None) -> None:
        """Wait until the script of `prompt` has given its last answer, or that of `step`."""
        asked = max(
            (item for item in self.scripts if item.prompt in prompt),
            key=lambda item: len(item.prompt),
        )
        wanted = len(asked.steps) - 1 if step is None else step
        self.terminal.wait_for(
            f"answer {wanted} to {prompt!r}",
            lambda: any(
                item.script == asked.name and item.step == wanted for item in self.model.served
            ),
            STEP_SECONDS,
        )
        if step is None:
            self.wait_quiet()

    def steer(self, prompt: str, step: int, steering: str) -> None:
        """Type `prompt`, and `steering` while the agent works on the calls of its `step`."""
        self.type(prompt)
        self.wait_answered(prompt, step)
        self.terminal.type(steering)
        self.wait_answered(steering)

    def interrupt(self, prompt: str, when_shown: str) -> None:
        """Type a prompt and stop the agent as soon as it has said something."""
        self.type(prompt)
        self.terminal.wait_shown(when_shown, STEP_SECONDS)
        self.terminal.press("escape")
        self.wait_quiet()

    def decide(self, question: str, key: str, after: float = 8) -> None:
        """Answer a question of the agent with a key."""
        self.terminal.wait_shown(question, STEP_SECONDS)
        self.wait_quiet()
        self.pauses.append(Pause(time.time(), after))
        self.terminal.press(key)

    def wait_quiet(self) -> None:
        """Wait until the agent neither writes to its home nor prints."""
        last, since = self._traces(), time.monotonic()

        def is_quiet() -> bool:
            nonlocal last, since
            now = self._traces()
            if now != last:
                last, since = now, time.monotonic()
            return time.monotonic() - since > QUIET_SECONDS

        self.terminal.wait_for("quiet", is_quiet, STEP_SECONDS)

    def _traces(self) -> int:
        files = (path for logs in LOGS for path in self.sandbox.home.glob(f"{logs}/**/*.jsonl"))
        return sum(path.stat().st_size for path in files)


LOGS = (".claude/projects", ".codex/sessions", ".gemini/tmp")
READY: Mapping[str, str] = {
    "claude": "for agents",
    "codex": "? for shortcuts",
    "gemini": "Type your message",
}
ENVIRONMENT = {
    # Sub-agents side by side under the calls that spawned them, not behind the user's back.
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    "npm_config_update_notifier": "false",
}
OPTIONS: Mapping[str, Sequence[str]] = {
    "claude": ("--permission-mode", "default", "--allowedTools", *agents.ClaudeCode.tools),
    "codex": ("--no-alt-screen", "--no-daemon", "--dangerously-bypass-approvals-and-sandbox"),
    "gemini": ("--approval-mode", "yolo", "--skip-trust"),
}


@contextmanager
def staged(story: Story, root: Path) -> Iterator[Stage]:
    """The agent of a story at work in a fresh copy of the shop under `root`."""
    home = root / "home" / "dev"
    sandbox = agents.Sandbox(home, home / "shop", root / "tmp")
    for folder in (sandbox.work, sandbox.scratch):
        folder.mkdir(parents=True)
    shop.create(home, sandbox.work, story.branch, story.files)
    scripts = story.scripts(sandbox.work)
    agent = agents.AGENTS[story.agent]
    program = agents.install(agent, agents.cache_folder())
    model = MockApi(scripts, token_scale=story.tokens, summary=story.summary)
    with serving(model):
        settings = agent.prepare(sandbox, model.url)
        if story.agent == "claude":
            rules = '{"permissions": {"ask": ["Bash(git push:*)", "Bash(rm:*)"]}}'
            (home / ".claude").mkdir()
            (home / ".claude" / "settings.json").write_text(rules)
        command = [str(program), "--model", story.model, *OPTIONS[story.agent]]
        environment = agents.clean_environment(sandbox, {**settings, **ENVIRONMENT})
        with Terminal(command, sandbox.work, environment) as terminal:
            terminal.wait_shown(READY[story.agent], STEP_SECONDS)
            stage = Stage(story, scripts, sandbox, model, terminal)
            stage.wait_quiet()
            yield stage
    unknown = [asked.messages[-1].text[-300:] for asked in model.unknown_prompts]
    if unknown:
        raise agents.AgentFailedError(f"{story.name} does not foresee {unknown}")
