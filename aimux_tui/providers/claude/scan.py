"""The scan of one Claude Code log: every byte once, little kept."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogSummary, Problem
from aimux_tui.providers.claude.conversation import Conversation
from aimux_tui.providers.claude.decoding import DECODE_ERRORS, LineDecoder, decode
from aimux_tui.providers.claude.identity import Identity
from aimux_tui.providers.claude.skim import MIN_SIZE, Skimmer
from aimux_tui.providers.claude.times import moment
from aimux_tui.providers.claude.vocabulary import SESSION_RECORDS, unknown_kind
from aimux_tui.providers.jsonl import BadLineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogFile
    from aimux_tui.providers.claude.records import Line

_MAX_PROBLEMS = 100
_TURN_ENDS = frozenset({"turn_duration", "stop_hook_summary"})
_AFTER_ALL_TIMES = "3"
"""Greater than every time that a record may state; what is greater is no time."""
_NOISE_SIZE = 16_384
"""Machine records above this size are left out of their turn's spans: they show nothing there."""
_NOISE = frozenset(
    {
        "api-request", "api-request-blob", "api-request-shape", "attachment",
        "attribution-snapshot", "content-replacement", "file-history-delta",
        "file-history-snapshot", "progress",
    }
)  # fmt: skip


class ClaudeScan:
    """See LogScan. May be fed by one thread and asked by others."""

    def __init__(self, file: LogFile) -> None:
        self._lock = threading.Lock()
        self._decoder = LineDecoder()
        self._skimmer = Skimmer()
        self._identity = Identity(file, self._skimmer)
        self._conversation = Conversation(self._identity)
        self._lines = self._blank_lines = self._bad_lines = 0
        self._problems: list[Problem] = []
        self._unknown: Counter[str] = Counter()

    def feed(self, block: bytes, offset: int) -> None:
        """See LogScan."""
        with self._lock:
            book = self._conversation.book
            if block.startswith(b"\n") and offset == book.end and book.end > 0:
                # The newline of a line that was handed in without it.
                block, offset = block[1:], offset + 1
            if not block:
                return
            book.tick()
            if offset > book.end + 1:
                book.leave_out(book.end + 1, offset - 1)
            book.end = offset + len(block) - block.endswith(b"\n")
            self._feed(block, offset)

    def _feed(self, block: bytes, offset: int) -> None:
        """The loop in which a scan spends its time: few calls and few look-ups a line."""
        identity, decoder = self._identity, self._decoder
        take_assistant, take_user = self._conversation.assistant, self._conversation.user
        find, skim, view = block.find, self._skimmer.read, memoryview(block)
        at, updated, uuid = identity.at, identity.updated, identity.last_uuid
        count, next_check = self._lines, decoder.next_check
        size, start = len(block), 0
        line: Line | BadLineError | None
        while start < size:
            end = find(b"\n", start)
            if end < 0:
                end = size
            count += 1
            if count >= next_check:
                next_check = decoder.check(block[start:end])
            if end - start < MIN_SIZE or (line := skim(block, start, end)) is None:
                try:
                    line = decode(view[start:end])
                except DECODE_ERRORS:
                    line = decoder.decode_odd(block[start:end])
                    if line is None or isinstance(line, BadLineError):
                        self._unusable(line, count, offset + start)
                        start = end + 1
                        continue
            if line.version != identity.version or line.git_branch != identity.branch:
                identity.note_context(line)
            at = line.timestamp or at
            if updated < at < _AFTER_ALL_TIMES:
                updated = at
            uuid = line.uuid or uuid
            if identity.is_unsettled:
                identity.note(line, at)
            if line.type == "assistant":
                take_assistant(line, at, offset + start, offset + end)
            elif line.type == "user":
                take_user(line, at, offset + start, offset + end)
            else:
                identity.last_uuid = uuid
                self._other(line, at, offset + start, offset + end)
            start = end + 1
        identity.at, identity.updated, identity.last_uuid = at, updated, uuid
        self._lines = count

    def _unusable(self, error: BadLineError | None, ordinal: int, offset: int) -> None:
        """A line that is blank, or that holds no record."""
        if error is None:
            self._blank_lines += 1
            return
        self._bad_lines += 1
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(ordinal, offset, str(error)))

    def _other(self, line: Line, at: str, start: int, end: int) -> None:
        kind, subtype = line.type or "", line.subtype or ""
        conversation = self._conversation
        if kind == "attachment" and line.attachment is not None:
            subtype = line.attachment.type or ""
        elif kind == "progress" and line.data is not None:
            subtype = line.data.type or ""
            if line.data.agent_id and line.parent_tool_use_id:
                conversation.links.name(line.parent_tool_use_id, line.data.agent_id)
        if unknown := unknown_kind(kind, subtype):
            self._unknown[f"{self._identity.version} {unknown}".strip()] += 1
        if kind == "system":
            if subtype in _TURN_ENDS:
                conversation.turn_ended(line.duration_ms, at)
            elif subtype == "compact_boundary":
                conversation.compact(line, at, start)
            elif subtype == "local_command":
                conversation.local_command(line, at, start)
        elif kind in SESSION_RECORDS:
            self._identity.note_meta(line)
        elif subtype == "queued_command" and line.attachment is not None:
            if line.attachment.command_mode == "prompt":
                conversation.queued(line, at, start)
        elif end - start >= _NOISE_SIZE and kind in _NOISE:
            conversation.book.leave_out(start, end)

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """See LogScan."""
        with self._lock:
            return self._conversation.turns()

    def changed_since(self, mark: int) -> tuple[int, int]:
        """See LogScan."""
        with self._lock:
            return self._conversation.book.changed_since(mark)

    def summary(self) -> LogSummary:
        """See LogScan."""
        with self._lock:
            return self._summary()

    def _summary(self) -> LogSummary:
        identity, conversation = self._identity, self._conversation
        calls, ledger = conversation.calls, conversation.ledger
        title, is_given = identity.title
        newest = conversation.context_request
        context = ledger.usage(newest) if newest >= 0 else None
        return LogSummary(
            provider="claude",
            session_id=identity.session_id,
            key=identity.key,
            parent_key=identity.parent_key,
            parent_tool_call_id=identity.companion.tool_use_id if identity.companion else "",
            forked_from=identity.forked_from,
            prompt_hash=identity.prompt_hash,
            hidden_reason="warm-up agent" if self._is_warm_up() else "",
            title=title,
            title_is_given=is_given,
            titles_for_others=dict(identity.titles_for_others) or None,
            last_record_id=identity.last_uuid,
            cwd=identity.cwd,
            git_branch=identity.branch,
            agent_version=identity.version,
            agent_name=identity.agent_name,
            models=self._models(),
            started=moment(identity.started),
            updated=moment(identity.updated),
            turns=conversation.prompts,
            tool_calls=len(calls),
            failed_tool_calls=calls.failed,
            rejected_tool_calls=calls.rejected,
            edits=calls.edits,
            additions=calls.additions,
            deletions=calls.deletions,
            compactions=conversation.compactions,
            usage=ledger.total(),
            requests=ledger.requests(),
            repeated_usage=max(ledger.statements - len(ledger), 0),
            context_tokens=context.context + context.output if context else 0,
            state=conversation.state.now(),
            state_detail=conversation.state.detail(),
            spawns=conversation.links.spawns(identity.root_session),
            lines=self._lines - self._blank_lines,
            bad_lines=self._bad_lines,
            problems=tuple(self._problems),
            unknown=self._all_unknown(),
        )

    def _is_warm_up(self) -> bool:
        """Whether an agent was only started to fill the cache.

        Some versions logged nothing of it but the answer: that it is ready.
        """
        identity, conversation = self._identity, self._conversation
        if identity.is_main or identity.is_warm_up:
            return identity.is_warm_up
        is_lone_answer = len(conversation.ledger) == 1 and not conversation.calls.by_id
        has_prompt = bool(identity.first_prompt)
        return identity.version.startswith("2.0.") and is_lone_answer and not has_prompt

    def _all_unknown(self) -> dict[str, int] | None:
        parts = (self._unknown, self._conversation.unknown, self._decoder.unknown_fields)
        if not any(parts):
            return None
        total: Counter[str] = Counter()
        for part in parts:
            total.update(part)
        return dict(total)

    def _models(self) -> tuple[str, ...]:
        """In order of first use, but the one in use now comes last."""
        models = dict.fromkeys(self._conversation.ledger.models)
        if (last := self._conversation.last_model) in models:
            del models[last]
            models[last] = None
        return tuple(models)
