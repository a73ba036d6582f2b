"""Building by other processes: the same result, one builder at a time, killed at any moment."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aimux_tui.store.search import building
from aimux_tui.store.search.building import build
from aimux_tui.store.search.index import SearchIndex
from tests.store.search.conversations import Turn, Zoo

BEARS = {("lions", 2), ("bears", 1)}
DEADLINE = 30


def run(zoo: Zoo) -> list[building.BuildProgress]:
    return list(zoo.index.build(zoo.logs(), lambda: False))


def fill(zoo: Zoo, logs: int = 12) -> None:
    """Enough for several segments."""
    for number in range(logs):
        conversation = zoo.conversation(f"log-{number}")
        for turn in range(10):
            words = " ".join(f"w{number}x{turn}x{n}" for n in range(3000))
            conversation.say(Turn(f"question {turn} of {number}", [words]))


def test_two_processes_cover_everything(zoo: Zoo, monkeypatch: pytest.MonkeyPatch):
    fill(zoo)
    monkeypatch.setattr(building, "_WORTH_TWO", 0)
    monkeypatch.setattr(building, "_SMALLEST", 1 << 19)
    steps = run(zoo)
    assert steps[-1].done >= 0.9 * steps[-1].total > 0
    assert not zoo.index.trouble
    assert zoo.search().coverage().uncovered_bytes == 0
    assert len(list(zoo.folder.glob("segment-*"))) > 1
    assert zoo.find("bears") == BEARS
    assert zoo.find("w7x3x2999") == {("log-7", 4)}
    assert run(zoo) == []


def test_while_another_builds_it_is_left_alone_and_used(zoo: Zoo):
    zoo.cover()
    zoo.conversation("bears").say(Turn("brush the bears"))
    with (zoo.folder / "builder.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(zoo) == []
        assert zoo.find("brush") == {("bears", 2)}
    assert run(zoo)
    assert zoo.search().coverage().uncovered_bytes == 0


def test_a_reader_sees_what_another_process_has_built(zoo: Zoo):
    reader = SearchIndex(zoo.folder)
    assert not reader.covered()
    run(zoo)
    assert len(reader.covered()) == 2
    zoo.conversation("cats").say(Turn("where are the cats"))
    run(zoo)
    assert len(reader.covered()) == 3
    reader.close()


def test_many_small_segments_become_one(zoo: Zoo):
    for number in range(building._FEW + 2):
        zoo.conversation(f"s{number}").say(Turn(f"ask {number} of the birds"))
        zoo.cover()
    before = len(list(zoo.folder.glob("segment-*")))
    assert before > building._FEW
    zoo.conversation("last").say(Turn("and the birds"))
    run(zoo)
    assert len(list(zoo.folder.glob("segment-*"))) < before
    assert len(zoo.find("birds")) == building._FEW + 3
    assert zoo.search().coverage().uncovered_bytes == 0


def test_its_size_is_bounded_the_newest_logs_come_first(zoo: Zoo):
    fill(zoo, 4)
    for number, path in enumerate(sorted((zoo.home / "projects").rglob("*.jsonl"))):
        os.utime(path, (1e9 + number, 1e9 + number))
    newest = (zoo.home / "projects" / "-work-zoo" / "log-3.jsonl").stat().st_size
    os.utime(zoo.home / "projects" / "-work-zoo" / "log-3.jsonl", (2e9, 2e9))
    list(build(zoo.folder, zoo.logs(), lambda: False, limit=newest // 25 + 10))
    assert [path.rpartition("/")[2] for path in zoo.index.covered()] == ["log-3.jsonl"]
    assert zoo.find("w1x3x2999") == {("log-1", 4)}


def test_stopped_in_the_middle_it_keeps_what_is_done(zoo: Zoo, monkeypatch: pytest.MonkeyPatch):
    fill(zoo)
    monkeypatch.setattr(building, "_SMALLEST", 1 << 19)
    for progress in zoo.index.build(zoo.logs(), lambda: False):
        if progress.done:
            break
    assert zoo.find("w7x3x2999") == {("log-7", 4)}
    run(zoo)
    assert zoo.search().coverage().uncovered_bytes == 0
    assert zoo.find("w7x3x2999") == {("log-7", 4)}


BUILDER = """
import sys
from pathlib import Path
from aimux_tui.sources.discovery import Home, find_logs
from aimux_tui.store.search import building
building._SMALLEST = 1 << 19
building._WORTH_TWO = 0
logs = list(find_logs([Home("claude", Path(sys.argv[1]))]))
for progress in building.build(Path(sys.argv[2]), logs, lambda: False, limit=1 << 30):
    print(progress.done, flush=True)
"""


@pytest.mark.parametrize("victim", ["builder", "workers"])
@pytest.mark.parametrize("segments", [0, 1, 3])
def test_killed_at_any_moment_it_stays_valid(zoo: Zoo, victim: str, segments: int):
    fill(zoo)
    with subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(zoo.home), str(zoo.folder)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as builder:
        assert builder.stdout is not None
        builder.stdout.readline()
        deadline = time.monotonic() + DEADLINE
        while len(list(zoo.folder.glob("segment-*"))) < segments and builder.poll() is None:
            assert time.monotonic() < deadline
        for pid in [builder.pid] if victim == "builder" else children_of(builder.pid):
            os.kill(pid, signal.SIGKILL)
        builder.stdout.read()
    assert zoo.find("bears") == BEARS
    assert zoo.find("w7x3x2999") == {("log-7", 4)}
    assert zoo.find("w3x9x1500") == {("log-3", 10)}
    deadline = time.monotonic() + DEADLINE
    while zoo.search().coverage().uncovered_bytes:  # workers that were orphaned end by themselves
        assert time.monotonic() < deadline
        run(zoo)
    assert not zoo.index.trouble
    assert zoo.find("bears") == BEARS
    assert zoo.find("w7x3x2999") == {("log-7", 4)}


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("needs Linux")
    return [int(child) for child in listed.read_text().split()]
