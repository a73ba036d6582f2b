"""The feed of labels over real files: order, other processes, errors."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import TurnChange
from aimux_tui.errors import AnnotationError
from aimux_tui.model.annotation import Label, Tally
from aimux_tui.tui import label_feed
from aimux_tui.tui.label_feed import LabelFeed
from aimux_tui.tui.label_plans import cycle, noted, toggle
from tests.tui.helpers import eventually
from tests.tui.memory_book import MemoryBook

SESSION = "claude:3f2a91c0-0000-4000-8000-000000000001"


def target(number: int) -> TurnChange:
    return TurnChange(session_key=SESSION, turn_key=f"key-{number}", number=number)


def label(feed: LabelFeed, number: int) -> Label | None:
    said = feed.review(SESSION).annotations.of_turn(f"key-{number}", number)
    return said.label if said else None


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_feed, "REFRESH_PAUSE", 0.02)


async def test_changes_are_worked_out_in_the_order_in_which_they_were_asked_for(tmp_path: Path):
    feed = LabelFeed(EvaluationBook(tmp_path))
    # None waits for another, and still each sees what the one before has done.
    tasks = [feed.change(cycle([target(1)])) for _ in range(3)]
    tasks += [feed.change(toggle([target(1)], Label.WASTE)), feed.change(cycle([target(1)]))]
    done = await asyncio.gather(*tasks)
    assert [one.changes[0].label for one in done] == [
        Label.GOOD,
        Label.BAD,
        Label.WASTE,
        None,
        Label.GOOD,
    ]
    assert label(feed, 1) is Label.GOOD
    await feed.close()


async def test_two_screens_see_each_others_labels(tmp_path: Path):
    one, other = LabelFeed(EvaluationBook(tmp_path)), LabelFeed(EvaluationBook(tmp_path))
    running = [asyncio.create_task(feed.run()) for feed in (one, other)]
    await eventually(lambda: one.is_loaded and other.is_loaded)
    await one.change(toggle([target(1)], Label.GOOD))
    await other.change(noted(target(1), "seen"))
    await eventually(lambda: other.total == one.total == Tally(good=1, notes=1))
    await other.change(toggle([target(1)], Label.GOOD))
    await eventually(lambda: label(one, 1) is None and one.total == Tally(notes=1))
    for feed in (one, other):
        await feed.close()
    await asyncio.gather(*running)


async def test_nothing_is_shown_of_what_could_not_be_written(tmp_path: Path):
    folder = tmp_path / "evaluations"
    folder.write_text("a file where the folder should be")
    feed = LabelFeed(EvaluationBook(folder))
    seen: list[frozenset[str]] = []
    feed.on_change = seen.append
    with pytest.raises(AnnotationError):
        await feed.change(toggle([target(1)], Label.GOOD))
    assert not seen
    assert not feed.can_undo
    assert feed.total == Tally()
    await feed.close()


async def test_undo_is_one_step_for_all_that_was_labelled_together():
    book = MemoryBook()
    feed = LabelFeed(book)
    await feed.change(toggle([target(1)], Label.GOOD))
    await feed.change(toggle([target(number) for number in range(1, 5)], Label.BAD))
    await feed.change(lambda _: (target(1),), can_undo=False)
    undone = await feed.undo()
    assert len(undone.changes) == 4
    assert label(feed, 1) is Label.GOOD
    assert label(feed, 2) is None
    await feed.undo()
    assert not feed.can_undo
    assert (await feed.undo()).changes == ()
    await feed.close()


async def test_the_end_waits_for_what_is_being_written():
    book = MemoryBook()
    book.gate.clear()
    feed = LabelFeed(book)
    task = feed.change(toggle([target(1)], Label.GOOD))
    closing = asyncio.create_task(feed.close())
    await asyncio.sleep(0)
    book.gate.set()
    await closing
    await task
    assert book.get(SESSION).turns["key-1"].label is Label.GOOD
