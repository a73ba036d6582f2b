"""From rows to strips of the screen, in the colours of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content, Span
from textual.strip import Strip
from textual.style import Style

from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.plain import to_ascii

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.color import Color
    from textual.filter import LineFilter

    from aimux_tui.tui.format.lines import Row
    from aimux_tui.tui.format.look import Look

_NO_STYLE = Style()
PLAIN = 0
"""A row like any other."""
CURSOR = 1
"""A row under the cursor."""
CURSOR_BLURRED = 2
"""The same while another widget has the focus."""
PICKED = 3
"""Is added to these for a row that its user has marked."""


class RowPainter:
    """Paints rows `width` columns wide. A new one is made when anything that it knows changes."""

    def __init__(
        self,
        look: Look,
        base: Style,
        width: int,
        gutter: int,
        filters: Sequence[LineFilter],
        background: Color,
    ) -> None:
        self.made_for = (look, base, width)
        self._width = width
        self._filters = filters
        self._background = background
        palette, glyphs = look.palette, look.glyphs
        self._is_ascii = glyphs is ASCII
        bases = {
            PLAIN: base,
            CURSOR: base + palette.cursor,
            CURSOR_BLURRED: base + palette.cursor_blurred,
        }
        self._bases = bases | {state + PICKED: style for state, style in bases.items()}
        self._base = base
        self._rich_styles: dict[tuple[Style, Style], RichStyle] = {}
        self._gutters: dict[int, list[Segment]] = {state: [] for state in self._bases}
        if gutter:
            signs = {
                PLAIN: (" ", Style()),
                CURSOR: (glyphs.cursor, palette.marker),
                CURSOR_BLURRED: (glyphs.cursor, palette.faint),
                PLAIN + PICKED: (glyphs.picked, palette.picked),
                CURSOR + PICKED: (glyphs.picked_cursor, palette.picked),
                CURSOR_BLURRED + PICKED: (glyphs.picked_cursor, palette.picked),
            }
            self._gutters = {
                state: [Segment(sign.ljust(gutter), (self._bases[state] + style).rich_style)]
                for state, (sign, style) in signs.items()
            }
        self.blank = self._filtered(Strip.blank(width, base.rich_style))

    def paint(self, row: Row, state: int = PLAIN) -> Strip:
        """Draw one row."""
        base = self._bases[state]
        if row.fill is not None:
            # A background that means something stays; the marker alone tells the cursor then.
            base = (self._base if row.fill.background else base) + row.fill
        segments = [*self._gutters[state], *self._segments(row.content, base)]
        if self._is_ascii:
            segments = [Segment(to_ascii(text), style) for text, style, _ in segments]
        return self._filtered(Strip(segments).adjust_cell_length(self._width, base.rich_style))

    def _segments(self, content: Content, base: Style) -> list[Segment]:
        """The text in its styles; as `Content.render_segments`, only faster in the usual case."""
        text, at = content.plain, 0
        plain = self._rich_style(base, _NO_STYLE)
        segments: list[Segment] = []
        for start, end, style in content.spans:
            if start < at or not start < end <= len(text) or not isinstance(style, Style):
                return _within(content).render_segments(base)
            if start > at:
                segments.append(Segment(text[at:start], plain))
            segments.append(Segment(text[start:end], self._rich_style(base, style)))
            at = end
        if at < len(text):
            segments.append(Segment(text[at:], plain))
        return segments

    def _rich_style(self, base: Style, style: Style) -> RichStyle:
        found = self._rich_styles.get((base, style))
        if found is None:
            found = self._rich_styles[base, style] = (base + style).rich_style
        return found

    def _filtered(self, strip: Strip) -> Strip:
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._background)
        return strip


def _within(content: Content) -> Content:
    """The content with spans that lie in its text: others would make Textual stumble."""
    length = len(content.plain)
    spans = [
        Span(start, min(end, length), style)
        for start, end, style in content.spans
        if start < min(end, length)
    ]
    return Content(content.plain, spans, strip_control_codes=False)


def with_offsets(strip: Strip, y: int, gutter: int) -> Strip:
    """Tell Textual, for selecting with the mouse, which character of row `y` each cell shows."""
    segments: list[Segment] = []
    x = -gutter
    for text, style, _ in strip:
        offset = RichStyle.from_meta({"offset": (max(x, 0), y)})
        segments.append(Segment(text, offset if style is None else style + offset))
        x += len(text)
    return Strip(segments, strip.cell_length)
