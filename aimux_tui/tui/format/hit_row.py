"""What a search found in a turn, as rows of a list: where, then the words around each hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import format_age, plural
from aimux_tui.tui.format.columns import Part, cells, joined
from aimux_tui.tui.format.lines import Line, Row, Wrap, pad, rows_of, width_of

if TYPE_CHECKING:
    from datetime import datetime

    from aimux_tui.store.search.results import Excerpt, TurnHit
    from aimux_tui.tui.format.look import Look

MOST_EXCERPTS = 2
"""Excerpts of a turn that are shown in the list."""
_KIND = 9
"""Columns of the word that tells whose words they are."""


def hit_height(hit: TurnHit) -> int:
    """How many rows a turn takes."""
    return 1 + min(len(hit.excerpts), MOST_EXCERPTS)


def hit_rows(hit: TurnHit, width: int, look: Look, now: datetime) -> list[Row]:
    """The session and the turn, then the best excerpts."""
    rows = [_head(hit, width, look, now)]
    for excerpt in hit.excerpts[:MOST_EXCERPTS]:
        prefix = pad(Content.styled(f"  {excerpt.kind}", look.palette.faint), _KIND + 3)
        line = Line(_content(excerpt, look), prefix=prefix, wrap=Wrap.CUT)
        rows += rows_of(line, width, look.glyphs.ellipsis)
    return rows


def _head(hit: TurnHit, width: int, look: Look, now: datetime) -> Row:
    palette, session, turn = look.palette, hit.session, hit.turn
    at = turn.started if turn is not None else session.updated
    where = f"turn {turn.number}" if turn is not None else "session"
    right: list[Part] = [(f"  {where}", palette.accent)]
    if hit.count > 1:
        right.append((f"  {plural(hit.count, 'hit')}", palette.muted))
    right.append((f"  {format_age(at, now)}", palette.faint))
    told = look.plain("".join(text for text, _ in right))
    room = max(width - width_of(told), 1)
    left: list[Part] = [
        (f"{one_line(session.project)} ", palette.muted),
        (one_line(session.title or "(no prompt)"), palette.strong),
    ]
    return Row(joined([cells(left, room), cells(right, width_of(told))], 0, width))


def _content(excerpt: Excerpt, look: Look) -> Content:
    """The excerpt with its hits marked; each piece is made safe by itself."""
    palette, parts, position = look.palette, [], 0
    for start, end in excerpt.ranges:
        parts.append((_safe(excerpt.text[position:start]), palette.text))
        parts.append((_safe(excerpt.text[start:end]), palette.hit))
        position = end
    parts.append((_safe(excerpt.text[position:]), palette.text))
    return Content.assemble(*((text, style) for text, style in parts if text))


def _safe(text: str) -> str:
    return sanitise(text, tab_size=1).replace("\n", " ")
