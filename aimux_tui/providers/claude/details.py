"""A turn with all its steps, read from its spans when somebody opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.body import Body, Span
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.turn import Notice, NoticeKind, Turn, TurnIds, TurnState, Unknown
from aimux_tui.providers.claude.bodies import body_at, text_body
from aimux_tui.providers.claude.messages import MessageReader, result_steps
from aimux_tui.providers.claude.notices import attachment_notice, meta_notice, system_notice
from aimux_tui.providers.claude.outcomes import flattened
from aimux_tui.providers.claude.times import moment
from aimux_tui.providers.claude.toolcalls import CallDraft, Result
from aimux_tui.providers.claude.vocabulary import unknown_kind
from aimux_tui.providers.jsonl import BadLineError, clean, decode_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from aimux_tui.model.turn import Step, TurnSummary
    from aimux_tui.providers.base import LogSource
    from aimux_tui.providers.claude.threads import Item, Thread

Fields = dict[str, Any]

_UNANSWERED = {
    TurnState.RUNNING: ToolStatus.RUNNING,
    TurnState.INTERRUPTED: ToolStatus.CANCELLED,
}
"""What became of a call without a result, by the state of its turn."""


class TurnBuilder:
    """Reads the records of one turn in the order of the log; see `growth.TurnBuilder`."""

    def __init__(self, source: LogSource, turn: TurnSummary) -> None:
        self._source = source
        self._items: list[Item] = []
        self._messages = MessageReader(source.file, turn)
        self._at: datetime | None = turn.started
        self._modes: dict[str, str] = {}
        self._ids: dict[str, dict[str, None]] = {"promptId": {}, "requestId": {}, "uuid": {}}
        """Of each name the ids that occurred, in this order."""
        self._unanswered = ToolStatus.UNKNOWN
        """What became of a call without a result."""

    def take(self, spans: Sequence[Span]) -> bool:
        """Read records. False if one of them answers a call that was answered before."""
        for span, line in self._lines(spans):
            try:
                record = decode_object(line)
            except BadLineError as error:
                text = line.decode("utf-8", errors="replace")
                body = text_body(text, span, "")
                self._items.append(Unknown(f"unreadable line: {error}", body, self._at, span))
                continue
            self._at = moment(_str(record, "timestamp")) or self._at
            self._take(record, line, span)
        return not self._messages.is_outdated

    def turn(self, summary: TurnSummary) -> Turn:
        """The turn as far as it has been read."""
        messages = self._messages
        self._unanswered = _UNANSWERED.get(summary.state, ToolStatus.UNKNOWN)
        messages.subjects.clear()
        for draft in messages.drafts.values():
            draft.results.clear()
        for items in (self._items, *(thread.items for thread in messages.threads.roots)):
            self._answer(items)
        self._items = list(self._settled(self._items))
        ids = TurnIds(*(tuple(self._ids[name]) for name in ("promptId", "requestId", "uuid")))
        return Turn(summary, tuple(messages.prompt), tuple(self._steps()), ids)

    def _lines(self, spans: Sequence[Span]) -> Iterator[tuple[Span, bytes]]:
        """Each record's line that is not blank."""
        for run in spans:
            data = self._source.read(run)
            start = 0
            while start < len(data):
                end = data.find(b"\n", start)
                end = len(data) if end < 0 else end
                if line := clean(data[start:end]):
                    yield Span(run.offset + start, end - start), line
                start = end + 1

    def _take(self, record: Fields, line: bytes, span: Span) -> None:
        for name, seen in self._ids.items():
            if value := _str(record, name):
                seen[value] = None
        match record.get("type"):
            case "assistant":
                added = self._messages.assistant(record, line, span, self._at)
            case "user":
                added = self._messages.user(record, line, span, self._at)
            case "system":
                added = self._system(record, span)
            case "attachment":
                added = self._attachment(record, span)
            case "progress":
                added = self._progress(record, span)
            case "permission-mode" | "mode":
                added = self._mode(record, span)
            case _:
                added = [meta_notice(record, span, self._at)]
        self._items += (item for item in added if item is not None)

    def _system(self, record: Fields, span: Span) -> list[Item | None]:
        if record.get("subtype") == "local_command" and not self._messages.has_begun:
            content = flattened(record.get("content"))
            if content.lstrip().startswith("<command-"):
                self._messages.begin_by_command(record, span, self._at)
                return []
        if record.get("subtype") == "compact_boundary":
            self._messages.has_begun = True
        return [system_notice(record, span, self._at)]

    def _attachment(self, record: Fields, span: Span) -> list[Item | None]:
        attachment = record.get("attachment")
        fields: Fields = attachment if isinstance(attachment, dict) else {}
        kind = _str(fields, "type") or ""
        is_prompt = kind == "queued_command" and fields.get("commandMode") == "prompt"
        if is_prompt and not self._messages.has_begun:
            self._messages.begin_by_queue(record, span, self._at)
            return []
        return [attachment_notice(record, span, self._at)]

    def _progress(self, record: Fields, span: Span) -> list[Item | None]:
        """What a running call says of itself."""
        data = record.get("data")
        fields: Fields = data if isinstance(data, dict) else {}
        call_id = _str(record, "parentToolUseID") or ""
        match fields.get("type"):
            case "bash_progress":
                name = "fullOutput" if fields.get("fullOutput") else "output"
                if text := flattened(fields.get(name)):
                    self._messages.progress[call_id] = text_body(text, span, f"/data/{name}")
            case "agent_progress":
                if agent := _str(fields, "agentId"):
                    self._messages.agents[call_id] = agent
        kind = _str(fields, "type") or ""
        if name := unknown_kind("progress", kind):
            return [Unknown(name, body_at(record, span, ""), self._at, span)]
        return []

    def _mode(self, record: Fields, span: Span) -> list[Item | None]:
        """A mode that changed during the turn; the first one met is only remembered."""
        name = "permissionMode" if record.get("type") == "permission-mode" else "mode"
        mode = _str(record, name) or ""
        before = self._modes.get(name)
        self._modes[name] = mode
        if before is None or before == mode:
            return []
        what = "Permission mode" if name == "permissionMode" else "Mode"
        return [Notice(NoticeKind.MODE, f"{what}: {before} → {mode}", Body(), self._at, span)]

    def _settled(self, items: list[Item]) -> Iterator[Item]:
        """The items, but for each call that has its result what it became.

        So a turn that grows is not put together anew every time, nor kept in memory as a whole.
        """
        settled = self._messages.settled
        calls = [item for item in items if isinstance(item, CallDraft) and item.is_settled]
        settled.update(call.id for call in calls)
        for item in items:
            if isinstance(item, CallDraft) and item.is_settled:
                yield from self._call(item)
                item.forget()
            elif not isinstance(item, Result) or item.call_id not in settled:
                yield item

    def _steps(self) -> Iterator[Step]:
        messages = self._messages
        threads = messages.threads.by_call(messages.drafts.values())
        yield from self._finished(self._items, threads)
        for thread in threads.pop("", []):
            yield from self._thread(thread, threads)

    def _answer(self, items: list[Item]) -> None:
        """Give the results among the items to their calls, which may stand behind them."""
        for item in items:
            if isinstance(item, Result):
                draft = self._messages.drafts.get(item.call_id)
                if draft is not None:
                    draft.results.append(item)
            elif isinstance(item, CallDraft):
                item.progress = self._messages.progress.get(item.id)
                item.agent_id = self._messages.agents.get(item.id, "")

    def _finished(self, items: list[Item], threads: dict[str, list[Thread]]) -> Iterator[Step]:
        """The steps that items have become, sub-agents behind the calls that spawned them."""
        for item in items:
            if isinstance(item, CallDraft):
                yield from self._call(item)
                for thread in threads.pop(item.id, []):
                    yield from self._thread(thread, threads)
            elif not isinstance(item, Result):
                yield item
            elif item.call_id not in self._messages.drafts:
                yield from result_steps(item, self._source)

    def _call(self, draft: CallDraft) -> Iterator[Step]:
        yield draft.finished(self._source, self._unanswered, self._messages.subjects)
        yield from draft.plan()
        for result in draft.results:
            yield from result.images()

    def _thread(self, thread: Thread, threads: dict[str, list[Thread]]) -> Iterator[Step]:
        yield thread.opening()
        yield from self._finished(thread.items, threads)
        yield thread.closing()


def _str(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None
