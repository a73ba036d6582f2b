"""A session as one row of a list, or as two where the list is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.style import Style

from aimux_tui.model.session import Status
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import format_age, plural
from aimux_tui.tui.format.columns import Column, Part, cell, cells, joined
from aimux_tui.tui.format.labels import review_parts
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.rows import (
    RowOptions,
    chosen_columns,
    gap_at,
    money,
    opening,
    width_of_parts,
)
from aimux_tui.tui.review import UNSEEN

if TYPE_CHECKING:
    from aimux_tui.model.session import Session
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.palette import Palette
    from aimux_tui.tui.review import Review

WIDE = 72
"""Columns from which on a session takes one row; below it takes two."""
_REASON_WIDTH = 14
"""Columns that are left to provider and reason beside what was said of the session."""
_PROVIDERS = ("claude", "codex", "gemini")

# Those that are given up last come first.
_COLUMNS = (
    Column("age", 4),
    Column("cost", 7),
    Column("provider", 6),
    Column("project", 16),
    Column("turns", 10),
)


def session_height(width: int) -> int:
    """How many rows every session takes at this width."""
    return 1 if width >= WIDE else 2


def session_rows(
    session: Session,
    width: int,
    look: Look,
    options: RowOptions,
    *,
    review: Review = UNSEEN,
    depth: int = 0,
    is_open: bool = False,
) -> list[Row]:
    """A session in the list, its sub-agents being indented by `depth`."""
    said = review_parts(review.annotations.session, review.tally, look) if review else []
    if session_height(width) == 1:
        return [_session_row(session, width, look, options, said, depth, is_open=is_open)]
    return _session_row_pair(session, width, look, options, said, depth, is_open=is_open)


def _session_row(
    session: Session,
    width: int,
    look: Look,
    options: RowOptions,
    said: list[Part],
    depth: int,
    *,
    is_open: bool,
) -> Row:
    palette = look.palette
    gap = gap_at(width)
    head = _session_head(session, look, depth, is_open=is_open)
    taken = sum(len(text) for text, _ in head)
    shown = chosen_columns(_COLUMNS, width - taken, show_cost=options.show_cost)
    before: list[list[Part]] = []
    style = provider_style(session.provider, palette)
    if session.parent_key and "project" in shown:
        # It works on what its parent works on.
        before.append(cell(_who(session), 6 + gap + 16 - len(head[0][0]), style))
    elif "provider" in shown:
        before.append(cell(_who(session), 6, style))
    if "project" in shown and not session.parent_key:
        before.append(cell(one_line(session.project, 40), 16, palette.muted))
    after: list[list[Part]] = []
    if "turns" in shown:
        after.append(_turn_count(session, look, 10))
    if "cost" in shown:
        after.append(_amount(session, look))
    if "age" in shown:
        after.append(_age(session, look, options))
    sides = sum(width_of_parts(column) + gap for column in (*before, *after))
    room = max(width - taken - sides, 1)
    if said:
        said = cells(said, min(width_of_parts(said), room // 2))
        after.insert(0, said)
        room = max(room - width_of_parts(said) - gap, 1)
    title = cells([*_title(session, palette), *_reason(session, look)], room)
    return Row(joined([[*head, *_spread(before, gap), *title], *after], gap, width))


def _amount(session: Session, look: Look) -> list[Part]:
    """What the session cost; while its log is being read that is not known."""
    if session.is_partial:
        return cell(look.plain("…"), 7, look.palette.faint, right=True)
    return money(session.total_usage, session.total_cost, look, 7)


def _session_row_pair(
    session: Session,
    width: int,
    look: Look,
    options: RowOptions,
    said: list[Part],
    depth: int,
    *,
    is_open: bool,
) -> list[Row]:
    palette = look.palette
    head = _session_head(session, look, depth, is_open=is_open)
    taken = sum(len(text) for text, _ in head)
    age = _age(session, look, options)
    title = cells(_title(session, palette), max(width - taken - 5, 1))
    first = joined([[*head, *title], age], 1, width)

    amount = _amount(session, look) if options.show_cost else []
    room = max(width - taken - (8 if amount else 0), 1)
    what = [(_who(session), provider_style(session.provider, palette)), *_reason(session, look)]
    separator = (f" {look.glyphs.separator} ", palette.faint)
    if said:
        # Of a long reason the beginning will do; the sign of the status tells most of it.
        most = room - width_of_parts(said) - 3
        what = cells(what, min(width_of_parts(what), most)) if most >= _REASON_WIDTH else what[:1]
    # What the session is doing matters more than where it is.
    details = [said] if said else []
    if session.project and not session.parent_key:
        details.append([(one_line(session.project, 40), palette.muted)])
    details.append(_turn_count(session, look, 0))
    for detail in details:
        if width_of_parts([*what, separator, *detail]) <= room:
            what += [separator, *detail]
    second = joined([[(" " * taken, Style()), *cells(what, room)], amount], 1, width)
    return [Row(first), Row(second)]


def _session_head(session: Session, look: Look, depth: int, *, is_open: bool) -> list[Part]:
    palette, glyphs = look.palette, look.glyphs
    fold = " "
    if session.children:
        fold = glyphs.open if is_open else glyphs.closed
    branch = "  " * (depth - 1) + glyphs.branch if depth else ""
    return [
        (branch, palette.faint),
        (fold, opening(palette.muted)),
        (glyphs.status[session.status], status_style(session.status, palette)),
        (" ", Style()),
    ]


def status_style(status: Status, palette: Palette) -> Style:
    """How a status is drawn."""
    match status:
        case Status.ACTIVE:
            return palette.running
        case Status.WAITING:
            return palette.waiting
        case Status.ERROR:
            return palette.failed
        case Status.IDLE:
            return palette.faint


def provider_style(provider: str, palette: Palette) -> Style:
    """A colour for a provider, always the same."""
    known = _PROVIDERS.index(provider) if provider in _PROVIDERS else len(provider)
    return palette.hues[known % len(palette.hues)]


def _who(session: Session) -> str:
    if session.parent_key and session.agent_name:
        return one_line(session.agent_name, 40)
    return session.provider


def _title(session: Session, palette: Palette) -> list[Part]:
    title = one_line(session.title, 200)
    if not title:
        return [("(no prompt yet)", palette.muted)]
    return [(title, palette.strong if session.needs_attention else palette.text)]


def _reason(session: Session, look: Look) -> list[Part]:
    if session.status is Status.IDLE or not session.status_reason:
        return []
    reason = f" {look.glyphs.separator} {one_line(session.status_reason, 60)}"
    return [(reason, status_style(session.status, look.palette))]


def _turn_count(session: Session, look: Look, width: int) -> list[Part]:
    count = "… turns" if session.is_partial else plural(session.turns, "turn")
    return cell(look.plain(count), width or len(count), look.palette.muted, right=True)


def _age(session: Session, look: Look, options: RowOptions) -> list[Part]:
    return cell(
        look.plain(format_age(session.updated, options.now)), 4, look.palette.muted, right=True
    )


def _spread(columns: list[list[Part]], gap: int) -> list[Part]:
    return [part for column in columns for part in (*column, (" " * gap, Style()))]
