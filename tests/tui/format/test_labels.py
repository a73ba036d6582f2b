"""Labels, notes and verdicts as rows show them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from textual.content import Content

from aimux_tui.model.annotation import (
    Annotations,
    Label,
    SessionAnnotation,
    Tally,
    TurnAnnotation,
    Verdict,
)
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.labels import note_lines, review_parts, tally_parts
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.rows import width_of_parts
from aimux_tui.tui.format.session_row import session_rows
from aimux_tui.tui.format.turn_row import turn_row
from aimux_tui.tui.messages import ANNOTATES
from aimux_tui.tui.review import Review
from tests.tui.format.test_rows import LOOK, OPTIONS, make_session, make_turn

PLAIN = Look(LOOK.palette, ASCII, LOOK.zone)
BAD = TurnAnnotation("t", 12, Label.BAD, "edited the wrong file\nand never looked")
WIDTHS = (200, 140, 100, 76, 60, 45, 30)


def row_text(annotation: TurnAnnotation | None, width: int, look: Look = LOOK) -> str:
    return turn_row(make_turn(), width, look, OPTIONS, annotation=annotation).content.plain


def said(parts: list[tuple[str, object]]) -> str:
    return "".join(text for text, _ in parts)


def test_a_wide_row_has_the_label_as_a_word_and_the_first_words_of_the_note():
    text = row_text(BAD, 140)
    assert "✗ BAD" in text
    assert "fix the login redirect" in text
    assert "✎ edited the wrong file" in text


def test_a_narrow_row_has_signs_and_keeps_its_title():
    text = row_text(BAD, 44)
    assert "BAD" not in text
    assert "✗ ✎ fix the login" in text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("label", [None, *Label])
def test_a_row_never_outgrows_its_width(width: int, label: Label | None):
    long = replace(BAD, label=label, note="日本語 \x1b[31m" * 100)
    assert Content(row_text(long, width)).cell_length <= width
    assert "\x1b" not in row_text(long, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_rows_of_turns_of_which_nothing_is_said_are_as_they_were(width: int):
    assert "✎" not in row_text(None, width)
    assert row_text(None, width) == row_text(TurnAnnotation("t", 12), width)


def test_every_label_has_a_sign_of_its_own_in_plain_signs_too():
    for look in (LOOK, PLAIN):
        assert len({look.glyphs.label[label] for label in Label}) == len(Label)
    text = row_text(replace(BAD, note="short"), 140, PLAIN)
    assert text.isascii()
    assert "x BAD" in text
    assert '" short' in text


def test_a_click_on_the_badge_or_the_note_means_that_turn():
    row = turn_row(make_turn(), 160, LOOK, OPTIONS, annotation=BAD)
    commands = {
        row.content.plain[span.start : span.end].strip(): span.style.meta[ANNOTATES]
        for span in row.content.spans
        if ANNOTATES in span.style.meta
    }
    assert commands["✗ BAD"] == "turn.label-cycle"
    assert commands["✎ edited the wrong file and never looked"] == "turn.note"


def test_the_note_of_an_open_turn_is_whole_and_cut_with_a_remark_when_it_is_long():
    assert [line.content.plain for line in note_lines(BAD.note, LOOK)] == [
        "edited the wrong file",
        "and never looked",
    ]
    lines = note_lines("\n".join(f"line {number}" for number in range(100)), LOOK)
    assert lines[-1].content.plain == "… 70 more lines, enter"
    assert all(line.part == "note" for line in lines)


def test_tallies_name_only_what_there_is():
    assert said(tally_parts(Tally(3, 1, 1, 2), LOOK)) == "3✓ 1✗ 1~ ✎2"
    assert said(tally_parts(Tally(bad=1_200), LOOK)) == "1,200✗"
    assert said(tally_parts(Tally(notes=1), LOOK, notes=1)) == "✎2"
    assert said(tally_parts(Tally(3, 1, 1, 2), PLAIN)) == '3+ 1x 1~ "2'
    assert tally_parts(Tally(), LOOK) == []


def test_a_session_shows_its_verdict_and_the_tally_of_its_turns():
    session = SessionAnnotation(Verdict.PARTIAL, ("loop",), "stopped half way")
    assert said(review_parts(session, Tally(good=2), LOOK)) == "partial 2✓ ✎1"
    assert said(review_parts(SessionAnnotation(Verdict.FAILED), Tally(), LOOK)) == "failed"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_session_row_keeps_its_width_and_its_title(width: int):
    turns = {str(number): replace(BAD, turn_key=str(number)) for number in range(30)}
    verdict = SessionAnnotation(Verdict.ABANDONED, note="x")
    review = Review.of(Annotations("claude:1", verdict, turns))
    rows = session_rows(make_session(), width, LOOK, OPTIONS, review=review)
    assert all(row.content.cell_length <= width for row in rows)
    assert "fix" in rows[0].content.plain
    if width >= 45:
        assert "abandoned" in "".join(row.content.plain for row in rows)


def test_of_tallies_nothing_is_cut_in_the_middle_where_two_rows_have_room():
    review = Review.of(Annotations("claude:1", turns={"t": BAD}))
    _, second = session_rows(make_session(), 44, LOOK, OPTIONS, review=review)
    assert "1✗ ✎1" in second.content.plain
    assert width_of_parts([(second.content.plain, LOOK.palette.text)]) <= 44
