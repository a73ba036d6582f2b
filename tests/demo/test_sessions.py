"""The bundled sessions: valid logs, complete, and nothing in them that is not ours to ship."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.demo.manifest import ISO_TIME, SESSIONS, DemoSession, manifest, moment

MAX_BYTES = 600_000
MAX_LINE = 65_536
VENDOR_PHRASES = (
    "You are Claude",
    "You are Codex",
    "You are powered by",
    "This is the Gemini CLI",
    "system-reminder",
    "session_context",
    "environment_context",
    "permissions instructions",
    "<INSTRUCTIONS>",
    "skills_instructions",
    "multi_agent",
    "Another language model started",
    "This session is being continued",
    "Caveat:",
    "The command below was run",
    "Subagent hand-back",
    "untrusted_context",
    "STOP what you are doing",
    "Your task is to do a deep investigation",
    "ONLY way to finish",
    "base_instructions",
    "api-request",
    "prompt_snapshot",
    "inputSchema",
    "input_schema",
)
SECRETS = re.compile(
    r"sk-[a-z]|api[_-]key|peerToken|Bearer |OPENAI_|ANTHROPIC_|GEMINI_API", re.IGNORECASE
)
PATHS = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|Users|private|var|work|opt|mnt)/[\w./-]+")
OUR_PATHS = ("/home/dev/", "/tmp/bench.mjs", "/root/measure_orders")
FILES = sorted(path for path in SESSIONS.rglob("*") if path.is_file())
LOGS = [path for path in FILES if path.suffix == ".jsonl"]


def name_of(path: Path) -> str:
    return str(path.relative_to(SESSIONS))


def records(session: DemoSession) -> Iterator[Any]:
    for file in session.files:
        if file.data.endswith(".jsonl"):
            for line in (SESSIONS / file.data).read_text(encoding="utf-8").split("\n"):
                if line:
                    yield json.loads(line)


@pytest.fixture(params=FILES, ids=name_of)
def text(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text(encoding="utf-8")


def test_nothing_is_lost_or_left_over() -> None:
    listed = {file.data for session in manifest().sessions for file in session.files}
    assert listed | {"manifest.json"} == {name_of(path) for path in FILES}


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < MAX_BYTES


@pytest.mark.parametrize("path", LOGS, ids=name_of)
def test_every_line_is_a_record(path: Path) -> None:
    data = path.read_bytes()
    assert data.endswith(b"\n")
    for line in data.removesuffix(b"\n").split(b"\n"):
        assert len(line) < MAX_LINE
        assert isinstance(json.loads(line), dict)


def test_no_text_of_the_vendors(text: str) -> None:
    assert [phrase for phrase in VENDOR_PHRASES if phrase in text] == []


def test_no_trace_of_the_machine(text: str) -> None:
    found = set(PATHS.findall(text))
    assert {path for path in found if not path.startswith(OUR_PATHS)} == set()
    assert SECRETS.search(text) is None


def test_the_newest_record_is_the_present() -> None:
    told = manifest()
    stamps = [
        moment(stamp)
        for path in LOGS
        for stamp in ISO_TIME.findall(path.read_text(encoding="utf-8"))
    ]
    assert max(stamps) == moment(told.present)


def test_there_is_something_of_everything() -> None:
    sessions = manifest().sessions
    providers = [session.provider for session in sessions]
    assert providers.count("claude") >= 4
    assert providers.count("codex") >= 2
    assert providers.count("gemini") >= 2
    assert sum(bool(session.live_from) for session in sessions) == 1


@pytest.mark.parametrize("name", ["claude", "codex", "gemini"])
def test_each_provider_has_a_sub_agent(name: str) -> None:
    agents = [
        file.data
        for session in manifest().sessions
        for file in session.files
        if session.provider == name and "agent-" in file.data and file.data.endswith(".jsonl")
    ]
    assert agents


def test_the_long_story_has_compaction_steering_and_an_interruption() -> None:
    story = next(item for item in manifest().sessions if item.name == "login-redirect")
    everything = json.dumps(list(records(story)))
    for sign in (
        '"isCompactSummary": true',
        '"queued_command"',
        "[Request interrupted by user]",
        "doesn't want to proceed",
        "<bash-input>",
        "<command-name>/model",
        '"TaskCreate"',
        '"structuredPatch"',
    ):
        assert sign in everything, sign
