"""The records in the log behind a turn or a step: as a tree, and as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aimux_tui.text.sanitise import sanitise
from aimux_tui.text.units import format_bytes
from aimux_tui.tui.format.lines import Wrap, text_lines
from aimux_tui.tui.views.base import Page, ViewContext
from aimux_tui.tui.views.parts import BLANK, heading, note

if TYPE_CHECKING:
    from aimux_tui.model.body import Span
    from aimux_tui.tui.format.lines import Line
    from aimux_tui.tui.views.subject import Subject

MOST_BYTES = 2_000_000
"""Bytes of the records that are read."""


async def read_records(
    subject: Subject, context: ViewContext
) -> tuple[list[tuple[Span, bytes]], int]:
    """(the records as far as they are shown, bytes that are not)."""
    found: list[tuple[Span, bytes]] = []
    room, left = MOST_BYTES, 0
    for span in subject.records:
        if span.length > room and found:
            left += span.length
            continue
        found.append((span, await context.feed.raw(span)))
        room -= span.length
    return found, left


class JsonView:
    """The records as a tree."""

    id = "json"
    title = "json"

    def accepts(self, subject: Subject) -> bool:
        """Whatever has records."""
        return bool(subject.records)

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """Nothing before it is read."""
        del subject, context
        return None

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """One record, or a list of them."""
        records, _ = await read_records(subject, context)
        values = await context.feed.compute(
            lambda: [value for _, data in records for value in decoded(data)]
        )
        return Page(tree=values[0] if len(values) == 1 else values, is_tree=True)


class RawView:
    """The records as they stand in the log."""

    id = "raw"
    title = "raw"

    def accepts(self, subject: Subject) -> bool:
        """Whatever has records."""
        return bool(subject.records)

    def at_once(self, subject: Subject, context: ViewContext) -> Page | None:
        """Nothing before it is read."""
        del subject, context
        return None

    async def page(self, subject: Subject, context: ViewContext) -> Page:
        """The bytes, as text that is safe to draw."""
        records, left = await read_records(subject, context)
        look = context.look
        lines: list[Line] = []
        for span, data in records:
            place = f"{format_bytes(len(data))} at byte {span.offset:,}"
            text = data.decode("utf-8", "replace").rstrip("\n")
            lines += [
                heading(place, look),
                *text_lines(sanitise(text), look.palette.text, wrap=Wrap.FOLD),
                BLANK,
            ]
        if left:
            lines.append(note(f"… {format_bytes(left)} more: `o` opens the log", look))
        return Page(lines)


def decoded(data: bytes) -> list[object]:
    """The values in some whole records; what is no JSON is given as text."""
    try:
        return [msgspec.json.decode(data)]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    values: list[object] = []
    for line in data.splitlines():
        if not line.strip():
            continue
        try:
            values.append(msgspec.json.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            values.append(line.decode("utf-8", "replace"))
    return values
