"""The running scan of one rollout."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import DecodeError

from aimux_tui.model.log import LogSummary, Problem
from aimux_tui.model.turn import PROMPT_KINDS
from aimux_tui.model.usage import Usage
from aimux_tui.providers.codex.calls import CallTable
from aimux_tui.providers.codex.dispatch import Dispatcher
from aimux_tui.providers.codex.handlers import Handlers
from aimux_tui.providers.codex.identity import NAME, Identity, id_from_path, key_of
from aimux_tui.providers.codex.lineage import Lineage
from aimux_tui.providers.codex.machine import TurnMachine
from aimux_tui.providers.codex.places import turn_ids_of
from aimux_tui.providers.codex.records import (
    Record,
    decode_bare,
    decode_record,
    decode_record_tolerantly,
    payload_in,
    text_of,
    untyped,
)
from aimux_tui.providers.codex.turnbook import TurnBook, parse_time
from aimux_tui.providers.codex.usage import UsageLedger
from aimux_tui.providers.jsonl import BadLineError, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile

_PROBLEMS = 100
_UNREADABLE = (DecodeError, UnicodeDecodeError, RecursionError)


class CodexScan:
    """Fulfils `LogScan` for a rollout."""

    def __init__(self, file: LogFile) -> None:
        self._file = file
        self._identity = Identity()
        self._lineage = Lineage(self._identity, lambda thread: turn_ids_of(thread, file))
        self._book = TurnBook()
        self._ledger = UsageLedger()
        self._unknown: Counter[str] = Counter()
        self._begin()
        self._position = 0
        self._lines = 0
        self._problems: list[Problem] = []
        self._bad_lines = 0
        self._newlines = 0
        self._started = ""
        self._summary: LogSummary | None = None

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """Every turn so far."""
        return self._book.frozen

    def changed_since(self, mark: int) -> tuple[int, int]:
        """(index of the first turn that may differ since `mark`, a new mark)."""
        return self._book.changed_since(mark)

    def feed(self, block: bytes, offset: int) -> None:
        """Take the next whole lines."""
        if offset != self._position:
            # Something between was left out, and with it the place where a copy ends.
            self._lineage.settle()
        self._position = offset + len(block)
        is_open = bool(block) and not block.endswith(b"\n")
        if is_open:
            block += b"\n"
        handlers, take, lineage = self._handlers, self._dispatcher.take, self._lineage
        number = 0
        # Unlike a split, this makes one line at a time, in memory that is still at hand.
        for number, line in enumerate(BytesIO(block), 1):
            after = offset + len(line)
            record: Record | None
            try:
                record = decode_record(line)
            except _UNREADABLE:
                record = self._mend(line, offset, number)
            if record is None:
                pass
            elif (
                lineage.is_settled
                and (payload := record.payload) is not None
                and record.type != "session_meta"
            ):
                self._lines += 1
                handlers.timestamp = record.timestamp or handlers.timestamp
                take(record.type, payload, line, offset, after)
            else:
                self._lines += 1
                self._take_with_care(record, line, offset, after)
                handlers, take = self._handlers, self._dispatcher.take
            offset = after
        # The newline of an open line is still to come: no line of its own then.
        self._newlines += number - is_open
        self._book.publish()
        self._summary = None

    def summary(self) -> LogSummary:
        """The log's summary as of now."""
        if self._summary is None:
            self._summary = self._summarise()
        return self._summary

    def _take_with_care(self, record: Record, line: bytes, offset: int, after: int) -> None:
        """Take a record that may be another thread's, or has no envelope."""
        lineage = self._lineage
        lineage.observe(record)
        payload = record.payload
        if payload is None:
            payload = decode_bare(line)
            if not record.type and not payload.role:
                record = _typed(record, line)
        if record.type == "session_meta":
            self._take_meta(line)
            return
        if lineage.is_replaying:
            if not lineage.begins_own(record, payload, line):
                self._dispatcher.replay(record.type, payload)
                return
            lineage.settle()
        elif not lineage.is_settled:
            lineage.watch(record, payload)
        if record.timestamp:
            self._handlers.timestamp = record.timestamp
            self._started = self._started or record.timestamp
        self._dispatcher.take(record.type, payload, line, offset, after)

    def _mend(self, line: bytes, offset: int, number: int) -> Record | None:
        """Make what can be made of a line that is not as it should be."""
        cleaned = clean(line)
        if not cleaned:
            return None
        try:
            return decode_record_tolerantly(cleaned)
        except BadLineError as error:
            self._lines += 1
            self._bad_lines += 1
            if len(self._problems) < _PROBLEMS:
                self._problems.append(Problem(self._newlines + number, offset, str(error)))
            return None

    def _take_meta(self, line: bytes) -> None:
        meta = payload_in(line)
        thread_id = text_of(meta, "id") or text_of(meta, "session_id")
        if self._identity.is_known and thread_id != self._identity.thread_id:
            if self._lineage.take_foreign_meta(thread_id):
                # All that was read was that thread's history.
                self._book.clear()
                self._ledger.clear()
                self._begin()
                self._identity.take_foreign(thread_id)
            return
        self._identity.take(meta)
        self._machine.thread_id = self._thread_id
        self._lineage.take_own_meta(line)
        self._started = self._started or text_of(meta, "timestamp")

    def _begin(self) -> None:
        """Begin with nothing read."""
        self._machine = TurnMachine(self._book)
        self._machine.thread_id = self._thread_id
        self._calls = CallTable()
        self._handlers = Handlers(
            self._identity, self._machine, self._calls, self._ledger, self._unknown
        )
        self._dispatcher = Dispatcher(self._handlers, self._machine, self._unknown)

    @property
    def _thread_id(self) -> str:
        return self._identity.thread_id or id_from_path(self._file.path)

    def _summarise(self) -> LogSummary:
        identity, machine, calls, ledger = (
            self._identity,
            self._machine,
            self._calls,
            self._ledger,
        )
        turns = self._book.frozen
        thread_id = self._thread_id
        usage = Usage()
        for turn in turns:
            usage += turn.usage
        state, detail = machine.state(calls.open_name(None if machine.in_task else machine.turn))
        handlers = self._handlers
        return LogSummary(
            provider=NAME,
            session_id=thread_id,
            key=key_of(thread_id),
            parent_key=key_of(identity.parent_id),
            forked_from=key_of(identity.forked_from),
            prompt_hash=machine.first_hash or handlers.words.task_hash,
            hidden_reason=identity.hidden_reason,
            title=handlers.given_title or machine.first_title or handlers.words.task_title,
            title_is_given=bool(handlers.given_title),
            titles_for_others=handlers.titles_for_others or None,
            last_record_id=machine.turn.task_id if machine.turn is not None else "",
            cwd=identity.cwd or handlers.words.cwd or handlers.cwd,
            git_branch=identity.git_branch,
            agent_version=identity.version,
            agent_name=identity.agent_name,
            models=tuple(handlers.models),
            started=parse_time(self._started),
            updated=parse_time(handlers.timestamp),
            turns=sum(turn.kind in PROMPT_KINDS for turn in turns),
            tool_calls=calls.count,
            failed_tool_calls=calls.failed,
            rejected_tool_calls=calls.rejected,
            edits=calls.edits,
            additions=calls.additions,
            deletions=calls.deletions,
            compactions=machine.compactions,
            usage=usage,
            requests=tuple(ledger.requests),
            repeated_usage=max(ledger.statements - len(ledger.requests), 0),
            context_tokens=ledger.context_tokens,
            context_window=handlers.context_window,
            state=state,
            state_detail=detail,
            spawns=calls.spawns,
            lines=self._lines,
            bad_lines=self._bad_lines,
            problems=tuple(self._problems),
            unknown=dict(self._unknown) or None,
        )


def _typed(record: Record, line: bytes) -> Record:
    """A record of the oldest era with the type that its line does not name."""
    return Record(untyped(payload_in(line)), record.timestamp)
