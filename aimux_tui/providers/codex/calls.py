"""The tool calls of a scan: whose turn they count for, how they went, what they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.log import Spawn
from aimux_tui.providers.codex.hashing import text_hash
from aimux_tui.providers.codex.identity import key_of
from aimux_tui.providers.codex.outputs import FAILURES, Verdict, judge
from aimux_tui.providers.codex.patches import BEGIN, count_changes_of, count_edits
from aimux_tui.providers.codex.records import payload_in, text_of
from aimux_tui.providers.codex.toolcalls import (
    CELL_TOOLS,
    SPAWN_TOOL,
    UNNAMED,
    arguments_of,
    children_in_output,
    patch_edits,
    tool_name,
)

if TYPE_CHECKING:
    from aimux_tui.providers.codex.records import Payload
    from aimux_tui.providers.codex.turnbook import OpenTurn

_BEGIN = BEGIN.encode()
_NESTED = "exec-"
"""Begins the ids of what a script of code mode did; they are no calls' ids."""


_FINE = Verdict.FINE


class Call:
    """One tool call so far."""

    __slots__ = ("edits", "has_changes", "id", "is_answered", "line", "name", "turn")

    def __init__(self, identifier: str, name: str, turn: OpenTurn) -> None:
        self.id = identifier
        self.name = name
        self.turn = turn
        self.is_answered = False
        self.line = b""
        """The call's own record, kept while the patch in it may be needed."""
        self.has_changes = False
        """The log told what a patch changed; the patch itself need not be read."""
        self.edits = (0, 0, 0)
        """What its own patch, as proposed, was counted as."""


class CallTable:
    """Every call of a thread's own part."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = 0
        self.rejected = 0
        self.edits = 0
        self.additions = 0
        self.deletions = 0
        self.open: dict[str, Call] = {}
        """Calls without a result, oldest first."""
        self._calls: dict[str | None, Call] = {}
        self._cell: Call | None = None
        self._changed: set[str] = set()
        self._spawns: dict[str, Spawn] = {}
        self._confirmed: set[str] = set()

    @property
    def spawns(self) -> tuple[Spawn, ...]:
        """The sub-agents that were spawned, or are being spawned."""
        return tuple(self._spawns.values())

    def open_name(self, turn: OpenTurn | None) -> str:
        """The tool called last whose result is still to come, in `turn` if given; "" if none."""
        for call in reversed(self.open.values()):
            if turn is None or call.turn is turn:
                return call.name
        return ""

    def begin(self, payload: Payload, turn: OpenTurn, line: bytes) -> None:
        """Count a call, unless its turn has one with this id already."""
        identifier = payload.call_id
        known = self._calls.get(identifier)
        if known is not None:
            if known.turn is turn:
                return
            self._free(known)
        name = payload.name
        if name is None or payload.namespace is not None or payload.type in UNNAMED:
            name = tool_name(payload.type, name, payload.namespace)
        self.count += 1
        turn.tools[name] = turn.tools.get(name, 0) + 1
        if not identifier:
            return
        call = Call(identifier, name, turn)
        self._calls[identifier] = self.open[identifier] = call
        if name in CELL_TOOLS:
            self._cell = call
        elif _BEGIN in line:
            call.line = line
        if name == SPAWN_TOOL:
            message = text_of(arguments_of(payload_in(line)), "message")
            self._spawns[identifier] = Spawn(identifier, prompt_hash=text_hash(message))

    def _free(self, call: Call) -> None:
        """Let another call have the id: some services number the calls of each turn anew."""
        self.open.pop(call.id, None)
        self._changed.discard(call.id)
        if (spawn := self._spawns.pop(call.id, None)) is not None:
            slot = f"{call.id}#{len(self._spawns)}"
            self._spawns[slot] = spawn
            if call.id in self._confirmed:
                self._confirmed.remove(call.id)
                self._confirmed.add(slot)

    def count_only(self, name: str, turn: OpenTurn) -> None:
        """Count a call that has neither an id nor a result."""
        self.count += 1
        turn.tools[name] = turn.tools.get(name, 0) + 1

    def end(self, payload: Payload, line: bytes) -> OpenTurn | None:
        """Take a call's result. The turn that the call belongs to; None if it is not known."""
        call = self._calls.get(payload.call_id)
        if call is None:
            return None
        if call.is_answered:
            return call.turn
        call.is_answered = True
        self.open.pop(call.id, None)
        verdict = judge(payload.output)
        if verdict is not _FINE and verdict in FAILURES:
            self.failed += 1
            call.turn.failures += 1
            self.rejected += verdict is Verdict.REJECTED
        elif verdict is _FINE and call.line and not call.has_changes:
            call.edits = count_edits(patch_edits(payload_in(call.line)))
            self._count(call.turn, call.edits, 1)
        call.line = b""
        if call.name == SPAWN_TOOL and call.id in self._spawns:
            self._end_spawn(call, line)
        return call.turn

    def owner_of(self, call_id: str) -> OpenTurn | None:
        """The turn of the call that an event tells more about; None if it is not known."""
        call = self._owner(call_id)
        return call.turn if call is not None else None

    def take_changes(self, call_id: str, changes: Any, *, applied: bool) -> OpenTurn | None:
        """Take what a patch changed. The ids of code mode are no calls': the open cell's then."""
        call = self._owner(call_id)
        if call is None or call_id in self._changed:
            return call.turn if call is not None else None
        if call_id:
            self._changed.add(call_id)
        if call.id == call_id:
            call.has_changes = True
            self._count(call.turn, call.edits, -1)
            call.edits = (0, 0, 0)
        if applied:
            self._count(call.turn, count_changes_of(changes), 1)
        return call.turn

    def take_child(self, call_id: str, child_id: str) -> OpenTurn | None:
        """Note which thread a call spawned."""
        call = self._owner(call_id)
        if call is None or not child_id:
            return call.turn if call is not None else None
        key = key_of(child_id)
        slot, known = call.id, self._spawns.get(call.id)
        if known is not None and known.child_key not in {"", key}:
            # One call, several agents: only code mode does that.
            slot, known = f"{call.id}/{child_id}", None
        if known is None and any(spawn.child_key == key for spawn in self._spawns.values()):
            return call.turn
        self._spawns[slot] = Spawn(call.id, key, known.prompt_hash if known else 0)
        self._confirm(slot, call.turn)
        return call.turn

    def end_task(self) -> None:
        """Whatever is unanswered will stay so, or be answered too late to matter."""
        for call in self.open.values():
            call.line = b""
        self.open.clear()

    def _owner(self, call_id: str) -> Call | None:
        call = self._calls.get(call_id)
        if call is None and self._cell is not None:
            is_nested = call_id.startswith(_NESTED) or not self._cell.is_answered
            return self._cell if is_nested else None
        return call

    def _end_spawn(self, call: Call, line: bytes) -> None:
        children = children_in_output(payload_in(line).get("output"))
        for child_id in children or ():
            self.take_child(call.id, child_id)
        if not self._spawns[call.id].child_key:
            if children is None:
                del self._spawns[call.id]
            else:
                self._confirm(call.id, call.turn)

    def _confirm(self, slot: str, turn: OpenTurn) -> None:
        if slot not in self._confirmed:
            self._confirmed.add(slot)
            turn.agents += 1

    def _count(self, turn: OpenTurn, found: tuple[int, int, int], sign: int) -> None:
        count, additions, deletions = found
        self.edits += sign * count
        self.additions += sign * additions
        self.deletions += sign * deletions
        turn.edits += sign * count
        turn.additions += sign * additions
        turn.deletions += sign * deletions
