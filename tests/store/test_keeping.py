"""Which logs are kept when a session is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import TurnChange
from aimux_tui.model.annotation import Label
from aimux_tui.pricing.arithmetic import PriceTable
from aimux_tui.sources.archive import Archive, archived_homes
from aimux_tui.sources.discovery import Home
from aimux_tui.store.index import Index
from aimux_tui.store.judged import session_of
from aimux_tui.store.keeping import keep_labelled, keep_sessions
from aimux_tui.store.library import Library

IDS = [f"5a1d3a3e-0000-4000-8000-00000000000{number}" for number in range(3)]
AGENT = "a0123456789abcdef"


def write_log(path: Path, session_id: str, **fields: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": "go"},
        "uuid": f"{path.stem}-1",
        "timestamp": "2026-11-01T12:00:00.000Z",
        "sessionId": session_id,
        "cwd": "/work",
        "version": "2.1.200",
        **fields,
    }
    path.write_text(json.dumps(record) + "\n")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three sessions, the first of which has a sub-agent."""
    root = tmp_path / ".claude"
    for id_ in IDS:
        write_log(root / "projects" / "-work" / f"{id_}.jsonl", id_)
    agent = root / "projects" / "-work" / IDS[0] / "subagents" / f"agent-{AGENT}.jsonl"
    write_log(agent, IDS[0], isSidechain=True, agentId=AGENT)
    return Home("claude", root)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", limit=1 << 20)


def library_of(*homes: Home) -> Library:
    library = Library(homes, Index(None), PriceTable({}))
    library.load_fully()
    return library


def kept_in(archive: Archive) -> set[str]:
    return {path.name.removesuffix(".jsonl.zst") for path in archive.folder.rglob("*.zst")}


@pytest.mark.parametrize("key", [f"claude:{IDS[0]}", f"claude:{IDS[0]}/{AGENT}"])
def test_a_session_is_kept_with_its_sub_agents_whichever_is_judged(
    home: Home, archive: Archive, key: str
):
    library = library_of(home)
    assert library.get(key) is not None
    assert keep_sessions(library, archive, [key]).logs == 2
    assert kept_in(archive) == {IDS[0], f"agent-{AGENT}"}


def test_everything_judged_is_kept_at_once_and_nothing_else(
    home: Home, archive: Archive, tmp_path: Path
):
    book = EvaluationBook(tmp_path / "evaluations")
    for id_ in IDS[1:]:
        book.record(
            (TurnChange(session_key=f"claude:{id_}", turn_key="x", number=1, label=Label.GOOD),)
        )
    (tmp_path / "evaluations" / "no-such-session.jsonl").write_text('{"turn":1,"label":"good"}\n')
    book.refresh()
    library = library_of(home)
    assert keep_labelled(library, archive, book, should_stop=lambda: True).logs == 0
    assert keep_labelled(library, archive, book).logs == 2
    assert kept_in(archive) == set(IDS[1:])
    assert keep_labelled(library, archive, book).logs == 0


def test_a_copy_is_the_same_session_and_is_not_copied_again(
    home: Home, archive: Archive, tmp_path: Path
):
    key = f"claude:{IDS[0]}"
    before = library_of(home)
    keep_sessions(before, archive, [key])
    copies = list(archived_homes(archive.folder, ["claude"]))
    both = library_of(home, *copies)
    assert [session.other_paths for session in both.sessions()] == [()] * 4

    original = Path(before.sessions()[0].path).parent
    for path in original.rglob(f"*{IDS[0]}*/**/*.jsonl"):
        path.unlink()
    (original / f"{IDS[0]}.jsonl").unlink()
    after = library_of(home, *copies)
    session = after.get(key)
    assert session is not None
    assert session.archived_from == str(original / f"{IDS[0]}.jsonl")
    assert session.descendants == 1
    assert len(after.sessions()) == 4
    assert keep_sessions(after, archive, [key]).logs == 0


def test_a_log_that_vanishes_while_it_is_watched_is_found_in_the_archive(
    home: Home, archive: Archive
):
    keep_sessions(library_of(home), archive, [f"claude:{IDS[1]}"])
    library = library_of(home, *archived_homes(archive.folder, ["claude"]))
    session = library.get(f"claude:{IDS[1]}")
    assert session is not None
    Path(session.path).unlink()
    library.resync()
    session = library.get(f"claude:{IDS[1]}")
    assert session is not None
    assert session.archived_from


def test_logs_outside_the_agents_homes_are_left_where_they_are(
    home: Home, archive: Archive, tmp_path: Path
):
    library = library_of(home)
    elsewhere = Library(
        [Home("claude", tmp_path / "other")],
        Index(None),
        PriceTable({}),
        logs=list(library._shelf.found.values()),
    )
    elsewhere.load_fully()
    assert keep_sessions(elsewhere, archive, [f"claude:{IDS[0]}"]).logs == 0
    assert not archive.folder.exists()


def test_a_session_of_an_older_file_is_found_by_its_id(home: Home):
    library = library_of(home)
    session = session_of(library, f"gemini:{IDS[0]}")
    assert session is not None
    assert session.key == f"claude:{IDS[0]}"
    assert session_of(library, "claude:nobody") is None
