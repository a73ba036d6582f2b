"""Changes are taken back one step at a time, and never those of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import Change
from aimux_tui.annotations.history import History, Undo, step_for
from aimux_tui.model.annotation import Label, Verdict
from tests.annotations.changes import SESSION, turn, whole


class Desk:
    """Somebody who labels and takes back."""

    def __init__(self, folder: Path) -> None:
        self.book = EvaluationBook(folder)
        self.history = History()

    def record(self, *changes: Change) -> None:
        step = step_for(changes, self.book.get)
        self.book.record(changes)
        self.history.push(step)

    def undo(self) -> Undo | None:
        undo = self.history.undo(self.book.get)
        if undo is not None:
            self.book.record(undo.changes)
            self.history.drop()
        return undo

    def label(self, number: int) -> Label | None:
        found = self.book.get(SESSION).turns.get(f"turn-{number}")
        return found.label if found else None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_step_after_step(desk: Desk):
    desk.record(turn(1, Label.GOOD))
    desk.record(turn(1, Label.BAD), turn(2, Label.BAD))
    desk.record(turn(1, None))
    assert desk.label(1) is None
    desk.undo()
    assert desk.label(1) is Label.BAD
    desk.undo()
    assert (desk.label(1), desk.label(2)) == (Label.GOOD, None)
    desk.undo()
    assert desk.book.get(SESSION).turns == {}
    assert desk.undo() is None


def test_a_label_taken_back_leaves_the_note(desk: Desk):
    desk.record(turn(1, note="why?"))
    desk.record(turn(1, Label.GOOD))
    desk.undo()
    assert desk.book.get(SESSION).turns["turn-1"].note == "why?"


def test_verdict_tags_and_note_of_a_session(desk: Desk):
    desk.record(whole(Verdict.FAILED, ("loops",), "hm"))
    desk.record(whole(Verdict.ACHIEVED, ()))
    desk.undo()
    session = desk.book.get(SESSION).session
    assert (session.verdict, session.tags, session.note) == (Verdict.FAILED, ("loops",), "hm")


def test_what_another_process_said_since_is_left_alone(desk: Desk, tmp_path: Path):
    desk.record(turn(1, Label.GOOD, "mine"), turn(2, Label.GOOD))
    EvaluationBook(tmp_path).record((turn(1, Label.BAD),))
    desk.book.refresh()
    undo = desk.undo()
    assert undo is not None
    assert undo.skipped == 1
    assert desk.label(1) is Label.BAD
    assert desk.book.get(SESSION).turns["turn-1"].note == ""
    assert desk.label(2) is None


def test_if_nothing_is_left_to_take_back_nothing_is_recorded(desk: Desk, tmp_path: Path):
    desk.record(turn(1, Label.GOOD))
    EvaluationBook(tmp_path).record((turn(1, Label.WASTE),))
    desk.book.refresh()
    assert desk.undo() == Undo((), 1)
    assert desk.label(1) is Label.WASTE
