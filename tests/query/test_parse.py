"""The filter language: what is typed, and what it means."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.query.fields import FIELDS, FLAGS
from aimux_tui.query.parse import parse
from aimux_tui.query.terms import Operator, QueryError, Term


def terms(text: str) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(term.field, term.operator, term.values, term.is_negated) for term in parse(text)]


def test_words_fields_flags_and_quotes_stand_side_by_side() -> None:
    assert terms('login provider:codex failed cost>1 "exact words"') == [
        ("", ":", ("login",), False),
        ("provider", ":", ("codex",), False),
        ("failed", ":", (), False),
        ("cost", ">", ("1",), False),
        ("", ":", ("exact words",), False),
    ]


def test_a_dash_turns_any_term_round() -> None:
    assert terms('-login -label:good -failed -"exact words"') == [
        ("", ":", ("login",), True),
        ("label", ":", ("good",), True),
        ("failed", ":", (), True),
        ("", ":", ("exact words",), True),
    ]


@pytest.mark.parametrize("text", ["-", "- ", "a - b"])
def test_a_dash_by_itself_is_a_word(text: str) -> None:
    assert "-" in [term.values[0] for term in parse(text)]


def test_commas_mean_any_of_them() -> None:
    (term,) = parse("label:bad,waste")
    assert term.values == ("bad", "waste")
    (term,) = parse('project:"my app",other')
    assert term.values == ("my app", "other")


def test_quotes_take_what_the_language_means_otherwise() -> None:
    assert terms('"failed" "cost>1" "say \\"hi\\""') == [
        ("", ":", ("failed",), False),
        ("", ":", ("cost>1",), False),
        ("", ":", ('say "hi"',), False),
    ]


def test_a_link_is_a_word() -> None:
    assert terms("https://example.org/x?y=1") == [("", ":", ("https://example.org/x?y=1",), False)]


def test_fields_are_written_in_any_case() -> None:
    assert parse("Provider:Codex")[0].field == "provider"


def test_a_term_knows_its_place() -> None:
    first, second = parse("one  -cost>=2")
    assert (first.start, first.end) == (0, 3)
    assert second == Term(("2",), "cost", Operator.AT_LEAST, True, 5, 13)


@pytest.mark.parametrize(
    ("text", "message", "hint", "marked"),
    [
        ("projct:api", "no field 'projct'", "did you mean project:?", "projct"),
        ("x label:goood", "'goood' is no label", "did you mean good?", "label:goood"),
        ("cost>much", "'much' is no number", "for example cost>1", "cost>much"),
        ("cost>", "a value is missing", "for example cost>1", "cost>"),
        ("label:bad,", "", "", ""),
        ("cost:1,2", "cost takes one number", "", "cost:1,2"),
        ("project>api", "project cannot be compared", "write project:api", "project>api"),
        ("since:someday", "'someday' is no time", "write 90m", "since:someday"),
        ("duration>long", "'long' is no duration", "for example duration>5m", "duration>long"),
        ('a "b c', "the closing quotes are missing", "", '"b c'),
        ('note:"a"b', "a space is missing after the quotes", "", "b"),
    ],
)
def test_a_bad_query_says_what_is_wrong_and_where(
    text: str, message: str, hint: str, marked: str
) -> None:
    if not message:
        assert parse(text)[0].values == ("bad",)  # a comma that is still to be followed
        return
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert error.message == message
    assert error.hint.startswith(hint)
    assert text[error.start : error.end] == marked
    assert error.excerpt.splitlines()[1] == " " * error.start + "^" * len(marked)


@given(st.text(alphabet=st.sampled_from('ab "\\-:,><=*\t1kcostlabelnote'), max_size=40))
def test_any_text_is_understood_or_refused_with_a_place(text: str) -> None:
    with contextlib.suppress(QueryError):
        assert all(text[term.start : term.end].strip() for term in parse(text))
        return
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


def test_every_field_and_flag_explains_itself() -> None:
    for field in FIELDS.values():
        assert field.help
        assert parse(field.example)[0].field == field.name
        assert field.of_session or field.of_turn
    assert not FIELDS.keys() & FLAGS.keys()
