"""An annotation finds its turn by key, else by what the turn asked."""

from __future__ import annotations

from aimux_tui.annotations.matching import FoundBy, content_hash, match_turns
from aimux_tui.model.annotation import Annotations, Label, TurnAnnotation
from aimux_tui.model.turn import TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Usage

ASKED = {"a": "fix the login", "b": "go on", "c": "go on", "d": ""}


def summary(key: str, number: int) -> TurnSummary:
    return TurnSummary(
        key, number, TurnKind.PROMPT, ASKED[key], None, None, TurnState.DONE, Usage(), 0, 0
    )


TURNS = [summary(key, number) for number, key in enumerate(ASKED, 1)]


def hash_of(turn: TurnSummary) -> str:
    return content_hash([ASKED[turn.key]])


def said(key: str, number: int, text: str = "") -> Annotations:
    annotation = TurnAnnotation(key, number, Label.GOOD, content_hash=content_hash([text]))
    return Annotations("claude:x", turns={key or f"#{number}": annotation})


def found(annotations: Annotations) -> tuple[str | None, FoundBy | None]:
    (match,) = match_turns(annotations, TURNS, hash_of)
    return (match.turn.key if match.turn else None), match.found_by


def test_by_its_key_whatever_else_has_changed():
    assert found(said("b", 99, "another prompt")) == ("b", FoundBy.KEY)


def test_by_its_number_if_an_older_file_knows_no_more():
    assert found(said("", 3)) == ("c", FoundBy.NUMBER)


def test_by_what_it_asked_if_its_key_has_gone():
    assert found(said("gone", 1, "fix the login")) == ("a", FoundBy.CONTENT)


def test_of_turns_that_ask_the_same_the_nearest_in_number():
    assert found(said("gone", 4, "go on")) == ("c", FoundBy.CONTENT)


def test_two_annotations_never_share_a_turn():
    both = Annotations(
        "claude:x", turns={**said("gone", 3, "go on").turns, **said("c", 3, "go on").turns}
    )
    matches = match_turns(both, TURNS, hash_of)
    assert {match.turn.key for match in matches if match.turn} == {"b", "c"}


def test_else_it_is_an_orphan():
    assert found(said("gone", 1, "something else")) == (None, None)
    assert found(said("gone", 4, "")) == (None, None)
    assert found(said("", 9)) == (None, None)


def test_the_hash_is_of_the_whole_prompt():
    long = "x" * 100_000
    assert content_hash([long + "a"]) != content_hash([long + "b"])
    assert content_hash([" ab \n", ""]) == content_hash(["ab"])
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])
    assert content_hash([" "]) == ""
