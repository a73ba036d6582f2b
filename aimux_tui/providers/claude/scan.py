"""The scan of one Claude Code log: every byte once, little kept."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from aimux_tui.model.log import LogSummary, Problem
from aimux_tui.providers.claude.conversation import Conversation
from aimux_tui.providers.claude.decoding import LineReader
from aimux_tui.providers.claude.identity import Identity
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
        self._reader = LineReader()
        self._identity = Identity(file, self._reader.skimmer)
        self._conversation = Conversation(self._identity)
        self._line = 0
        """Lines met, blank ones included."""
        self._records = 0
        self._bad_lines = 0
        self._problems: list[Problem] = []
        self._unknown: Counter[str] = Counter()
        self._end = -1
        """Where the last line ended that had no newline; -1 if it had one."""

    def feed(self, block: bytes, offset: int) -> None:
        """See LogScan."""
        with self._lock:
            if not block:
                return
            if self._end == offset and block.startswith(b"\n"):
                # The newline of a line that was handed in without it.
                block, offset = block[1:], offset + 1
            self._end = -1 if block.endswith(b"\n") else offset + len(block)
            self._conversation.book.tick()
            self._feed(block, offset)

    def _feed(self, block: bytes, offset: int) -> None:
        identity, conversation = self._identity, self._conversation
        take_assistant, take_user, cover = (
            conversation.assistant,
            conversation.user,
            conversation.cover,
        )
        for first, last, line in self._reader.read(block):
            self._line += 1
            start, end = offset + first, offset + last
            if line is None:
                cover(start, end)
                continue
            if isinstance(line, BadLineError):
                self._bad(line, start)
                cover(start, end)
                continue
            self._records += 1
            if line.version != identity.version or line.git_branch != identity.branch:
                identity.note_context(line)
            if line.uuid is not None:
                identity.last_uuid = line.uuid
            at = line.timestamp
            if at:
                identity.at = at
                if at > identity.updated and at[0] == "2":
                    identity.updated = at
                    if identity.started is None:
                        identity.started = at
            if identity.is_unsettled or line.forked_from is not None:
                identity.note(line)
            kind = line.type
            if kind == "assistant":
                take_assistant(line, start, end)
            elif kind == "user":
                take_user(line, start, end)
            else:
                self._other(line, start, end)

    def _bad(self, error: BadLineError, offset: int) -> None:
        self._bad_lines += 1
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(self._line, offset, str(error)))

    def _other(self, line: Line, start: int, end: int) -> None:
        conversation = self._conversation
        subtype = line.subtype or ""
        if line.type == "attachment" and line.attachment is not None:
            subtype = line.attachment.type or ""
        elif line.type == "progress" and line.data is not None:
            subtype = line.data.type or ""
            if line.data.agent_id and line.parent_tool_use_id:
                conversation.links.name(line.parent_tool_use_id, line.data.agent_id)
        if unknown := unknown_kind(line.type or "", subtype):
            self._unknown[f"{self._identity.version} {unknown}".strip()] += 1
        if line.type == "system":
            if subtype == "compact_boundary":
                conversation.compact(line, start, end)
                return
            if subtype == "local_command":
                conversation.local_command(line, start, end)
                return
            if subtype in _TURN_ENDS:
                conversation.turn_ended(line.duration_ms)
        elif subtype == "queued_command" and line.attachment is not None:
            if line.attachment.command_mode == "prompt":
                conversation.queued(line, start, end)
                return
        elif line.type in SESSION_RECORDS:
            self._identity.note_meta(line)
        if end - start < _NOISE_SIZE or line.type not in _NOISE:
            conversation.cover(start, end)

    @property
    def turns(self) -> Sequence[TurnSummary]:
        """See LogScan."""
        with self._lock:
            return self._conversation.book.snapshot(self._conversation.ledger)

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
            hidden_reason="warm-up agent" if identity.is_warm_up else "",
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
            context_tokens=context.context + context.output if context else 0,
            state=conversation.state,
            state_detail=conversation.state_detail,
            spawns=conversation.links.spawns(identity.root_session),
            lines=self._records + self._bad_lines,
            bad_lines=self._bad_lines,
            problems=tuple(self._problems),
            unknown=self._all_unknown(),
        )

    def _all_unknown(self) -> dict[str, int] | None:
        parts = (self._unknown, self._conversation.unknown, self._reader.unknown_fields)
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
