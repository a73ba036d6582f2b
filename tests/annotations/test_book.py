"""Labels are written down, read back, and shared between processes."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.file_names import file_name
from aimux_tui.model.annotation import Label, Verdict
from tests.annotations.changes import OTHER, SESSION, turn, whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "evaluations"


@pytest.fixture
def book(folder: Path) -> EvaluationBook:
    return EvaluationBook(folder, author="ada@engine")


def lines_of(folder: Path, session: str = SESSION) -> list[dict[str, object]]:
    text = (folder / file_name(session)).read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_label_is_one_line_with_only_what_changed(book: EvaluationBook, folder: Path):
    book.record((turn(7, Label.GOOD, content_hash="c0ffee"),))
    (line,) = lines_of(folder)
    assert line.pop("timestamp")
    assert line == {
        "v": 1,
        "session": SESSION,
        "turn": 7,
        "turn_key": "turn-7",
        "turn_hash": "c0ffee",
        "label": "good",
        "author": "ada@engine",
    }
    annotation = book.get(SESSION).turns["turn-7"]
    assert (annotation.label, annotation.number, annotation.author) == ("good", 7, "ada@engine")
    assert annotation.updated is not None


def test_relabelling_keeps_the_note_and_clearing_the_label_does_too(book: EvaluationBook):
    book.record((turn(7, Label.GOOD, "reads the test first"),))
    book.record((turn(7, Label.BAD),))
    book.record((turn(7, None),))
    annotation = book.get(SESSION).turns["turn-7"]
    assert (annotation.label, annotation.note) == (None, "reads the test first")
    book.record((turn(7, note=""),))
    assert not book.get(SESSION).turns


def test_a_hash_that_follows_a_label_is_nobodys_judgement(book: EvaluationBook, folder: Path):
    book.record((turn(7, Label.GOOD),))
    before = book.get(SESSION).turns["turn-7"]
    other = EvaluationBook(folder, author="somebody else")
    other.record((turn(7, content_hash="c0ffee"), turn(8, content_hash="abad1dea")))
    book.refresh()
    assert book.get(SESSION).turns == {"turn-7": replace(before, content_hash="c0ffee")}


def test_a_session_has_a_verdict_tags_and_a_note_of_its_own(book: EvaluationBook, folder: Path):
    book.record((whole(Verdict.PARTIAL, ("loops", "no tests")), whole(note="see turn 7")))
    book.record((whole(None), whole(tags=("loops",), session=OTHER)))
    session = book.get(SESSION).session
    assert (session.verdict, session.tags, session.note) == (
        None,
        ("loops", "no tests"),
        "see turn 7",
    )
    assert book.tags() == ("loops", "no tests")
    assert "turn" not in lines_of(folder)[0]


def test_another_process_sees_it_with_its_next_look(book: EvaluationBook, folder: Path):
    other = EvaluationBook(folder)
    other.load()
    assert other.refresh() == frozenset()
    version = other.version
    book.record((turn(1, Label.WASTE), turn(1, Label.BAD, session=OTHER)))
    assert other.refresh() == {SESSION, OTHER}
    assert other.version > version
    assert other.get(SESSION).turns["turn-1"].label is Label.WASTE
    assert other.refresh() == frozenset()
    assert {one.session_key for one in other.all()} == {SESSION, OTHER}


def test_two_records_in_one_tick_of_the_clock_are_both_seen(book: EvaluationBook, folder: Path):
    other = EvaluationBook(folder)
    for number in range(200):
        book.record((turn(number, Label.GOOD),))
        assert other.refresh() == {SESSION}


def test_what_is_said_can_be_asked_while_a_file_is_waited_for(book: EvaluationBook, folder: Path):
    book.record((turn(1, Label.GOOD),))
    with (folder / file_name(SESSION)).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = threading.Thread(target=book.record, args=((turn(1, Label.BAD),),))
        writer.start()
        assert book.get(SESSION).turns["turn-1"].label is Label.GOOD
        assert len(book.all()) == 1
    writer.join()
    assert book.get(SESSION).turns["turn-1"].label is Label.BAD


def test_one_who_records_sees_what_others_said_before(book: EvaluationBook, folder: Path):
    other = EvaluationBook(folder)
    book.record((turn(1, Label.GOOD, "mine"),))
    other.record((turn(1, Label.BAD),))
    annotation = other.get(SESSION).turns["turn-1"]
    assert (annotation.label, annotation.note) == (Label.BAD, "mine")


def test_a_hundred_marked_turns_are_one_write(
    book: EvaluationBook, monkeypatch: pytest.MonkeyPatch
):
    writes: list[int] = []
    write = os.write

    def counting(descriptor: int, data: bytes) -> int:
        writes.append(len(data))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", counting)
    book.record(tuple(turn(number, Label.GOOD) for number in range(1, 101)))
    assert len(writes) == 1
    assert book.get(SESSION).tally.good == 100


def test_a_line_that_a_killed_writer_left_harms_no_other(book: EvaluationBook, folder: Path):
    book.record((turn(1, Label.GOOD),))
    path = folder / file_name(SESSION)
    with path.open("a") as stream:
        stream.write('{"v":1,"session":"cla')
    reader = EvaluationBook(folder)
    reader.load()
    assert [(one.line, one.reason) for one in reader.problems] == [(2, "the line breaks off")]

    book.record((turn(2, Label.BAD),))
    reader.refresh()
    assert {key: one.label for key, one in reader.get(SESSION).turns.items()} == {
        "turn-1": Label.GOOD,
        "turn-2": Label.BAD,
    }
    (problem,) = reader.problems
    assert (problem.path, problem.line) == (str(path), 2)


@pytest.mark.parametrize(
    "line",
    ['{"v":1,"turn":1,"label":"great"}', "[]", "null", "\x00\x00", '{"v":2,"turn":1}'],
    ids=["unknown label", "list", "null", "zeros", "newer version"],
)
def test_a_line_of_nonsense_is_skipped_and_told(book: EvaluationBook, folder: Path, line: str):
    folder.mkdir(parents=True)
    good = f'{{"v":1,"session":"{SESSION}","turn":1,"turn_key":"a","label":"bad"}}'
    (folder / file_name(SESSION)).write_text(f"{line}\n\n{good}")
    book.load()
    assert book.get(SESSION).turns["a"].label is Label.BAD
    assert [problem.line for problem in book.problems] == [1]


@pytest.fixture
def looks_at_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the last look was long ago."""
    monkeypatch.setattr("aimux_tui.annotations.book._LOOK_ANYWAY_S", -1.0)


@pytest.mark.usefixtures("looks_at_all_files")
def test_a_file_edited_by_hand_is_read_anew(book: EvaluationBook, folder: Path):
    book.record((turn(1, Label.GOOD), turn(2, Label.GOOD)))
    book.record((turn(1, Label.BAD, session=OTHER),))
    path = folder / file_name(SESSION)
    path.write_text(path.read_text().splitlines()[1] + "\n")
    assert SESSION in book.refresh()
    assert list(book.get(SESSION).turns) == ["turn-2"]
    path.unlink()
    assert SESSION in book.refresh()
    assert [one.session_key for one in book.all()] == [OTHER]


class TestFilesOfTheEarlierTool:
    ID = SESSION.partition(":")[2]

    @pytest.fixture(autouse=True)
    def file(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        path = folder / f"{self.ID}.jsonl"
        path.write_text(
            '{"turn":3,"label":"wasteful","note":"twice","timestamp":"2025-07-01T10:00:00.123456789+02:00"}\n'
            '{"turn":4,"label":"good","note":"","timestamp":"2025-07-01T08:01:00Z"}\n'
        )
        return path

    def test_they_are_matched_by_number(self, book: EvaluationBook):
        book.load()
        third = book.get(SESSION).of_turn("turn-3", 3)
        assert third is not None
        assert (third.label, third.note, third.turn_key) == (Label.WASTE, "twice", "")
        assert third.updated is not None
        assert third.updated.isoformat() == "2025-07-01T10:00:00.123456+02:00"
        assert book.get(SESSION).tally.labelled == 2
        assert [one.session_key for one in book.all()] == [SESSION]

    def test_the_session_may_be_of_any_agent(self, book: EvaluationBook):
        book.load()
        assert book.get(f"gemini:{self.ID}").of_turn("x", 4)
        assert book.get(f"gemini:{self.ID}").session_key == f"gemini:{self.ID}"

    @pytest.mark.usefixtures("looks_at_all_files")
    def test_a_new_label_takes_the_place_of_the_old_and_keeps_its_note(
        self, book: EvaluationBook, file: Path
    ):
        book.load()
        book.record((turn(3, Label.BAD),))
        turns = book.get(SESSION).turns
        assert set(turns) == {"turn-3", "#4"}
        assert (turns["turn-3"].label, turns["turn-3"].note) == (Label.BAD, "twice")
        with file.open("a") as stream:
            stream.write('{"turn":3,"label":"good","timestamp":"2025-07-02T08:00:00Z"}\n')
        assert book.refresh() == {SESSION}
        assert book.get(SESSION).turns["turn-3"].label is Label.GOOD
