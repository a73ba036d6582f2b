"""The fold of a Gemini operation log: appended, rewritten, patched, replaced, rewound messages.

Gemini CLI logs what it does to the history that it sends the model. When it resumes, compresses,
masks old output, or gives up a prompt that failed or was declined, it writes that history anew
(`$set.messages`, lately `$patch`), in the form of the API: without tokens and tool calls, often
under new ids, and without what the model is no longer told. Following it to the letter would empty
the trace of a session as soon as it is resumed. What happened did happen: the fold keeps its own
copy, takes from a rewritten history only what is new in it, and recognises the rest as copies.
Only a rewind, by which the user takes a part back, discards messages.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from aimux_tui.model.tools import ToolStatus
from aimux_tui.providers.gemini.entries import Entry, Known, Role, entry_of
from aimux_tui.providers.gemini.toolcalls import CallFacts, facts_of
from aimux_tui.providers.gemini.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aimux_tui.model.body import Span
    from aimux_tui.providers.gemini.records import LoggedCall, Patch, Record


class History:
    """The messages of a log, as they stand after the records so far."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.known = Known()
        self.session_id = ""
        self._entries: dict[str, Entry] = {}
        self._context: dict[str, None] = {}
        """Ids of the messages that the CLI has in its history, in its order."""
        self._position = 0
        self._synchronised = 0
        """The position when the CLI last wrote its history anew."""
        self._call_entries: dict[str, Entry] = {}
        self.repeated_usage = 0
        """How often a message was written again with its tokens."""

    def entries(self) -> Iterable[Entry]:
        """Every message that was ever there."""
        return self._entries.values()

    def upsert(self, record: Record, entry_id: str, span: Span) -> None:
        """Take in a message: a new one at the end, a known one in its place (the last wins)."""
        entry = entry_of(record, entry_id, span, self.known, self.session_id)
        old = self._entries.get(entry_id)
        if old is None:
            self._append(entry)
        elif old.is_discarded:
            entry.request = entry.request or old.request
            del self._entries[entry_id]
            self._append(entry)
            self._regroup()
        else:
            self._rewrite(old, entry)

    def replace(self, messages: Sequence[tuple[Record, str, Span]]) -> None:
        """The CLI wrote its history anew."""
        for record, entry_id, span in messages:
            old = self._entries.get(entry_id)
            if old is None:
                self._append(entry_of(record, entry_id, span, self.known, self.session_id))
            else:
                old.is_discarded = False
                self._supply(old, record, span)
        self._synchronise([entry_id for _, entry_id, _ in messages])

    def patch(self, patch: Patch, span: Span) -> None:
        """Change parts of messages, and which of them are in the CLI's history."""
        for part in (patch, *(patch.updates or ())):
            entry = self._entries.get(part.id or "")
            if entry is not None and part.tool_calls:
                entry.calls = _patched(entry.calls, part.tool_calls)
                entry.spans.append(span)
                self._own_calls(entry)
                self.turns.touch(entry)
        if patch.remove_ids or patch.order_ids:
            ordered = dict.fromkeys(patch.order_ids or ())
            removed = set(patch.remove_ids or ())
            rest = [known for known in self._context if known not in ordered]
            self._synchronise([name for name in (*rest, *ordered) if name not in removed])

    def rewind(self, entry_id: str) -> None:
        """The user took back that message and all behind it; an unknown id takes back all."""
        context = list(self._context)
        at = context.index(entry_id) if entry_id in self._context else 0
        target = self._entries.get(context[at]) if context else None
        start = target.position if target is not None and entry_id in self._context else 0
        for name in context[at:]:
            entry = self._entries.get(name)
            if entry is not None:
                for message in (entry, *entry.origins):
                    message.is_discarded = True
        for entry in self._entries.values():
            if entry.position >= start:
                entry.is_discarded = True
        self._context = dict.fromkeys(context[:at])
        self._regroup()

    def _append(self, entry: Entry) -> None:
        self._position += 1
        entry.position = self._position
        self._entries[entry.id] = entry
        self._context[entry.id] = None
        self._own_calls(entry)
        self.turns.add(entry)

    def _own_calls(self, entry: Entry) -> None:
        for call in entry.calls:
            if call.id:
                self._call_entries.setdefault(call.id, entry)

    def _rewrite(self, old: Entry, new: Entry) -> None:
        """Put the newer record of a message in the place of the older one."""
        role = old.role
        self.repeated_usage += old.request is not None and new.request is not None
        if old.request is not None and (new.request is None or new.request == old.request):
            # The very same object, so that nobody prices it twice.
            new.request = old.request
        if old.calls and not old.calls_from_content and (new.calls_from_content or not new.calls):
            new.calls, new.calls_from_content = old.calls, False
            new.spans += [span for span in old.spans if span not in new.spans]
            new.pieces = tuple(dict.fromkeys(new.pieces + old.pieces))
        old.role, old.spans, old.at, old.cwd = new.role, new.spans, new.at, new.cwd
        old.title, old.text_hash, old.model = new.title, new.text_hash, new.model
        old.request, old.pieces, old.answers = new.request, new.pieces, new.answers
        old.calls, old.calls_from_content = new.calls, new.calls_from_content
        old.is_final = new.is_final
        self._own_calls(old)
        if old.origins and (old.request is not None or not _is_copyable(old)):
            old.origins = ()
            self._regroup()
        elif role is not old.role:
            self._regroup()
        else:
            self.turns.touch(old)

    def _supply(self, old: Entry, record: Record, span: Span) -> None:
        """Take from a rewritten history what the message's own record does not tell."""
        is_new = (record.tokens is not None and old.request is None) or (
            record.tool_calls and (not old.calls or old.calls_from_content)
        )
        if is_new:
            self._rewrite(old, entry_of(record, old.id, span, self.known, self.session_id))

    def _synchronise(self, order: list[str]) -> None:
        """The CLI's history is `order` now: find what in it is a copy of what it replaces."""
        kept = set(order)
        gone = [
            entry
            for name in self._context
            if name not in kept and (entry := self._entries.get(name)) is not None
        ]
        members = [self._entries[name] for name in order if name in self._entries]
        fresh = [
            entry
            for entry in members
            if entry.position > self._synchronised and not entry.origins and _is_copyable(entry)
        ]
        self._find_copies(gone, fresh)
        for entry, following in pairwise(members):
            if following.role is Role.ACKNOWLEDGEMENT and entry.role is Role.PROMPT:
                entry.role = Role.SNAPSHOT
        copied = {origin.id for entry in members for origin in entry.origins}
        for entry in gone:
            entry.was_rolled_back |= entry.role is Role.PROMPT and entry.id not in copied
        self._context = dict.fromkeys(entry.id for entry in members)
        self._synchronised = self._position
        self._regroup()

    def _find_copies(self, gone: Sequence[Entry], fresh: Sequence[Entry]) -> None:
        """Pair messages that appeared with the ones that vanished, from the end backwards.

        A message whose every text and call stood in older messages is a copy of those: the CLI
        may have merged several into one.
        """
        sources: dict[int | str, list[Entry]] = {}
        for entry in gone:
            for piece in entry.pieces:
                sources.setdefault(piece, []).append(entry)
        contexts = [entry for entry in gone if entry.role is Role.CONTEXT]
        bound = self._position + 1
        for entry in reversed(fresh):
            found: dict[str, Entry] = {}
            for piece in entry.pieces:
                source = _latest(sources.get(piece, ()), min(bound, entry.position))
                if source is None and isinstance(piece, str):
                    source = self._caller(piece, entry)
                if source is None:
                    break
                found[source.id] = source
            else:
                if not entry.pieces and entry.role is Role.CONTEXT:
                    found = {context.id: context for context in contexts[:1]}
                roots = {
                    root.id: root
                    for source in found.values()
                    for root in source.origins or [source]
                }
                entry.origins = tuple(roots.values())
                if found:
                    bound = min(bound, *(source.position for source in found.values()))

    def _caller(self, call_id: str, entry: Entry) -> Entry | None:
        """The older message that holds the call which `entry` repeats, or answers once more."""
        caller = self._call_entries.get(call_id)
        if caller is None or caller.position >= entry.position:
            return None
        return None if entry.role is Role.RESULT and caller.calls_from_content else caller

    def _regroup(self) -> None:
        self.turns.regroup(self._entries.values())


def _is_copyable(entry: Entry) -> bool:
    """Whether a message could be a copy: copies have neither tokens nor recorded calls."""
    return entry.request is None and (entry.calls_from_content or not entry.calls)


def _latest(entries: Sequence[Entry], before: int) -> Entry | None:
    """The last of the entries that stands before a position."""
    return next((entry for entry in reversed(entries) if entry.position < before), None)


def _patched(calls: Sequence[CallFacts], changes: Sequence[LoggedCall]) -> tuple[CallFacts, ...]:
    """The calls with what the patch says of them; a null takes nothing away."""
    patched = {call.id: call for call in calls}
    for change in changes:
        facts = facts_of(change)
        old = patched.get(facts.id)
        if old is None:
            if change.name:
                patched[facts.id] = facts
            continue
        patched[facts.id] = old._replace(
            status=old.status if change.status is None else facts.status,
            ended=facts.ended or old.ended,
            has_result=old.has_result or facts.has_result,
            edits=old.edits or facts.edits,
            additions=old.additions or facts.additions,
            deletions=old.deletions or facts.deletions,
            agent_id=facts.agent_id or old.agent_id,
            agent_name=old.agent_name or facts.agent_name,
        )
    by_place = [patched.pop(call.id) if call.id in patched else call for call in calls]
    return tuple(_settled(call) for call in (*by_place, *patched.values()))


def _settled(call: CallFacts) -> CallFacts:
    """Only a call that succeeded changed anything."""
    if call.status is ToolStatus.OK:
        return call
    return call._replace(edits=0, additions=0, deletions=0)
