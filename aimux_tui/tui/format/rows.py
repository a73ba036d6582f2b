"""What the rows of sessions and the rows of turns have in common."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.style import Style

from aimux_tui.config.schema import TimeMode
from aimux_tui.text.units import UNKNOWN, format_spent
from aimux_tui.tui.format.columns import Column, Part, cell, columns_that_fit
from aimux_tui.tui.format.lines import OPENS, width_of

if TYPE_CHECKING:
    from aimux_tui.model.usage import Cost, Usage
    from aimux_tui.tui.format.look import Look

_TITLE_SHARE = 0.42
_TITLE_WIDTH = 18
_ROOMY = 96
"""Columns from which on there are two blanks between columns."""


class RowOptions(Struct, frozen=True):
    """What the reader has chosen, and what all rows of a list share."""

    now: datetime
    show_cost: bool = True
    time_mode: TimeMode = TimeMode.CLOCK
    start: datetime | None = None
    """When the session began, for elapsed times."""
    number_width: int = 2
    """Digits of the largest turn number."""


@lru_cache(maxsize=256)
def opening(style: Style) -> Style:
    """The style, for text that opens its item when it is clicked on."""
    return style + Style.from_meta({OPENS: True})


def gap_at(width: int) -> int:
    """Blanks between columns."""
    return 2 if width >= _ROOMY else 1


def money(usage: Usage, cost: Cost, look: Look, width: int) -> list[Part]:
    """An amount as a column."""
    amount = format_spent(usage, cost)
    style = look.palette.faint if amount == UNKNOWN else look.palette.text
    return cell(look.plain(amount), width, style, right=True)


def chosen_columns(columns: tuple[Column, ...], width: int, *, show_cost: bool) -> frozenset[str]:
    """Names of the columns that leave enough room for a title."""
    if not show_cost:
        columns = tuple(column for column in columns if column.name != "cost")
    return columns_that_fit(
        columns, width - max(_TITLE_WIDTH, int(width * _TITLE_SHARE)), gap_at(width)
    )


def width_of_parts(parts: list[Part]) -> int:
    """Columns that parts of a row take."""
    return sum(width_of(text) for text, _ in parts)
