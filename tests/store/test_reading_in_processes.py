"""Reading in other processes comes to the same as reading here."""

from __future__ import annotations

import os
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


def test_a_forked_twin_reads_its_half(
    logs: list[FoundLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "WORTH_A_FORK", 0)
    monkeypatch.setattr(forking, "_can_fork", lambda: True)
    assert {done.path: done for done in forking.read_all(logs, PRICES)} == here(logs)


def test_what_a_twin_left_unread_is_read_here(
    logs: list[FoundLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die_within_a_message(theirs: list[FoundLog], _: PriceTable, results: IO[bytes]) -> None:
        write_message(results, read_log(theirs[0], PRICES))
        results.write(b"\xff\x00\x00\x00torn")
        results.flush()
        os._exit(1)

    monkeypatch.setattr(forking, "WORTH_A_FORK", 0)
    monkeypatch.setattr(forking, "_can_fork", lambda: True)
    monkeypatch.setattr(forking, "_serve", die_within_a_message)
    assert {done.path: done for done in forking.read_all(logs, PRICES)} == here(logs)


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
