from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color

from aimux_tui.tui.format.ansi import output_lines
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

PALETTE = palette_for(AIMUX)


def drawn(text: str) -> list[str]:
    return [line.plain for line in output_lines(text, PALETTE)]


def spans(text: str) -> list[tuple[str, object]]:
    return [
        (line.plain[span.start : span.end], span.style)
        for line in output_lines(text, PALETTE)
        for span in line.spans
    ]


def test_colours_are_those_of_the_theme() -> None:
    ((text, style),) = spans("plain \x1b[1;31mFAILED\x1b[0m plain")
    assert text == "FAILED"
    assert style.bold
    assert style.foreground == PALETTE.failed.foreground


def test_a_colour_lasts_until_it_is_reset() -> None:
    assert [text for text, _ in spans("\x1b[32mone\ntwo\x1b[39m three")] == ["one", "two"]


def test_all_kinds_of_colours_are_known() -> None:
    styles = [style for _, style in spans(
        "\x1b[38;5;196ma\x1b[m\x1b[38;2;1;2;3mb\x1b[m\x1b[48;5;21mc\x1b[m\x1b[94md\x1b[m\x1b[38;5;1me"
    )]  # fmt: skip
    assert [style.foreground for style in styles[:2]] == [Color(255, 0, 0), Color(1, 2, 3)]
    assert styles[2].background == Color(0, 0, 255)
    assert styles[3].foreground == PALETTE.running.foreground
    assert styles[4].foreground == PALETTE.failed.foreground


def test_nothing_else_of_a_sequence_remains() -> None:
    assert drawn("\x1b[31m\x1b[2J\x1b]0;title\x07\x1b[Htext\x1b[0m\x07") == ["text␇"]
    assert drawn("\x1b]8;;http://example.org\x07link\x1b]8;;\x07") == ["link"]


def test_progress_shows_its_last_state() -> None:
    assert drawn("10%\r50%\r100%\ndone\r\n") == ["100%", "done", ""]


def test_overstruck_text_is_read_once() -> None:
    assert drawn("N\x08NA\x08AM\x08ME\x08E") == ["NAME"]


def test_nonsense_is_taken_calmly() -> None:
    assert drawn(f"\x1b[{'9' * 5000}mx\x1b[38;5mx\x1b[38;2;1mx\x1b[38mx\x1b[;;mx") == ["xxxxx"]
    assert drawn("x" * 300_000) == ["x" * 300_000]
    assert len(drawn("\x1b[31m" * 30_000 + "\n" * 30_000)) == 30_001


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x1b[0;138m\r\n\x08\x9b"))))
def test_what_is_drawn_is_always_safe(text: str) -> None:
    for line in output_lines(text, PALETTE):
        assert all(
            unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            for character in line.plain
        )
        assert all(0 <= span.start < span.end <= len(line.plain) for span in line.spans)
