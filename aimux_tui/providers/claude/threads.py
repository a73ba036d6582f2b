"""Sub-agents that were recorded in the log of their parent: which records belong to which."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from aimux_tui.model.body import Span
from aimux_tui.model.turn import Notice, NoticeKind, Step
from aimux_tui.providers.claude.prompts import one_line
from aimux_tui.providers.claude.toolcalls import CallDraft, Result

if TYPE_CHECKING:
    from collections.abc import Iterable


Item = Step | CallDraft | Result
"""A step, or what will become one: a call, or a result whose call was not met."""


class Thread(Struct):
    """The records of one such sub-agent."""

    task: str
    at: datetime | None
    record: Span
    items: list[Item] = field(default_factory=list)

    def opening(self) -> Notice:
        """What stands before its steps."""
        title = f"Sub-agent recorded in this log: {one_line(self.task, 120)}".removesuffix(": ")
        return Notice(NoticeKind.INFO, title, at=self.at, record=self.record)

    def closing(self) -> Notice:
        """What stands behind its steps."""
        return Notice(NoticeKind.INFO, "End of the sub-agent's records", record=self.record)


class Threads:
    """Every such sub-agent of one turn."""

    def __init__(self) -> None:
        self._of_record: dict[str, Thread] = {}
        self._last: Thread | None = None
        self.roots: list[Thread] = []

    def of(self, record: dict[str, Any], task: str, span: Span, at: datetime | None) -> Thread:
        """The thread of a sidechain record: its parent's, or a new one if it has none here."""
        thread = self._of_record.get(str(record.get("parentUuid")))
        if thread is None and record.get("parentUuid") is not None and not task:
            thread = self._last
        if thread is None:
            thread = Thread(task, at, span)
            self.roots.append(thread)
        if isinstance(uuid := record.get("uuid"), str):
            self._of_record[uuid] = thread
        self._last = thread
        return thread

    def by_call(self, calls: Iterable[CallDraft]) -> dict[str, list[Thread]]:
        """The threads of each spawning call, by its id; "" has those of no call.

        A task names its call, since both hold the same text; else the threads come in the order
        of the calls.
        """
        open_calls = [call for call in calls if call.name in {"Task", "Agent"}]
        found: dict[str, list[Thread]] = {}
        unnamed = []
        for thread in self.roots:
            call = next((c for c in open_calls if _task_of(c) == thread.task.strip() != ""), None)
            if call is None:
                unnamed.append(thread)
            else:
                open_calls.remove(call)
                found.setdefault(call.id, []).append(thread)
        for thread in unnamed:
            call_id = open_calls.pop(0).id if open_calls else ""
            found.setdefault(call_id, []).append(thread)
        return found


def _task_of(call: CallDraft) -> str:
    task = call.arguments.get("prompt")
    return task.strip() if isinstance(task, str) else ""
