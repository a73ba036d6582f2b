"""What people said of turns and sessions, as badges, tallies and remarks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import plural
from aimux_tui.tui.format.columns import Part, cell, cells
from aimux_tui.tui.format.lines import Line, text_lines, width_of
from aimux_tui.tui.format.rows import width_of_parts
from aimux_tui.tui.messages import ANNOTATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.annotation import SessionAnnotation, Tally, TurnAnnotation
    from aimux_tui.tui.format.look import Look
    from aimux_tui.tui.palette import Palette

NOTE = "note"
"""Part of the list that shows the note of an open turn."""
CYCLE, WRITE = "turn.label-cycle", "turn.note"
"""The commands that a click on a badge or on a note does."""
_NOTE_LINES = 30
_WORDS_FROM = 24
"""Columns for title, label and note from which on the label is a word."""
_NOTE_FROM = 36
"""Columns for title and note from which on the note's first words are shown."""
_TITLE_SHARE = 0.55


@lru_cache(maxsize=64)
def annotating(style: Style, command_id: str) -> Style:
    """The style, for text that does a command to its turn when it is clicked on."""
    return style + Style.from_meta({ANNOTATES: command_id})


def label_word(label: Label, look: Look) -> str:
    """Sign and word: `✓ GOOD`."""
    return f"{look.glyphs.label[label]} {label.upper()}"


def with_annotation(
    title: list[Part], annotation: TurnAnnotation, room: int, look: Look
) -> list[Part]:
    """The title of a turn between its label and its note, as much of them as has room."""
    palette, sign = look.palette, look.glyphs.note
    parts: list[Part] = []
    if annotation.label is not None:
        label, has_words = annotation.label, room >= _WORDS_FROM
        badge = f" {label_word(label, look)} " if has_words else look.glyphs.label[label]
        parts += [(badge, annotating(palette.labels[label], CYCLE)), (" ", Style())]
    if not annotation.note:
        return [*parts, *title]
    style = annotating(palette.note, WRITE)
    room -= width_of_parts(parts)
    if room < _NOTE_FROM:
        return [*parts, (f"{sign} ", style), *title]
    note = f"{sign} {one_line(annotation.note, 200)}"
    # A note begins where a short title ends, and a short note leaves a long title more room.
    most = max(int(room * _TITLE_SHARE), room - width_of(note) - 2)
    title = cells(title, min(width_of_parts(title), most))
    room -= width_of_parts(title) + 2
    return [*parts, *title, ("  ", Style()), *cell(note, min(width_of(note), room), style)]


def note_lines(note: str, look: Look, most: int = _NOTE_LINES) -> list[Line]:
    """A note below the row of its turn, `most` lines of it."""
    style = annotating(look.palette.note, WRITE)
    lines = text_lines(sanitise(note).strip("\n"), style, part=NOTE)
    sign, blanks = Content.assemble("  ", (look.glyphs.note, style), " "), Content("    ")
    shown = [
        Line(line.content, NOTE, blanks if number else sign, blanks)
        for number, line in enumerate(lines[:most])
    ]
    if len(lines) > most:
        rest = look.plain(f"… {plural(len(lines) - most, 'more line')}, enter")
        shown.append(Line(Content.styled(rest, look.palette.muted), NOTE, blanks))
    return shown


def tally_parts(tally: Tally, look: Look, notes: int = 0) -> list[Part]:
    """`3✓ 1✗ 1~ ✎2`: what there is of each; `notes` are added to those of the turns."""
    palette, glyphs = look.palette, look.glyphs
    styles = {Label.GOOD: palette.ok, Label.BAD: palette.failed, Label.WASTE: palette.waiting}
    counts = {Label.GOOD: tally.good, Label.BAD: tally.bad, Label.WASTE: tally.waste}
    parts = [
        (f"{counts[label]:,}{glyphs.label[label]}", styles[label])
        for label in Label
        if counts[label]
    ]
    if tally.notes + notes:
        parts.append((f"{glyphs.note}{tally.notes + notes:,}", palette.note))
    return list(_spaced(parts))


def _spaced(parts: list[Part]) -> Iterator[Part]:
    for number, part in enumerate(parts):
        if number:
            yield (" ", Style())
        yield part


def review_parts(session: SessionAnnotation, tally: Tally, look: Look) -> list[Part]:
    """A session's verdict and the tally of its turns; nothing where nothing was said."""
    parts = tally_parts(tally, look, notes=bool(session.note))
    if session.verdict is None:
        return parts
    verdict = (session.verdict.value, verdict_style(session.verdict, look.palette))
    return [verdict, (" ", Style()), *parts] if parts else [verdict]


def verdict_style(verdict: Verdict, palette: Palette) -> Style:
    """How a verdict is drawn."""
    match verdict:
        case Verdict.ACHIEVED:
            return palette.ok
        case Verdict.PARTIAL:
            return palette.waiting
        case Verdict.FAILED:
            return palette.failed
        case Verdict.ABANDONED:
            return palette.muted
