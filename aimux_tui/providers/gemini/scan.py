"""The incremental scan of one Gemini log: bytes in, summary and turns out."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogSummary, Problem, Spawn
from aimux_tui.model.tools import ToolKind
from aimux_tui.model.turn import PROMPT_KINDS
from aimux_tui.model.usage import Usage
from aimux_tui.providers.gemini.containers import Salvage, Window, message_places, salvage
from aimux_tui.providers.gemini.entries import Role, stable_hash
from aimux_tui.providers.gemini.operations import History
from aimux_tui.providers.gemini.places import NAME, project_folder
from aimux_tui.providers.gemini.records import Record, decode_record, parse_time
from aimux_tui.providers.gemini.texts import content_text
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.body import Span
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile

_MAX_PROBLEMS = 100


@dataclass(slots=True)
class _Metadata:
    """What the log says of itself. A resumed session repeats its head: the first identity holds."""

    session_id: str = ""
    project_hash: str = ""
    started: datetime | None = None
    updated: datetime | None = None
    kind: str = ""
    directories: list[str] = field(default_factory=list)
    summary: str = ""

    def merge(self, record: Record) -> None:
        self.session_id = self.session_id or record.session_id or ""
        self.project_hash = self.project_hash or record.project_hash or ""
        self.started = self.started or parse_time(record.start_time)
        self.updated = parse_time(record.last_updated) or self.updated
        self.kind = record.kind or self.kind
        self.directories = record.directories or self.directories
        self.summary = self.summary if record.summary is None else record.summary


class GeminiScan:
    """The running scan of one log, in either of its formats."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._history = History()
        self._forget()

    def feed(self, block: bytes, offset: int) -> None:
        """Take the next whole lines, or the whole document; see `LogScan`."""
        if self._file.format != "document":
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
        """The log's summary as of now.

        Of a session that was resumed later than in the minute of its start, the CLI leaves a
        second file that holds nothing but the head and the same session id. Its summary has the
        session's key, no turns and no requests, so that it adds nothing to the session's totals.
        """
        meta, turns = self._metadata, self._history.turns
        visible = [turn for turn in turns.summaries if not turn.is_discarded]
        usage, discarded = Usage(), Usage()
        for turn in turns.summaries:
            if turn.is_discarded:
                discarded += turn.usage
            else:
                usage += turn.usage
        session_id = meta.session_id or Path(self._file.path).stem
        parent = self._file.parent_hint.rpartition("/")[2]
        calls = [call for group in turns.groups if not group.is_discarded for call in group.calls]
        prompts = [turn for turn in visible if turn.kind in PROMPT_KINDS]
        entries = [e for g in turns.groups if not g.is_discarded for e in g.entries]
        state, detail = turns.state()
        requests = turns.requests()
        latest = next((e.request for e in reversed(entries) if e.request is not None), None)
        # A sub-agent's summary is its answer, in JSON.
        title = "" if self._file.parent_hint or meta.kind == "subagent" else meta.summary.strip()
        return LogSummary(
            provider=NAME,
            session_id=session_id,
            key=f"{NAME}:{parent}/{session_id}" if parent else f"{NAME}:{session_id}",
            parent_key=f"{NAME}:{self._file.parent_hint}" if parent else "",
            prompt_hash=next((e.text_hash for e in entries if e.role is Role.PROMPT), 0),
            title=title or next((turn.title for turn in prompts), ""),
            title_is_given=bool(title),
            last_record_id=entries[-1].id if entries else "",
            cwd=self._cwd(),
            models=tuple(dict.fromkeys(model for turn in visible for model in turn.models)),
            started=meta.started or next((t.started for t in turns.summaries if t.started), None),
            updated=max(
                (time for time in (meta.updated, self._history.known.at) if time is not None),
                default=None,
            ),
            turns=len(prompts),
            tool_calls=len(calls),
            failed_tool_calls=sum(turn.failures for turn in visible),
            rejected_tool_calls=sum(call.status == "rejected" for call in calls),
            edits=sum(turn.edits for turn in visible),
            additions=sum(turn.additions for turn in visible),
            deletions=sum(turn.deletions for turn in visible),
            compactions=turns.compactions,
            usage=usage,
            discarded_usage=discarded,
            requests=tuple(requests),
            context_tokens=0 if latest is None else latest.usage.total,
            state=state,
            state_detail=detail,
            spawns=self._spawns(session_id),
            lines=self._lines,
            bad_lines=self._bad_lines,
            problems=tuple(self._problems),
            unknown=dict(self._unknown) or None,
        )

    def _forget(self) -> None:
        self._metadata = _Metadata()
        self._unknown = self._history.known.unknown
        self._lines = 0
        self._bad_lines = 0
        self._ordinal = 0
        """Lines, blank ones included; in a document, messages."""
        self._problems: list[Problem] = []

    def _spawns(self, session_id: str) -> tuple[Spawn, ...]:
        return tuple(
            Spawn(
                call.id,
                f"{NAME}:{session_id}/{call.agent_id}" if call.agent_id else "",
                stable_hash(call.task.strip()) if call.task.strip() else 0,
            )
            for group in self._history.turns.groups
            for entry in group.entries
            for call in entry.calls
            if call.kind is ToolKind.AGENT
        )

    def _cwd(self) -> str:
        if self._metadata.directories and self._file.parent_hint:
            return self._metadata.directories[0]
        return project_folder(self._file, self._metadata.project_hash) or next(
            (entry.cwd for entry in self._history.entries() if entry.cwd), ""
        )

    def _feed_lines(self, block: bytes, offset: int) -> None:
        end = len(block)
        start = 0
        while start < end:
            stop = block.find(b"\n", start)
            stop = end if stop < 0 else stop
            self._ordinal += 1
            line = block[start:stop]
            cleaned = clean(line)
            if cleaned:
                self._lines += 1
                window = Window(line, cleaned, offset + start)
                try:
                    self._take(decode_record(cleaned, self._unknown), window)
                except BadLineError as error:
                    self._complain(window.whole.offset, str(error))
            start = stop + 1

    def _take(self, record: Record, window: Window) -> None:
        """Apply a record of the operation log; the order of the questions is the CLI's own."""
        if record.rewind_to is not None:
            self._history.rewind(record.rewind_to)
        elif record.patch is not None:
            self._history.patch(record.patch, window.whole)
        elif record.id is not None:
            entry_id = record.id or f"@{window.whole.offset}"
            self._history.upsert(record, entry_id, window.whole)
        elif record.change is not None:
            self._merge(record.change)
            places = message_places(record, window.data)
            if places is not None:
                self._history.replace(self._messages(places, window))
        elif record.session_id is not None:
            self._merge(record)
            for message in self._messages(message_places(record, window.data) or (), window):
                self._history.upsert(*message)
        else:
            self._count("record without an id")
            self._history.upsert(record, f"@{window.whole.offset}", window.whole)

    def _merge(self, record: Record) -> None:
        self._metadata.merge(record)
        self._history.session_id = self._metadata.session_id

    def _messages(
        self, places: Sequence[tuple[int, int]], window: Window
    ) -> list[tuple[Record, str, Span]]:
        """The messages at the given places of a container."""
        messages = []
        for ordinal, (start, end) in enumerate(places, 1):
            span = window.span(start, end)
            if self._file.format == "document":
                self._ordinal = ordinal
            try:
                record = decode_record(window.data[start:end], self._unknown)
            except BadLineError as error:
                self._complain(span.offset, str(error))
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
        self._lines = len(places)
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
            self._complain(window.place(place), reason)

    def _complain(self, offset: int, reason: str) -> None:
        self._bad_lines += 1
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(self._ordinal, offset, reason))

    def _count(self, name: str) -> None:
        self._unknown[name] = self._unknown.get(name, 0) + 1


def _made_up_id(record: Record, ordinal: int) -> str:
    """An id for a message without one: its place and its words tell it from the others."""
    words = content_text(record.content)[:1000]
    told = "\n".join((str(ordinal), record.type or "", record.timestamp or "", words))
    return f"@{stable_hash(told):x}"
