"""A broken index costs time, never a hit: it is replaced, and that is said."""

from __future__ import annotations

import pytest

from tests.store.search.conversations import Zoo

BEARS = {("lions", 2), ("bears", 1)}


def segments(zoo: Zoo) -> list:
    return sorted(zoo.folder.glob("segment-*"))


def build(zoo: Zoo) -> None:
    for progress in zoo.index.build(zoo.logs(), lambda: False):
        assert not progress.error


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500])
def test_a_broken_catalog_is_replaced(zoo: Zoo, damage: bytes):
    zoo.cover()
    (zoo.folder / "catalog.db").write_bytes(damage)
    assert zoo.find("bears") == BEARS
    assert bool(damage) == ("damaged" in zoo.index.trouble)
    build(zoo)
    assert zoo.search().coverage().uncovered_bytes == 0
    assert zoo.find("bears") == BEARS


def test_a_catalog_that_breaks_while_it_is_open(zoo: Zoo):
    zoo.cover()
    assert zoo.find("bears") == BEARS
    path = zoo.folder / "catalog.db"
    path.write_bytes(b"\xff" * path.stat().st_size)
    (zoo.folder / "catalog.db-wal").unlink(missing_ok=True)
    zoo.index.close()
    assert zoo.find("bears") == BEARS
    assert "damaged" in zoo.index.trouble


@pytest.mark.parametrize("damage", ["cut", "gone", "garbage", "empty"])
def test_without_a_segment_its_logs_are_read(zoo: Zoo, damage: str):
    zoo.cover()
    (path,) = segments(zoo)
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:9000], "garbage": b"\x55" * len(data), "empty": b""}[damage])
    assert zoo.find("bears") == BEARS
    assert zoo.find("nobody") == set()
    assert "damaged" in zoo.index.trouble
    build(zoo)
    (path,) = segments(zoo)
    assert zoo.search().coverage().uncovered_bytes == 0
    assert zoo.find("bears") == BEARS


def test_a_changed_byte_that_nobody_notices_is_found_by_the_next_build(zoo: Zoo):
    zoo.cover()
    (path,) = segments(zoo)
    data = bytearray(path.read_bytes())
    place = data.rfind(b"\nbears")
    data[place + 1] ^= 1
    path.write_bytes(data)
    build(zoo)
    zoo.index.close()
    (path,) = segments(zoo)
    assert b"\nbears" in path.read_bytes()
    assert zoo.find("bears") == BEARS


def test_files_that_nobody_knows_are_cleared_away(zoo: Zoo):
    zoo.cover()
    (zoo.folder / "segment-999.db").write_bytes(b"half a segment")
    (zoo.folder / "segment-999.db-journal").write_bytes(b"")
    build(zoo)
    assert [path.name for path in segments(zoo)] == ["segment-1.db"]


def test_an_index_that_cannot_be_written_is_done_without(zoo: Zoo):
    zoo.folder.write_text("a file where the folder should be")
    assert zoo.find("bears") == BEARS
    assert list(zoo.index.build(zoo.logs(), lambda: False)) == []
    assert zoo.index.trouble
