"""Which handler takes a record, and which turn the record then belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.codex.wordrecords import HOLD

if TYPE_CHECKING:
    from collections import Counter

    from aimux_tui.providers.codex.handlers import Handlers
    from aimux_tui.providers.codex.machine import TurnMachine
    from aimux_tui.providers.codex.records import Payload
    from aimux_tui.providers.codex.turnbook import OpenTurn


class Dispatcher:
    """Takes the records of a thread's own part, one by one.

    The handlers do not know it: objects that knew each other would stay in memory when their log
    has been read, since the garbage collector is off where many are.
    """

    def __init__(self, handlers: Handlers, machine: TurnMachine, unknown: Counter[str]) -> None:
        self._handlers = handlers
        self._machine = machine
        self._tables = handlers.tables()
        self._unknown = unknown

    def take(self, kind: str, payload: Payload, line: bytes, offset: int, after: int) -> None:
        """Take a record that stands at [offset, after), its newline included."""
        handlers = self._handlers
        words = handlers.words
        if words.held is not None and not _is_prompt(payload):
            words.release(self._machine.here())
        try:
            handler = self._tables[kind][payload.type]
        except KeyError:
            turn = self._take_unknown(kind, payload, line)
        else:
            turn = handler(payload, line)
        if turn is None:
            return
        if turn is HOLD:
            words.held = (offset, after, handlers.timestamp)
            return
        if turn.end == offset and not turn.is_closed:
            turn.end = after
            turn.ended = handlers.timestamp
        else:
            turn.extend(offset, after, handlers.timestamp)
        if not turn.is_dirty and turn.index >= 0:
            self._machine.book.touch(turn)

    def replay(self, kind: str, payload: Payload) -> None:
        """Take a record of the copy of another thread's history."""
        if payload.info is not None:
            self._handlers.replay_count(payload.info)
        table = self._tables.get(kind, {})
        if payload.type not in table and "" not in table:
            self._count_unknown(kind, payload)

    def _take_unknown(self, kind: str, payload: Payload, line: bytes) -> OpenTurn | None:
        table = self._tables.get(kind)
        if table is not None and "" in table:
            return table[""](payload, line)
        self._count_unknown(kind, payload)
        return self._machine.here()

    def _count_unknown(self, kind: str, payload: Payload) -> None:
        names = dict.fromkeys(name for name in (kind, payload.type) if name)
        self._unknown["/".join(names) or "no type"] += 1


def _is_prompt(payload: Payload) -> bool:
    """Whether an event says that something was typed."""
    if payload.type == "item_completed":
        return payload.item is not None and payload.item.type == "UserMessage"
    return payload.type == "user_message"
