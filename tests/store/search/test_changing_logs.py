"""Logs grow, are rewritten and go away; what was found before is not what is there now."""

from __future__ import annotations

import os

import pytest

from aimux_tui.store.search import catalog, log_search
from aimux_tui.store.search.catalog import Catalog
from tests.store.search.conversations import Turn, Zoo


def test_what_is_not_indexed_is_found_too(zoo: Zoo):
    assert zoo.find("bears") == {("lions", 2), ("bears", 1)}
    assert zoo.search().coverage().covered_bytes == 0
    zoo.cover()
    coverage = zoo.search().coverage()
    assert coverage.covered_bytes == coverage.bytes > 0
    assert zoo.find("bears") == {("lions", 2), ("bears", 1)}


def test_what_was_appended_a_moment_ago_is_found(zoo: Zoo):
    zoo.cover()
    zoo.conversation("lions").say(Turn("now the zebras", ["zebras done"]))
    assert zoo.find("zebra") == {("lions", 3)}
    assert zoo.find("lions") == {("lions", 1)}
    assert zoo.search().coverage().uncovered_bytes > 0


def test_words_of_one_turn_may_lie_on_both_sides_of_what_is_indexed(zoo: Zoo):
    zoo.cover()
    conversation = zoo.conversation("bears")
    conversation.edit("/work/zoo/bath.py", "cold", "warm")
    conversation.turns[-1] = Turn("wash the bears", [*conversation.turns[-1].answers, "warm"])
    assert zoo.find("wash", "warm") == {("bears", 1)} == zoo.expect("wash", "warm")
    assert zoo.find("wash", without=["warm"]) == set()


def test_a_library_that_has_not_noticed_yet_finds_what_was_appended(zoo: Zoo):
    zoo.cover()
    search = zoo.search()
    zoo.conversation("lions").say(Turn("now the zebras"))
    from aimux_tui.query.parse import parse

    hits = list(search.search(parse("zebras")))
    assert [hit.turn.number for hit in hits if hit.turn] == [3]


def test_a_rewritten_log_says_only_what_it_says_now(zoo: Zoo):
    zoo.cover()
    path = zoo.conversation("bears").path
    del zoo.conversations["bears"]
    path.unlink()
    zoo.conversation("bears").say(Turn("count the penguins " * 30, ["Many penguins."]))
    for _ in range(2):
        assert zoo.find("bears") == {("lions", 2)}
        assert zoo.find("penguins") == {("bears", 1)}
        zoo.cover()


def test_a_log_that_was_cut_and_has_grown_past_its_old_end(zoo: Zoo):
    zoo.cover()
    conversation = zoo.conversation("bears")
    stamp = conversation.path.stat()
    conversation.path.write_bytes(b"")
    conversation.turns.clear()
    conversation.say(Turn("count the penguins " * 50))
    assert conversation.path.stat().st_ino == stamp.st_ino
    assert conversation.path.stat().st_size > stamp.st_size
    assert zoo.find("wash") == set()
    assert zoo.find("penguins") == {("bears", 1)}
    zoo.cover()
    assert zoo.find("wash") == set()
    assert zoo.find("penguins") == {("bears", 1)}


def test_a_deleted_log_is_found_no_more(zoo: Zoo):
    zoo.cover()
    os.unlink(zoo.conversation("bears").path)
    assert zoo.find("bears") == {("lions", 2)}
    assert list(zoo.index.build(zoo.logs(), lambda: False)) == []
    assert [path.rpartition("/")[2] for path in zoo.index.covered()] == ["lions.jsonl"]


def test_a_long_log_in_several_segments(zoo: Zoo):
    conversation = zoo.conversation("long")
    for number in range(40):
        conversation.say(Turn(f"question {number}", ["words " * 100], [f"output-{number} " * 2000]))
    zoo.cover(segment_bytes=100_000)
    assert len(list(zoo.folder.glob("segment-*"))) > 2
    for number in (0, 17, 39):
        assert zoo.find(f"output-{number} ") == zoo.expect(f"output-{number} ")
    assert zoo.find("question") == {("long", number) for number in range(1, 41)}


def test_a_log_of_many_turns_is_looked_up_page_by_page(zoo: Zoo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalog, "_TURNS_IN_PAGE", 3)
    monkeypatch.setattr(catalog, "_KEPT_PAGES", 2)
    monkeypatch.setattr(log_search, "_LONG", 0)
    conversation = zoo.conversation("long")
    for number in range(60):
        conversation.say(Turn(f"question {number}", [], [f"output-{number} " * 400]))
    zoo.cover()
    for word in ("question", "output-59", "output-1 ", "question 5"):
        assert zoo.find(word) == zoo.expect(word)
    assert zoo.find("question 4", "output-44") == {("long", 45)}


def test_interrupted_in_a_long_log_it_goes_on_where_it_was(zoo: Zoo):
    conversation = zoo.conversation("long")
    for number in range(40):
        conversation.say(Turn(f"question {number}", [], [f"output-{number} " * 2000]))
    zoo.cover(segment_bytes=200_000)
    last = max(zoo.folder.glob("segment-*"), key=lambda path: int(path.stem.partition("-")[2]))
    kept = Catalog(zoo.folder / "catalog.db")
    kept.drop_segment(int(last.stem.partition("-")[2]))
    kept.close()
    coverage = zoo.search().coverage()
    assert 0 < coverage.covered_bytes < coverage.bytes
    assert zoo.find("output-39") == {("long", 40)}
    zoo.cover()
    assert zoo.search().coverage().uncovered_bytes == 0
    assert zoo.find("output-39") == {("long", 40)}
