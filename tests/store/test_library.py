"""The library over real log files: read once, kept current."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.discovery import find_homes, recognise_log
from aimux_tui.store import unlisted, workers
from aimux_tui.store.index import Index
from aimux_tui.store.library import Library


def user(text: str, uuid: str, parent: str | None = None) -> bytes:
    return msgspec.json.encode(
        {
            "parentUuid": parent,
            "isSidechain": False,
            "type": "user",
            "message": {"role": "user", "content": text},
            "uuid": uuid,
            "timestamp": "2026-11-01T12:00:00.000Z",
            "sessionId": "5a1d3a3e-0000-4000-8000-000000000001",
            "cwd": "/work",
            "version": "2.1.200",
        }
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "5a1d3a3e-0000-4000-8000-000000000001.jsonl"
    path.write_bytes(user("first", "a") + b"\n" + user("second", "b", "a") + b"\n")
    return path


def library_of(log: Path) -> Library:
    found = recognise_log(log)
    assert found is not None
    return Library([], Index(None), PriceTable({}), logs=[found])


def test_a_log_opened_by_itself_is_read_for_list_and_trace_at_once(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 0)
    library = library_of(log)
    library.load()
    assert library.progress == (0, 1)
    for _ in library.scan_pending(lambda: False):
        pass
    assert library.progress == (1, 1)
    (session,) = library.sessions()
    assert session.turns == 2
    trace = library.open(session.key)
    assert trace.is_complete
    assert len(trace.turns) == 2


def test_a_log_that_vanished_before_it_was_read_leaves_the_list(log: Path) -> None:
    library = library_of(log)
    library.load()
    log.unlink()
    for _ in library.scan_pending(lambda: False):
        pass
    assert library.progress == (0, 0)
    assert library.sessions() == ()


def test_many_logs_are_listed_the_newest_first(tmp_path: Path) -> None:
    folder = tmp_path / ".claude" / "projects" / "-work"
    folder.mkdir(parents=True)
    for number in range(250):
        path = folder / f"5a1d3a3e-0000-4000-8000-{number:012}.jsonl"
        path.write_bytes(user(f"prompt {number}", f"u{number}") + b"\n")
        os.utime(path, ns=(number * 10**9, number * 10**9))
    library = Library(
        find_homes(["claude"], {}, env={}, home=tmp_path), Index(None), PriceTable({})
    )
    library.load()
    first = {session.title for session in library.sessions()}
    assert first == {f"prompt {number}" for number in range(150, 250)}
    assert not library.is_listed
    steps = library.scan_pending(lambda: False)
    while not library.is_listed:
        next(steps)
    assert len(library.sessions()) == 250
    assert all(session.is_partial for session in library.sessions())
    for _ in steps:
        pass
    assert not any(session.is_partial for session in library.sessions())


def test_of_many_known_logs_the_newest_are_listed_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlisted, "_KNOWN_AT_ONCE", 3)
    folder = tmp_path / ".claude" / "projects" / "-work"
    folder.mkdir(parents=True)
    paths = [folder / f"5a1d3a3e-0000-4000-8000-{number:012}.jsonl" for number in range(8)]
    for number, path in enumerate(paths):
        path.write_bytes(user(f"prompt {number}", f"u{number}") + b"\n")
        os.utime(path, ns=(number * 10**9, number * 10**9))
    homes = find_homes(["claude"], {}, env={}, home=tmp_path)
    first = Library(homes, Index(tmp_path / "index.db"), PriceTable({}))
    first.load_fully()
    again = Library(homes, Index(tmp_path / "index.db"), PriceTable({}))
    again.load()
    assert {session.title for session in again.sessions()} == {"prompt 5", "prompt 6", "prompt 7"}
    # What happens to the others meanwhile is not undone when their turn comes.
    paths[0].unlink()
    paths[1].write_bytes(user("another prompt", "x") + b"\n")
    again.refresh([str(paths[0]), str(paths[1])])
    assert [again.is_listed for _ in again.list_rest()] == [False, True]
    assert {session.title for session in again.sessions()} == {
        "another prompt",
        *(f"prompt {number}" for number in range(2, 8)),
    }


def test_what_is_still_being_written_goes_to_the_index_at_the_end(log: Path) -> None:
    index = Index(log.parent / "index.db")
    found = recognise_log(log)
    library = Library([], index, PriceTable({}), logs=[found])
    library.load_fully()
    (version,) = {row[0] for row in index._connection.execute("SELECT scan FROM log")}

    def indexed() -> int:
        (record,) = index.load(version).values()
        return record.summary.turns

    log.write_bytes(log.read_bytes() + user("third", "c", "b") + b"\n")
    assert library.refresh([str(log)])
    library.save(is_last=False)
    assert indexed() == 2
    library.save()
    assert indexed() == 3
