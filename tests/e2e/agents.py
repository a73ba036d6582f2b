"""Installs the real agent CLIs and runs them, headless and cut off from the world."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from platformdirs import user_cache_path

CACHE_VARIABLE = "AIMUX_E2E_CACHE"
INSTALL_SECONDS = 600
DUMMY_KEY = "sk-ant-dummy-key-of-the-mock"


class UnavailableError(Exception):
    """The CLI cannot be had here; the message says why."""


class AgentFailedError(Exception):
    """The CLI ended with an error or did not end."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The folders of one run. Nothing outside them is the agent's."""

    home: Path
    work: Path
    """The repository in which the agent works."""
    scratch: Path
    """Its TMPDIR; Codex wants its home outside of it."""

    @classmethod
    def under(cls, root: Path) -> Sandbox:
        """Make the folders under `root`."""
        sandbox = cls(root / "home", root / "work", root / "tmp")
        for folder in (sandbox.home, sandbox.work, sandbox.scratch):
            folder.mkdir(parents=True, exist_ok=True)
        return sandbox


class Agent(Protocol):
    """How one CLI is installed, set up and called."""

    name: str
    package: str
    version: str
    program: str
    model: str
    """The default model of its runs."""

    def prepare(self, sandbox: Sandbox, url: str) -> Mapping[str, str]:
        """Write its settings; return the environment that points it to the mock at `url`."""
        ...

    def arguments(self, prompt: str, model: str, session: str) -> Sequence[str]:
        """The arguments for one prompt, in a new session or in `session`."""
        ...


class ClaudeCode:
    """`claude -p`."""

    name = "claude"
    package = "@anthropic-ai/claude-code"
    version = "2.1.329"
    program = "claude"
    model = "claude-sonnet-4-5"
    # The mode that skips permissions is refused to root, so that the tools are named.
    tools = ("Bash", "Read", "Edit", "Write", "Agent", "Task", "TaskCreate", "TaskUpdate")

    def prepare(self, sandbox: Sandbox, url: str) -> Mapping[str, str]:
        """Write its settings; return its environment."""
        state = {
            "hasCompletedOnboarding": True,
            "lastOnboardingVersion": self.version,
            "theme": "dark",
            "customApiKeyResponses": {"approved": [DUMMY_KEY[-20:]], "rejected": []},
            "projects": {str(sandbox.work): {"hasTrustDialogAccepted": True}},
        }
        (sandbox.home / ".claude.json").write_text(json.dumps(state))
        return {
            "ANTHROPIC_API_KEY": DUMMY_KEY,
            "ANTHROPIC_BASE_URL": url,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "DISABLE_TELEMETRY": "1",
        }

    def arguments(self, prompt: str, model: str, session: str) -> Sequence[str]:
        """The arguments for one prompt."""
        resume = ["--resume", session] if session else []
        output = ["--output-format", "stream-json", "--verbose"]
        return ["-p", prompt, "--model", model, *output, *resume, "--allowedTools", *self.tools]


class Codex:
    """`codex exec`."""

    name = "codex"
    package = "@openai/codex"
    version = "0.169.0"
    program = "codex"
    model = "gpt-6-astra"

    def prepare(self, sandbox: Sandbox, url: str) -> Mapping[str, str]:
        """Write its settings; return its environment."""
        folder = sandbox.home / ".codex"
        folder.mkdir(exist_ok=True)
        settings = f"""\
model_provider = "mock"
check_for_update_on_startup = false
[model_providers.mock]
name = "Mock"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "MOCK_API_KEY"
[analytics]
enabled = false
[features]
multi_agent_v2 = true
[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"
[projects."{sandbox.work}"]
trust_level = "trusted"
"""
        (folder / "config.toml").write_text(settings)
        return {"MOCK_API_KEY": DUMMY_KEY}

    def arguments(self, prompt: str, model: str, session: str) -> Sequence[str]:
        """The arguments for one prompt."""
        common = ["--json", "--dangerously-bypass-approvals-and-sandbox", "--model", model]
        if session:
            return ["exec", *common, "resume", session, prompt]
        return ["exec", *common, prompt]


class GeminiCli:
    """`gemini -p`."""

    name = "gemini"
    package = "@google/gemini-cli"
    version = "0.61.0"
    program = "gemini"
    model = "gemini-2.5-pro"

    def prepare(self, sandbox: Sandbox, url: str) -> Mapping[str, str]:
        """Write its settings; return its environment."""
        folder = sandbox.home / ".gemini"
        folder.mkdir(exist_ok=True)
        auth = {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": False}}
        settings = {
            "general": {"enableAutoUpdate": False, "enableAutoUpdateNotification": False},
            "security": auth,
            "privacy": {"usageStatisticsEnabled": False},
            "experimental": {"enableAgents": True},
            "telemetry": {"enabled": False},
        }
        (folder / "settings.json").write_text(json.dumps(settings))
        return {
            "GEMINI_API_KEY": DUMMY_KEY,
            "GOOGLE_GEMINI_BASE_URL": url,
            "GEMINI_CLI_NO_RELAUNCH": "true",
            "NO_UPDATE_NOTIFIER": "1",
        }

    def arguments(self, prompt: str, model: str, session: str) -> Sequence[str]:
        """The arguments for one prompt."""
        resume = ["--resume", session] if session else []
        output = ["--output-format", "stream-json"]
        return ["-m", model, "--approval-mode", "yolo", "--skip-trust", *output, *resume,
                "-p", prompt]  # fmt: skip


AGENTS: Mapping[str, Agent] = {agent.name: agent for agent in (ClaudeCode(), Codex(), GeminiCli())}


def cache_folder() -> Path:
    """Where the CLIs are installed, once for all runs."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("aimux") / "e2e"


def install(agent: Agent, cache: Path) -> Path:
    """The program of `agent` at its pinned version, installed with npm if it is not there yet."""
    folder = cache / f"{agent.name}-{agent.version}"
    program = folder / "node_modules" / ".bin" / agent.program
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "installed"
        if done.exists() and program.exists():
            return program
        (folder / "package.json").write_text('{"private": true}')
        quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=1"]
        command = [npm, "install", *quiet, f"{agent.package}@{agent.version}"]
        try:
            made = subprocess.run(
                command,
                cwd=folder,
                capture_output=True,
                check=False,
                text=True,
                timeout=INSTALL_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            raise UnavailableError(f"npm did not install {agent.package} in time") from late
        if made.returncode != 0 or not program.exists():
            last = made.stderr.strip().splitlines()[-3:]
            raise UnavailableError(f"npm cannot install {agent.package}: {' '.join(last)[:200]}")
        done.touch()
    return program


def clean_environment(sandbox: Sandbox, settings: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the surroundings but a way to node, git and the shell."""
    node = shutil.which("node")
    places = [str(Path(node).parent)] if node else []
    return {
        "PATH": os.pathsep.join([*places, "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(sandbox.home),
        "TMPDIR": str(sandbox.scratch),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        **settings,
    }


@contextmanager
def running(
    agent: Agent,
    program: Path,
    sandbox: Sandbox,
    url: str,
    prompt: str,
    *,
    model: str = "",
    session: str = "",
) -> Iterator[subprocess.Popen[bytes]]:
    """The CLI at work on one prompt; ended with its children when the block is left."""
    settings = agent.prepare(sandbox, url)
    arguments = agent.arguments(prompt, model or agent.model, session)
    with (sandbox.scratch.parent / "output.txt").open("ab") as output:
        process = subprocess.Popen(
            [str(program), *arguments],
            cwd=sandbox.work,
            env=clean_environment(sandbox, settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process)


def run(
    agent: Agent, program: Path, sandbox: Sandbox, url: str, prompt: str, *,
    model: str = "", session: str = "", seconds: float = 120,
) -> None:  # fmt: skip
    """Let the CLI work on one prompt to the end."""
    with running(agent, program, sandbox, url, prompt, model=model, session=session) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as late:
            raise AgentFailedError(f"{agent.name} did not end in {seconds:.0f} s") from late
    if code != 0:
        said = (sandbox.scratch.parent / "output.txt").read_text(errors="replace")
        raise AgentFailedError(f"{agent.name} ended with {code}: {said[-2000:]}")


def end(process: subprocess.Popen[bytes], seconds: float = 5) -> None:
    """End a process that was started here, and the group of its own that it leads."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return
