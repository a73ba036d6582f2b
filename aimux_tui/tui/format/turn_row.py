"""A turn as one row of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.style import Style

from aimux_tui.config.schema import TimeMode
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.turn import PROMPT_KINDS, TurnKind, TurnState
from aimux_tui.text.sanitise import one_line
from aimux_tui.text.units import (
    format_age,
    format_clock,
    format_duration,
    format_elapsed,
    format_tokens,
)
from aimux_tui.tui.format.columns import Column, Part, cell, cells, joined
from aimux_tui.tui.format.labels import with_annotation
from aimux_tui.tui.format.lines import Row
from aimux_tui.tui.format.rows import (
    RowOptions,
    chosen_columns,
    gap_at,
    money,
    opening,
    width_of_parts,
)

if TYPE_CHECKING:
    from aimux_tui.model.annotation import TurnAnnotation
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.model.usage import Cost
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.palette import Palette

# Those that are given up last come first.
_COLUMNS = (
    Column("duration", 6),
    Column("cost", 7),
    Column("time", 5),
    Column("tokens", 12),
    Column("tools", 22),
    Column("changes", 10),
)


def turn_row(
    turn: TurnSummary,
    width: int,
    look: Look,
    options: RowOptions,
    *,
    cost: Cost | None = None,
    annotation: TurnAnnotation | None = None,
    is_open: bool = False,
    begins_segment: bool = False,
) -> Row:
    """The closed row of a turn, and the first row of an open one."""
    palette, glyphs = look.palette, look.glyphs
    gap = gap_at(width)
    columns: list[list[Part]] = [
        [
            (glyphs.open if is_open else glyphs.closed, opening(palette.muted)),
            *cell(str(turn.number), options.number_width + 1, palette.muted, right=True),
            (" ", Style()),
            (glyphs.turn[turn.state], _turn_style(turn.state, palette)),
        ]
    ]
    taken = options.number_width + 4
    shown = chosen_columns(_COLUMNS, width - taken, show_cost=options.show_cost)
    # A turn that asked no model, such as a command of the terminal: nothing to tell.
    is_free = not turn.request_count and not turn.usage.total
    if "time" in shown:
        columns.append(cell(look.plain(_time(turn, look, options)), 5, palette.muted, right=True))
    if "cost" in shown:
        amount = None if is_free else cost
        columns.append(
            cell("", 7, Style()) if amount is None else money(turn.usage, amount, look, 7)
        )
    if "duration" in shown:
        columns.append(
            cell(look.plain(format_duration(turn.duration)), 6, palette.muted, right=True)
        )
    if "tokens" in shown:
        tokens = "" if is_free else look.plain(format_tokens(turn.usage))
        columns.append(cell(tokens, 12, palette.muted, right=True))
    if "tools" in shown:
        columns.append(_tools(turn, look, 22))
    if "changes" in shown:
        columns.append(_changes(turn, look, 10))
    title = _turn_title(turn, look, begins_segment=begins_segment)
    if annotation is not None:
        room = width - sum(width_of_parts(column) + gap for column in columns)
        title = with_annotation(title, annotation, room, look)
    columns.append(title)
    return Row(joined(columns, gap, width))


def _time(turn: TurnSummary, look: Look, options: RowOptions) -> str:
    match options.time_mode:
        case TimeMode.CLOCK:
            return format_clock(turn.started, look.zone)
        case TimeMode.RELATIVE:
            return format_age(turn.started, options.now)
        case TimeMode.ELAPSED:
            # The plus sign would not fit beside days and hours.
            return format_elapsed(turn.started, options.start).removeprefix("+")


def _turn_style(state: TurnState, palette: Palette) -> Style:
    match state:
        case TurnState.RUNNING:
            return palette.running
        case TurnState.ERROR:
            return palette.failed
        case TurnState.INTERRUPTED:
            return palette.waiting
        case TurnState.DONE:
            return palette.faint


def _tools(turn: TurnSummary, look: Look, width: int) -> list[Part]:
    """Names with counts as far as they fit, then how many kinds of tools there were besides."""
    words: list[str] = []
    used = 0
    for number, (name, count) in enumerate(turn.tools):
        word = one_line(short_tool_name(name), 40)
        if count > 1:
            word += f"{look.glyphs.times}{count}"
        rest = len(turn.tools) - number - 1
        if used + len(word) + (4 if rest else 0) > width and words:
            words.append(f"+{rest + 1}")
            break
        words.append(word)
        used += len(word) + 1
    return cell(" ".join(words), width, look.palette.accent)


def short_tool_name(name: str) -> str:
    """The name without the server that an MCP tool comes from."""
    return name.rpartition("__")[2] or name


def _changes(turn: TurnSummary, look: Look, width: int) -> list[Part]:
    if not turn.additions and not turn.deletions:
        return cell("", width, Style())
    palette, glyphs = look.palette, look.glyphs
    parts = [
        (f"{glyphs.added}{turn.additions}", palette.ok),
        (" ", Style()),
        (f"{glyphs.removed}{turn.deletions}", palette.failed),
    ]
    return cells(parts, width)


def _turn_title(turn: TurnSummary, look: Look, *, begins_segment: bool) -> list[Part]:
    palette, glyphs = look.palette, look.glyphs
    parts: list[Part] = []
    if begins_segment:
        parts.append((f"{glyphs.compaction} ", palette.accent))
    if turn.failures:
        parts.append((f"{glyphs.tool[ToolStatus.FAILED]}{turn.failures} ", palette.failed))
    is_prompt = turn.kind in PROMPT_KINDS
    title = one_line(turn.title, 300)
    sign = glyphs.kind[turn.kind]
    is_told = title.startswith(sign) or (begins_segment and turn.kind is TurnKind.CONTINUATION)
    if turn.kind is not TurnKind.PROMPT and not is_told:
        parts.append((f"{sign} ", palette.accent if is_prompt else palette.muted))
    if title:
        parts.append((title, palette.text if is_prompt else palette.muted))
    else:
        parts.append((f"({turn.kind.value})", palette.faint))
    return parts
