"""What the records about tool calls do to a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.providers.codex.records import list_of, mapping_of, payload_in, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aimux_tui.providers.codex.calls import CallTable
    from aimux_tui.providers.codex.machine import TurnMachine
    from aimux_tui.providers.codex.records import Item, Payload
    from aimux_tui.providers.codex.turnbook import OpenTurn

CALL_EVENTS = (
    "exec_command_end",
    "mcp_tool_call_end",
    "web_search_end",
    "image_generation_end",
    "view_image_tool_call",
    "dynamic_tool_call_request",
    "dynamic_tool_call_response",
    "collab_waiting_end",
    "collab_close_end",
    "collab_resume_end",
    "collab_agent_interaction_end",
    "guardian_assessment",
)
"""Events that tell more about a call, named by its id."""

CALL_ITEMS = frozenset(
    {
        "CollabAgentToolCall",
        "CommandExecution",
        "DynamicToolCall",
        "Extension",
        "FileChange",
        "ImageGeneration",
        "ImageView",
        "McpToolCall",
        "Sleep",
        "SubAgentActivity",
        "WebSearch",
    }
)
"""Completed items that tell more about a call."""

APPLIED = frozenset({"", "completed"})
"""The statuses of a patch that changed files; the oldest events have none."""


class CallRecords:
    """Takes the records about calls."""

    def __init__(self, machine: TurnMachine, calls: CallTable) -> None:
        self._machine = machine
        self._calls = calls

    def on_call(self, payload: Payload, line: bytes) -> OpenTurn:
        """A call of any kind that has a result."""
        turn = self._machine.work()
        self._calls.begin(payload, turn, line)
        return turn

    def on_web_search(self, _payload: Payload, _line: bytes) -> OpenTurn:
        """A search that the service made by itself: it has no result in the log."""
        turn = self._machine.work()
        self._calls.count_only("web_search", turn)
        return turn

    def on_output(self, payload: Payload, line: bytes) -> OpenTurn | None:
        """The result of a call."""
        return self._calls.end(payload, line) or self._machine.here()

    def on_event(self, payload: Payload, _line: bytes) -> OpenTurn | None:
        """One of `CALL_EVENTS`."""
        return self._calls.owner_of(payload.call_id or "") or self._machine.here()

    def on_patch(self, payload: Payload, line: bytes) -> OpenTurn | None:
        """A patch was applied, or was not."""
        value = payload_in(line)
        applied = value.get("success") is not False and text_of(value, "status") in APPLIED
        changes = value.get("changes")
        turn = self._calls.take_changes(payload.call_id or "", changes, applied=applied)
        return turn or self._machine.here()

    def on_item(self, item: Item, line: bytes) -> OpenTurn | None:
        """One of `CALL_ITEMS`."""
        turn: OpenTurn | None
        match item.type:
            case "FileChange":
                value = mapping_of(payload_in(line), "item")
                applied = text_of(value, "status") in APPLIED
                turn = self._calls.take_changes(item.id, value.get("changes"), applied=applied)
            case "SubAgentActivity":
                value = mapping_of(payload_in(line), "item")
                children = [value.get("agent_thread_id")] if value.get("kind") == "started" else []
                turn = self._take_children(item.id, children)
            case "CollabAgentToolCall":
                value = mapping_of(payload_in(line), "item")
                is_spawn = text_of(value, "tool").startswith("spawn")
                children = list_of(value, "receiver_thread_ids") if is_spawn else []
                turn = self._take_children(item.id, children)
            case _:
                turn = self._calls.owner_of(item.id)
        return turn or self._machine.here()

    def on_spawned(self, payload: Payload, line: bytes) -> OpenTurn | None:
        """A first-generation sub-agent was spawned, or could not be: its id is null then."""
        children = [payload_in(line).get("new_thread_id")]
        return self._take_children(payload.call_id or "", children) or self._machine.here()

    def on_activity(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        """A second-generation sub-agent was started, or did something."""
        value = payload_in(line)
        children = [value.get("agent_thread_id")] if value.get("kind") == "started" else []
        return self._take_children(text_of(value, "event_id"), children) or self._machine.here()

    def _take_children(self, call_id: str, children: Iterable[object]) -> OpenTurn | None:
        turn = self._calls.owner_of(call_id)
        for child in children:
            if isinstance(child, str) and child:
                turn = self._calls.take_child(call_id, child)
        return turn
