"""Laying the demo out, and the live session going on."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aimux_tui.demo.manifest import DemoFile, iso, manifest, place, shifted
from aimux_tui.demo.replay import LONGEST_PAUSE, install, replay, steps

NOW = datetime(2027, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    install(tmp_path, NOW)
    return tmp_path


def logs(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.rglob("*.jsonl")}


def live_logs(home: Path) -> list[Path]:
    return sorted({home / step.path for step in steps()})


def stamps(path: Path) -> list[str]:
    records = (json.loads(line) for line in path.read_text().splitlines())
    return [record["timestamp"] for record in records if "timestamp" in record]


class Pauses:
    """Stands in for sleeping: nobody waits, every pause is noted."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def test_every_agent_finds_its_home(home: Path) -> None:
    assert list(home.glob(".claude/projects/-home-dev-shop/*.jsonl"))
    assert list(home.glob(".claude/projects/-home-dev-shop/*/subagents/agent-*.meta.json"))
    assert list(home.glob(".codex/sessions/2027/03/*/rollout-2027-03-*.jsonl"))
    assert list(home.glob(".gemini/tmp/shop/chats/session-2027-03-*.jsonl"))
    assert (home / ".gemini/tmp/shop/.project_root").read_text() == "/home/dev/shop"


def test_everything_happened_before_now(home: Path) -> None:
    found = [stamp for path in logs(home) for stamp in stamps(path)]
    assert max(found) < iso(NOW)
    assert min(found) > iso(NOW - timedelta(days=7))


def test_a_rollout_is_named_after_the_local_clock() -> None:
    file = DemoFile("x", "rollout-%Y-%m-%dT%H-%M-%S.jsonl", "2026-06-01T11:00:00.000Z", "local")
    local = (datetime(2026, 6, 1, 11, tzinfo=UTC) + timedelta(hours=1)).astimezone()
    assert place(file, timedelta(hours=1)) == f"rollout-{local:%Y-%m-%dT%H-%M-%S}.jsonl"


def test_times_move_in_every_form() -> None:
    line = '{"timestamp":"2026-06-01T11:00:00.250Z","started_at":1780311600,"b_ms":1780311600000}'
    moved = shifted(line, timedelta(seconds=90))
    assert json.loads(moved) == {
        "timestamp": "2026-06-01T11:01:30.250Z",
        "started_at": 1780311690,
        "b_ms": 1780311600000,
    }
    assert shifted('"completed_at_ms":1780311600000', timedelta(seconds=1)).endswith("601000")


def test_the_waiting_agent_seems_to_run(home: Path) -> None:
    (state,) = (json.loads(path.read_text()) for path in home.glob(".claude/sessions/*.json"))
    assert state["pid"] == os.getpid()
    assert (state["status"], state["waitingFor"]) == ("waiting", "permission prompt")
    assert list(home.glob(f".claude/projects/*/{state['sessionId']}.jsonl"))


def test_the_live_session_has_begun_but_its_agent_has_not(home: Path) -> None:
    begun = [path for path in live_logs(home) if path.exists()]
    (main,) = begun
    assert "subagents" not in str(main)
    assert len(stamps(main)) > 4


async def test_replay_appends_whole_records_and_touches_nothing_else(home: Path) -> None:
    before = logs(home)
    seen: dict[Path, int] = {path: len(data) for path, data in before.items()}

    async def look(_: float) -> None:
        for path in live_logs(home):
            if path.exists():
                data = path.read_bytes()
                assert len(data) >= seen.get(path, 0)
                assert data.endswith(b"\n")
                json.loads(data.rsplit(b"\n", 2)[-2])
                seen[path] = len(data)

    await replay(home, sleep=look)
    after = logs(home)
    grown = {path for path, data in after.items() if before.get(path) != data}
    assert grown == {path for path in live_logs(home) if path.suffix == ".jsonl"}
    assert all(after[path].startswith(before.get(path, b"")) for path in grown)


async def test_replay_ends_with_the_whole_session(home: Path) -> None:
    await replay(home, sleep=Pauses())
    for session in manifest().sessions:
        if session.live_from:
            for file in session.files:
                recorded = Path(__file__).parents[2] / "aimux_tui/demo/sessions" / file.data
                told = (home / file.path).read_text().splitlines()
                assert len(told) == len(recorded.read_text().splitlines())


async def test_replayed_records_happen_now(home: Path) -> None:
    begun = iso(datetime.now(UTC))
    await replay(home, sleep=Pauses())
    ended = iso(datetime.now(UTC))
    for path in live_logs(home):
        if path.suffix == ".jsonl":
            # The log was laid out as of a later year: what is earlier was written by the replay.
            written = [stamp for stamp in stamps(path) if stamp < "2027"]
            assert written
            assert begun <= min(written) <= max(written) <= ended


@pytest.mark.parametrize("speed", [1.0, 4.0])
async def test_pauses_are_human_and_never_long(home: Path, speed: float) -> None:
    pauses = Pauses()
    await replay(home, speed, sleep=pauses)
    assert min(pauses.seconds) >= 0
    assert max(pauses.seconds) <= LONGEST_PAUSE / speed
    assert 15 / speed < sum(pauses.seconds) < 90 / speed
