"""Where something lies on an axis of time, drawn finer than a character."""

from __future__ import annotations

from msgspec import Struct

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STEPS = 8


class Stroke(Struct, frozen=True):
    """A bar that begins anywhere in a cell and ends anywhere in another."""

    before: int
    """Empty cells at first."""
    opening: str
    """One cell, or none, to be drawn in reverse: it tells what is left out of the first cell."""
    rest: str
    """What follows, to be drawn as it is."""

    @property
    def width(self) -> int:
        """Cells up to the end of the bar."""
        return self.before + len(self.opening) + len(self.rest)


def stroke(start: float, end: float, width: int, *, is_ascii: bool = False) -> Stroke:
    """The bar from `start` to `end`, both shares of an axis of `width` cells.

    However short it is, something is seen of it, and never beyond the axis.
    """
    first = min(max(round(start * width * _STEPS), 0), width * _STEPS - 1)
    last = min(max(round(end * width * _STEPS), first + 1), width * _STEPS)
    cell, into = divmod(first, _STEPS)
    if is_ascii:
        return Stroke(cell, "", "=" * max(round(last / _STEPS) - cell, 1))
    end_cell, part = divmod(last, _STEPS)
    if end_cell == cell or (end_cell == cell + 1 and not part):
        return Stroke(cell, "", _within(into, (last - cell * _STEPS)))
    opening = _EIGHTHS[into] if into else ""
    whole = end_cell - cell - bool(into)
    return Stroke(cell, opening, "█" * whole + (_EIGHTHS[part] if part else ""))


def _within(first: int, last: int) -> str:
    """A bar that lies in a single cell: at its left, at its right or in its middle."""
    if first == 0:
        return _EIGHTHS[last]
    if last == _STEPS:
        return "▐" if first <= _STEPS // 2 else "▕"
    return "│" if last - first < _STEPS // 2 else "┃"


def ticks(total: float, width: int, room: int) -> list[tuple[int, float]]:
    """(cell, value) of round values on an axis from 0 to `total`, each `room` cells apart at least.

    There is none at 0.
    """
    if total <= 0 or width < room:
        return []
    most = max(width // room, 1)
    step = _round_up(total / most)
    found: list[tuple[int, float]] = []
    number = 1
    while number * step <= total * (1 + 1e-9):
        found.append((min(round(number * step / total * width), width - 1), number * step))
        number += 1
    return found


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … from a value on."""
    scale = 1.0
    while scale * 10 <= value:
        scale *= 10
    while scale > value:
        scale /= 10
    return next((scale * factor for factor in (1, 2, 5) if scale * factor >= value), scale * 10)
