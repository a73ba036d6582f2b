"""Words are looked for, filters choose the turns, notes belong to what is searched."""

from __future__ import annotations

from typing import Any

import pytest

from aimux_tui.annotations.book import EvaluationBook
from aimux_tui.annotations.changes import SessionChange, TurnChange
from aimux_tui.model.annotation import Label
from aimux_tui.model.passage import PassageKind
from aimux_tui.query.parse import parse
from aimux_tui.query.terms import QueryError
from aimux_tui.store.search.edits import edits_of
from aimux_tui.store.search.text_search import TextSearch
from tests.store.search.conversations import Turn, Zoo


def found(search: TextSearch, query: str) -> set[tuple[str, int]]:
    return {
        (hit.session.session_id, hit.turn.number if hit.turn else 0)
        for hit in search.search(parse(query))
    }


@pytest.fixture(params=["indexed", "not indexed"])
def search(zoo: Zoo, request: Any) -> TextSearch:
    bears = zoo.conversation("bears")
    bears.edit("/work/zoo/bath.py", "cold water", "warm water")
    bears.say(Turn("read bath.py again", [], ["the text of bath.py"]))
    if request.param == "indexed":
        zoo.cover()
    return zoo.search()


@pytest.mark.parametrize(
    ("query", "turns"),
    [
        ("bears", {("lions", 2), ("bears", 1)}),
        ("bears provider:claude", {("lions", 2), ("bears", 1)}),
        ("bears provider:codex", set()),
        ("bears tool:Edit", {("bears", 1)}),
        ("bears -tool:Edit", {("lions", 2)}),
        ("bears -clean", {("lions", 2)}),
        ('"bears are clean"', {("bears", 1)}),
        ('"clean bears"', set()),
        ("file:bath.py", {("bears", 1)}),
        ("-file:bath.py bath", {("bears", 2)}),
        ("file:bath.py,other.py", {("bears", 1)}),
        ("file:BATH tool:Edit warm", {("bears", 1)}),
        ("tool:Edit", {("bears", 1)}),
        ("edits>0", {("bears", 1)}),
        ("since:2026-05-02 bears", set()),
        ("since:2026-05-01 bears", {("lions", 2), ("bears", 1)}),
        ("cost>100 bears", set()),
        ("project:zoo lunch", {("lions", 1)}),
        ("-bears", {("lions", 1), ("bears", 2)}),
        ("file:*", {("bears", 1)}),
    ],
)
def test_a_query(search: TextSearch, query: str, turns: set[tuple[str, int]]):
    assert found(search, query) == turns


def test_what_is_asked_of_neither_is_refused(search: TextSearch):
    with pytest.raises(QueryError):
        list(search.search(parse("bears nonsense:1")))


def test_an_excerpt_shows_what_was_found_and_whose_words_it_is(search: TextSearch):
    (hit,) = search.search(parse("warm"))
    (excerpt,) = hit.excerpts
    assert excerpt.kind is PassageKind.EDIT
    assert [excerpt.text[start:end] for start, end in excerpt.ranges] == ["warm"]
    assert excerpt.call_id.startswith("toolu_edit")
    assert hit.count == 1
    kinds = {e.kind for h in search.search(parse("bears")) for e in h.excerpts}
    assert kinds == {PassageKind.PROMPT, PassageKind.RESPONSE}


def test_hits_are_counted_and_long_texts_cut_around_the_first(zoo: Zoo):
    text = "x " * 500 + "needle and\n\nthread, needle " + "y " * 500
    zoo.conversation("long").say(Turn("q", [text, "a needle"]))
    (hit,) = zoo.search().search(parse("needle"))
    assert hit.count == 3
    first = hit.excerpts[0]
    assert first.count == 2
    assert first.text.startswith("…")
    assert first.text.endswith("…")
    assert "needle and thread, needle" in first.text
    assert len(first.text) < 250
    assert [first.text[start:end] for start, end in first.ranges] == ["needle", "needle"]


def test_notes_and_labels(zoo: Zoo, search: TextSearch):
    book = EvaluationBook(zoo.home.parent / "evaluations")
    (hit,) = [hit for hit in search.search(parse("wash")) if hit.turn]
    assert hit.turn is not None
    turn = TurnChange(
        session_key=hit.session.key,
        turn_key=hit.turn.key,
        number=1,
        label=Label.GOOD,
        note="used too much soap",
    )
    session = SessionChange(session_key=hit.session.key, note="the soap incident")
    book.record((turn, session))
    search = TextSearch(search._library, search.index, book)
    assert found(search, "soap") == {("bears", 1), ("bears", 0)}
    assert found(search, "soap wash") == {("bears", 1)}
    assert found(search, "incident") == {("bears", 0)}
    assert found(search, "soap label:good") == {("bears", 1)}
    assert found(search, "soap provider:claude") == {("bears", 1), ("bears", 0)}
    assert found(search, "bears label:good") == {("bears", 1)}
    assert found(search, "bears -label:good") == {("lions", 2)}
    hits = list(search.search(parse("soap wash")))
    assert hits[0].excerpts[0].kind is PassageKind.NOTE


def test_it_stops_when_it_is_told_to(search: TextSearch):
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    assert len(list(search.search(parse("e"), should_stop))) < len(list(search.search(parse("e"))))


def test_every_edit_of_a_path_in_the_order_of_time(zoo: Zoo, search: TextSearch):
    zoo.conversation("bears").edit("/work/zoo/bath.py", "warm water", "hot water")
    zoo.conversation("lions").edit("/work/zoo/deep/bath.py", "a", "b")
    zoo.conversation("lions").edit("/work/zoo/food.py", "bath.py", "c")
    edits = list(edits_of(zoo.search(), "bath.py"))
    assert len(edits) == 3
    assert [edit.at for edit in edits] == sorted(edit.at for edit in edits if edit.at)
    assert {edit.edit.path for edit in edits} == {"/work/zoo/bath.py", "/work/zoo/deep/bath.py"}
    assert edits[0].edit.hunks[0].lines
    assert [e.session.session_id for e in edits_of(zoo.search(), "deep/bath.py")] == ["lions"]
    assert [e.session.session_id for e in edits_of(zoo.search(), "zoo/BATH.py")] == ["bears"] * 2
    assert list(edits_of(zoo.search(), "water")) == []
    only = list(edits_of(zoo.search(), "bath.py", conditions=parse("tool:Edit since:2027-01-01")))
    assert only == []


def test_pieces_that_are_shown_as_one_text_are_searched_as_one(zoo: Zoo):
    conversation = zoo.conversation("pieces")
    command = "<command-name>/review</command-name>\n<command-message>review</command-message>\n"
    conversation.say(Turn(f"{command}<command-args>pull 17</command-args>"))
    blocks = [{"type": "text", "text": "first half"}, {"type": "text", "text": "second half"}]
    conversation.say(Turn("q", [], [blocks]))
    for _ in range(2):
        assert found(zoo.search(), '"/review pull 17"') == {("pieces", 1)}
        assert found(zoo.search(), '"half second"') == {("pieces", 2)}
        zoo.cover()
