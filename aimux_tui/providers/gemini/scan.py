"""The incremental scan of one Gemini log: bytes in, summary and turns out."""

from __future__ import annotations

import json
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import UNSET

from aimux_tui.model.body import Span
from aimux_tui.providers.gemini.containers import Salvage, Window, message_places, salvage
from aimux_tui.providers.gemini.entries import stable_hash
from aimux_tui.providers.gemini.operations import History
from aimux_tui.providers.gemini.records import DECODE_ERRORS, Record, decode, decode_record
from aimux_tui.providers.gemini.summary import Lines, Metadata, log_summary
from aimux_tui.providers.gemini.texts import content_text
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.log import LogSummary
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile

_NEWLINE = 0x0A


class GeminiScan:
    """The running scan of one log, in either of its formats."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._history = History()
        self._forget()

    def feed(self, block: bytes, offset: int) -> None:
        """Take the next whole lines, or the whole document; see `LogScan`."""
        if not self._file.is_document:
            self._feed_lines(block, offset)
        elif offset == 0:
            history = History()
            history.turns.inherit(self._history.turns)
            self._history = history
            self._forget()
            self._feed_document(block)
        # The middle of a document says nothing by itself.

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far, rewound ones included."""
        return self._history.turns.summaries

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may differ since `mark`, a new mark)."""
        return self._history.turns.changed_since(mark)

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        return log_summary(self._file, self._metadata, self._history, self._lines)

    def _forget(self) -> None:
        self._metadata = Metadata()
        self._lines = Lines()
        self._unknown = self._history.known.unknown

    def _feed_lines(self, block: bytes, offset: int) -> None:
        lines, take = self._lines, self._take
        # Unlike a split, this makes one line at a time, in memory that is still at hand.
        for line in BytesIO(block):
            size = len(line)
            span = Span(offset, size - 1 if line[-1] == _NEWLINE else size)
            offset += size
            lines.number += 1
            try:
                record = decode(line)
            except DECODE_ERRORS:
                self._take_odd(line, span)
            else:
                lines.count += 1
                take(record, line, span)

    def _take_odd(self, line: bytes, span: Span) -> None:
        """Make what can be made of a line that is not as it should be."""
        cleaned = clean(line)
        if not cleaned:
            return
        self._lines.count += 1
        try:
            record = decode_record(cleaned, self._unknown)
        except BadLineError as error:
            self._lines.complain(span.offset, str(error))
        else:
            self._take(record, line, span)

    def _take(self, record: Record, line: bytes, span: Span) -> None:
        """Apply a record of the operation log; the order of the questions is the CLI's own."""
        history = self._history
        if record.rewind_to is not None:
            history.rewind(record.rewind_to)
        elif record.patch is not None:
            history.patch(record.patch, span)
        elif record.id is not None:
            history.upsert(record, record.id or f"@{span.offset}", span)
        elif record.change is not None:
            self._merge(record.change)
            messages = self._messages_in(record, line, span)
            if messages is not None:
                history.replace(messages)
        elif record.session_id is not None:
            self._merge(record)
            for message in self._messages_in(record, line, span) or ():
                history.upsert(*message)
        else:
            self._count("record without an id")
            history.upsert(record, f"@{span.offset}", span)

    def _merge(self, record: Record) -> None:
        self._metadata.merge(record)
        self._history.session_id = self._metadata.session_id

    def _messages_in(
        self, record: Record, line: bytes, span: Span
    ) -> list[tuple[Record, str, Span]] | None:
        """The messages in a record that holds the whole history; None if it holds none."""
        holder = record if record.change is None else record.change
        if holder.messages is UNSET and b'"messages"' not in line:
            return None
        window = Window(line[: span.length], clean(line), span.offset)
        places = message_places(record, window.data)
        return None if places is None else self._messages(places, window)

    def _messages(
        self, places: Sequence[tuple[int, int]], window: Window
    ) -> list[tuple[Record, str, Span]]:
        """The messages at the given places of a container."""
        messages = []
        for ordinal, (start, end) in enumerate(places, 1):
            span = window.span(start, end)
            if self._file.is_document:
                self._lines.number = ordinal
            try:
                record = decode_record(window.data[start:end], self._unknown)
            except BadLineError as error:
                self._lines.complain(span.offset, str(error))
                continue
            messages.append((record, record.id or _made_up_id(record, ordinal), span))
        return messages

    def _feed_document(self, data: bytes) -> None:
        cleaned = clean(data)
        if not cleaned:
            return
        window = Window(data, cleaned, 0)
        try:
            record = decode_record(cleaned, self._unknown)
        except BadLineError as error:
            self._feed_broken_document(window, str(error))
            return
        places = message_places(record, cleaned)
        if places is None and record.session_id is None:
            # A JSON object, but no session: it is judged line by line, as a log would be.
            self._unknown.clear()
            self._feed_lines(data, 0)
            return
        self._take_document(record, places or (), window)

    def _take_document(
        self, record: Record, places: Sequence[tuple[int, int]], window: Window
    ) -> None:
        self._merge(record)
        self._lines.count = len(places)
        for message in self._messages(places, window):
            self._history.upsert(*message)

    def _feed_broken_document(self, window: Window, reason: str) -> None:
        """A document that is cut off or damaged: every message that is whole still counts."""
        first_line = window.data.split(b"\n", 1)[0]
        try:
            decode_object(clean(first_line))
        except BadLineError:
            found = salvage(window.data)
        else:
            found = Salvage()
        if not found.messages and not found.members:
            self._unknown.clear()
            self._feed_lines(window.data, window.whole.offset)
            return
        for name, value in found.members.items():
            with suppress(BadLineError):
                member = b"{%s:%s}" % (json.dumps(name).encode(), value)
                self._merge(decode_record(member, self._unknown))
        self._take_document(Record(), found.messages, window)
        for place in found.broken or [0]:
            self._lines.complain(window.place(place), reason)

    def _count(self, name: str) -> None:
        self._unknown[name] = self._unknown.get(name, 0) + 1


def _made_up_id(record: Record, ordinal: int) -> str:
    """An id for a message without one: its place and its words tell it from the others."""
    words = content_text(record.content)[:1000]
    told = "\n".join((str(ordinal), record.type or "", record.timestamp or "", words))
    return f"@{stable_hash(told):x}"
