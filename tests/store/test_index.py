"""The index is a cache: quick when it is good, rebuilt when it is not, never in the way."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from aimux_tui.store.index import Index
from tests.store.build import record, request

LOG = record("claude:a", request(2**64 - 1, 2), title="héllo", turns=3)


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    index.store([LOG], "v1")
    index.close()
    again = Index(tmp_path / "index.db")
    (loaded,) = again.load("v1").values()
    assert loaded.summary.turns == 3
    assert loaded.summary.usage == LOG[0].summary.usage
    assert loaded.summary.started == LOG[0].summary.started
    assert loaded.summary.requests == ()
    assert again.requests(LOG[0].file.path)[0] == list(LOG[0].summary.requests)


def test_records_of_another_scan_version_are_not_used(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    index.store([LOG], "v1")
    assert index.load("v2") == {}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"garbage" * 1000, id="text"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 5000, id="header"),
    ],
)
def test_a_damaged_file_is_replaced_and_said_so(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(damage)
    index = Index(path)
    assert "damaged" in index.trouble
    index.store([LOG], "v1")
    index.close()
    assert Index(path).load("v1")


def test_a_damaged_file_that_cannot_be_replaced_costs_only_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    path = tmp_path / "index.db"
    path.write_bytes(b"this is no database, but long enough to be taken for one" * 40)
    monkeypatch.setattr(Path, "unlink", refuse)
    index = Index(path)
    assert "is damaged and cannot be replaced" in index.trouble
    index.store([record("claude:a", request(1, 2))], "v1")
    assert index.load("v1")


def test_damage_within_the_file_costs_only_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    logs = [record(f"claude:{n}", request(n, 1), title="t" * 3000) for n in range(1, 40)]
    index = Index(path)
    index.store(logs, "v1")
    index.close()
    intact = path.read_bytes()
    path.write_bytes(intact[:8192] + b"\xff" * (len(intact) - 8192))
    again = Index(path)
    again.load("v1")
    assert len(again.store(logs, "v1")) == 39
    assert "damaged" in again.trouble
    again.store(logs, "v1")
    again.close()
    assert len(Index(path).load("v1")) == 39


def test_a_file_that_another_process_holds_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    index = Index(path)
    index._connection.execute("PRAGMA busy_timeout=0")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert list(index.store([LOG], "v1")) == [LOG[0].file.path]
    assert "locked" in index.trouble
    other.execute("ROLLBACK")
    other.close()
    index.store([LOG], "v1")
    assert index.load("v1")


def test_an_older_schema_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE log(path, something)")
        connection.execute("PRAGMA user_version=999")
    connection.close()
    index = Index(path)
    index.store([LOG], "v1")
    assert index.load("v1")


def test_a_place_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = Index(tmp_path / "file" / "index.db")
    assert str(tmp_path) in index.trouble
    index.store([LOG], "v1")
    assert index.load("v1")


def test_two_processes_share_the_file(tmp_path: Path) -> None:
    one, other = Index(tmp_path / "index.db"), Index(tmp_path / "index.db")
    one.store([LOG], "v1")
    second = record("claude:b", request(5))
    other.store([second], "v1")
    assert set(one.load("v1")) == {LOG[0].file.path, second[0].file.path}


def test_files_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    index.store([LOG], "v1")
    index.forget([LOG[0].file.path, "/never/seen"])
    assert index.load("v1") == {}
    assert os.path.exists(tmp_path / "index.db")


def test_a_name_that_is_no_unicode_is_used_but_not_kept(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    odd = record("claude:odd", path="/logs/\udcff.jsonl")
    assert set(index.store([odd, LOG], "v1")) == {"/logs/\udcff.jsonl", LOG[0].file.path}
    assert set(index.load("v1")) == {LOG[0].file.path}
