from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.content import Content, Span
from textual.style import Style

from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX
from aimux_tui.tui.widgets.heights import Heights
from aimux_tui.tui.widgets.row_cache import Part, Rendered, RowCache
from aimux_tui.tui.widgets.row_painter import CURSOR, PLAIN, RowPainter, with_offsets
from aimux_tui.tui.widgets.scroll_marks import marked_cells

LOOK = Look(palette_for(AIMUX))
BASE = Style(foreground=Color(200, 200, 200), background=Color(10, 10, 10))
RED, BLUE = Color(255, 0, 0), Color(0, 0, 255)


def painter(look: Look = LOOK, width: int = 12, gutter: int = 1) -> RowPainter:
    return RowPainter(look, BASE, width, gutter, [], Color(10, 10, 10))


def row(*parts: str) -> list[Row]:
    return [Row(Content("x"), part) for part in parts]


def test_rows_of_one_part_belong_together() -> None:
    rendered = Rendered(row("", "a", "a", "b", "a"))
    assert rendered.parts == [
        Part("", 0, 1),
        Part("a", 1, 3),
        Part("b", 3, 4),
        Part("a", 4, 5),
    ]
    assert [rendered.part_at(line) for line in (0, 2, 3, 99)] == [0, 1, 2, 3]
    assert rendered.part_named("b") == 2
    assert rendered.part_named("none") is None
    assert Rendered([]).parts == [Part("", 0, 0)]


def test_what_was_painted_of_a_row_is_kept_while_the_row_is_the_same() -> None:
    before = Rendered(row("", "a", "b"))
    before.strips = {(line, PLAIN): painter().paint(made) for line, made in enumerate(before.rows)}
    now = Rendered([*row(""), before.rows[1], *row("b", "c")])
    now.take_over(before)
    assert now.strips == {(1, PLAIN): before.strips[1, PLAIN]}


@given(
    st.lists(st.sampled_from("abc"), min_size=1),
    st.lists(st.sampled_from("abc"), min_size=1),
    st.integers(0, 9),
)
def test_parts_are_found_again_from_those_of_before(
    before: list[str], now: list[str], same: int
) -> None:
    old = Rendered(row(*before))
    assert old.parts
    made = [*row(now[0]), *old.rows[1:same], *row(*now[same:])]
    rendered = Rendered(made)
    rendered.take_over(old)
    assert rendered.parts == Rendered(made).parts


def test_the_cache_is_bounded_by_rows() -> None:
    cache = RowCache(max_rows=10)
    for key in "abc":
        cache.put(key, Rendered(row("", "", "", "")))
    assert cache.get("a") is None
    assert cache.get("b") is not None
    cache.put("d", Rendered(row("", "")))
    cache.put("e", Rendered(row("", "", "", "")))
    assert cache.get("c") is None, "b was used after it"
    assert cache.get("b") is not None
    cache.put("huge", Rendered(row(*[""] * 99)))
    assert len(cache) == 1
    cache.drop("huge")
    cache.clear()
    assert len(cache) == 0


def test_a_row_is_as_wide_as_the_view() -> None:
    strip = painter().paint(Row(Content("text")))
    assert strip.text == " text       "
    assert painter().paint(Row(Content("a very long text")), CURSOR).text == "▌a very long"


def test_a_background_that_means_something_survives_the_cursor() -> None:
    added = LOOK.palette.added
    strip = painter().paint(Row(Content("text"), fill=added), CURSOR)
    assert strip.text[0] == "▌"
    *_, padding = strip
    assert padding.style is not None
    assert padding.style.bgcolor == added.rich_style.bgcolor


def test_ascii_is_drawn_as_wide_as_what_it_stands_for() -> None:
    ascii_painter = painter(Look(LOOK.palette, ASCII))
    assert ascii_painter.paint(Row(Content("日本 …")), CURSOR).text == "|???? ~     "


Spans = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.integers(0, 14),
        st.sampled_from([Style(bold=True), Style(foreground=RED), Style(background=BLUE)]),
    ),
    max_size=4,
)


@given(st.text("abc日", max_size=12), Spans)
def test_it_paints_what_textual_would(text: str, spans: list[tuple[int, int, Style]]) -> None:
    content = Content(text, [Span(*span) for span in spans if span[1] > span[0]])
    strip = painter(width=24, gutter=0).paint(Row(content), PLAIN)
    inside = [Span(s, min(e, len(text)), style) for s, e, style in content.spans if s < len(text)]
    cells = [(letter, style) for piece, style, _ in strip for letter in piece][: len(text)]
    wanted = [
        (letter, style)
        for piece, style, _ in Content(text, inside).render_segments(BASE)
        for letter in piece
    ]
    assert [letter for letter, _ in cells] == list(text)
    assert [style for _, style in cells] == [style for _, style in wanted]


def test_each_cell_knows_its_character() -> None:
    strip = with_offsets(painter().paint(Row(Content.assemble("ab", ("cd", "bold")))), 7, 1)
    offsets = [style.meta["offset"] for _, style, _ in strip if style is not None]
    assert offsets[:3] == [(0, 7), (0, 7), (2, 7)]


def test_marks_lie_where_their_items_begin() -> None:
    heights = Heights(100)
    heights.set(10, 101)
    assert marked_cells([([0, 60], RED), ([60, 99], BLUE)], heights, 10) == {
        0: RED,
        8: RED,
        9: BLUE,
    }
    assert marked_cells([([10], RED)], heights, 10) == {0: RED}
    assert marked_cells([([], RED)], heights, 10) == {}
    assert marked_cells([([1], RED)], Heights(), 10) == {}
    few = marked_cells([([0, 2], RED)], Heights(3), 10)
    assert few == {0: RED, 2: RED}, "beside their items, when all are on the screen"
