"""Reading in other processes comes to the same as reading here."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import pytest

from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.providers.registry import load_providers
from aimux_tui.sources.discovery import FoundLog, Home, find_logs
from aimux_tui.store import forking, workers
from aimux_tui.store.worker import Done, read_log, write_message
from tests.cli.homes import make_home

PRICES = PriceTable()


@pytest.fixture
def logs(tmp_path: Path) -> list[FoundLog]:
    """The logs of a home with one session of each agent, and one log that has just gone."""
    paths = make_home(tmp_path)
    homes = [Home(p.name, root) for p in load_providers() for root in p.roots({}, tmp_path)]
    found = list(find_logs(homes))
    paths["gemini"].unlink()
    return found


def here(logs: list[FoundLog]) -> dict[str, Done]:
    return {found.file.path: read_log(found, PRICES) for found in logs}


@pytest.fixture
def quick_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twin is always used, and has ended before this process reads its first log."""
    fork = os.fork

    def fork_and_wait() -> int:
        twin = fork()
        if twin:
            os.waitid(os.P_PID, twin, os.WEXITED | os.WNOWAIT)
        return twin

    monkeypatch.setattr(os, "fork", fork_and_wait)
    monkeypatch.setattr(forking, "WORTH_A_FORK", 0)
    monkeypatch.setattr(forking, "_can_fork", lambda: True)


def test_a_forked_twin_reads_what_is_left(logs: list[FoundLog], quick_twin: None) -> None:
    assert {done.path: done for done in forking.read_all(logs, PRICES)} == here(logs)


def test_what_a_twin_left_unread_is_read_here(
    logs: list[FoundLog], quick_twin: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die_within_a_message(logs: Iterable[FoundLog], _: PriceTable, results: IO[bytes]) -> None:
        try:
            first, _second, *_ = logs
            write_message(results, read_log(first, PRICES))
            results.write(b"\xff\x00\x00\x00torn")
            results.flush()
        finally:
            os._exit(1)

    monkeypatch.setattr(forking, "_serve", die_within_a_message)
    assert {done.path: done for done in forking.read_all(logs, PRICES)} == here(logs)


def test_the_two_share_the_work(logs: list[FoundLog]) -> None:
    taken = forking._Queue(logs)
    assert next(iter(taken)) == logs[0]
    assert list(taken) == logs[1:]


def test_workers_read_everything(logs: list[FoundLog], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 0)
    batches = list(workers.read_logs(logs, PRICES, lambda: False))
    assert {done.path: done for batch in batches for done in batch} == here(logs)
    (gone,) = [done for batch in batches for done in batch if done.record is None]
    assert "No such file" in gone.error


def test_workers_end_when_nobody_wants_them(
    logs: list[FoundLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 0)
    assert list(workers.read_logs(logs, PRICES, lambda: True)) == []
