"""What each type of record does to a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.turn import TurnState
from aimux_tui.providers.codex.callrecords import CALL_EVENTS, CALL_ITEMS, CallRecords
from aimux_tui.providers.codex.errors import error_message
from aimux_tui.providers.codex.prompts import content_texts, has_images, title_from
from aimux_tui.providers.codex.records import mapping_of, number_of, payload_in, text_of
from aimux_tui.providers.codex.usage import tier_of
from aimux_tui.providers.codex.wordrecords import WordRecords

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping

    from aimux_tui.model.usage import Request
    from aimux_tui.providers.codex.calls import CallTable
    from aimux_tui.providers.codex.identity import Identity
    from aimux_tui.providers.codex.machine import TurnMachine
    from aimux_tui.providers.codex.records import Payload, TokenInfo
    from aimux_tui.providers.codex.turnbook import OpenTurn
    from aimux_tui.providers.codex.usage import UsageLedger

    Handler = Callable[[Payload, bytes], OpenTurn | None]

_REMARK_ITEMS = ("compaction", "context_compaction", "ghost_snapshot", "additional_tools", "other")
_REMARK_EVENTS = (
    "entered_review_mode",
    "exited_review_mode",
    "thread_goal_updated",
    "plan_update",
    "undo_completed",
    "warning",
    "guardian_warning",
    "background_event",
    "deprecation_notice",
    "stream_error",
    "turn_diff",
    "model_reroute",
)
_REMARKS = (
    "world_state",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
    "retained_context",
    "realtime_item",
    "state",
)


class Handlers:
    """What the records of a thread's own part do, by their types."""

    def __init__(
        self,
        identity: Identity,
        machine: TurnMachine,
        calls: CallTable,
        ledger: UsageLedger,
        unknown: Counter[str],
    ) -> None:
        self._identity = identity
        self._machine = machine
        self._calls = calls
        self._call_records = CallRecords(machine, calls)
        self.words = WordRecords(identity, machine)
        self._ledger = ledger
        self.timestamp = ""
        self.given_title = ""
        self.titles_for_others: dict[str, str] = {}
        self.cwd = ""
        self.models: list[str] = []
        self.context_window: int | None = None
        self._unknown = unknown

    def replay_count(self, info: TokenInfo) -> None:
        """Take the counters of an event that belongs to another thread."""
        self._ledger.replay_count(info)

    def tables(self) -> Mapping[str, Mapping[str, Handler]]:
        """Envelope type → payload type → handler."""
        machine, records = self._machine, self._call_records
        items: dict[str, Handler] = {
            "message": self.words.on_message,
            "reasoning": machine.work,
            "image_generation_call": machine.work,
            "web_search_call": records.on_web_search,
            "agent_message": self.words.on_agent_message,
            **dict.fromkeys(_REMARK_ITEMS, self._on_remark),
            **dict.fromkeys(
                ("function_call", "custom_tool_call", "local_shell_call", "tool_search_call"),
                records.on_call,
            ),
            **dict.fromkeys(
                (
                    "function_call_output",
                    "custom_tool_call_output",
                    "local_shell_call_output",
                    "tool_search_output",
                ),
                records.on_output,
            ),
        }
        events: dict[str, Handler] = {
            "user_message": self.words.on_user_event,
            "agent_message": machine.answered,
            "agent_reasoning": machine.work,
            "agent_reasoning_raw_content": machine.work,
            "token_count": self._on_token_count,
            "patch_apply_end": records.on_patch,
            "item_completed": self._on_item,
            "collab_agent_spawn_end": records.on_spawned,
            "sub_agent_activity": records.on_activity,
            "context_compacted": lambda _payload, _line: machine.compacted("event"),
            "error": self._on_error,
            "thread_name_updated": self._on_name,
            "thread_settings_applied": self._on_settings,
            "thread_rolled_back": lambda _payload, _line: machine.turn,
            **dict.fromkeys(("turn_aborted", "task_aborted"), self._on_aborted),
            **dict.fromkeys(("task_started", "turn_started"), self._on_start),
            **dict.fromkeys(
                ("task_complete", "turn_complete", "task_completed"), self._on_complete
            ),
            **dict.fromkeys(_REMARK_EVENTS, self._on_remark),
            **dict.fromkeys(CALL_EVENTS, records.on_event),
        }
        remark: Mapping[str, Handler] = {"": self._on_remark}
        tables: dict[str, Mapping[str, Handler]] = {
            # Before the envelope the items stood alone.
            **dict.fromkeys(items, items),
            "response_item": items,
            "event_msg": events,
            "turn_context": {"": self._on_context},
            "compacted": {"": lambda _payload, _line: machine.compacted("record")},
            "token_usage_record": {"": self._on_usage_record},
            **dict.fromkeys(_REMARKS, remark),
        }
        return tables

    def _on_remark(self, _payload: Payload, _line: bytes) -> OpenTurn | None:
        return self._machine.here()

    def _on_item(self, payload: Payload, line: bytes) -> OpenTurn | None:
        machine, item = self._machine, payload.item
        match item.type if item is not None else "":
            case "UserMessage":
                value = mapping_of(payload_in(line), "item")
                text = "\n".join(text for _, text in content_texts(value))
                return self.words.take_prompt(text, is_picture=has_images(value))
            case "AgentMessage" | "Plan":
                return machine.answered()
            case "Reasoning":
                return machine.work()
            case "ContextCompaction":
                return machine.compacted("event")
            case kind if item is not None and kind in CALL_ITEMS:
                return self._call_records.on_item(item, line)
            case kind:
                self._unknown[f"item_completed/{kind}"] += 1
                return machine.here()

    def _on_token_count(self, payload: Payload, _line: bytes) -> OpenTurn | None:
        info = payload.info
        if info is None:
            return self._machine.here()
        if info.model_context_window:
            self.context_window = info.model_context_window
        machine = self._machine
        turn = machine.turn
        if turn is None and self._identity.continues:
            # What the history in the other file had come to.
            self._ledger.replay_count(info)
            return None
        request = self._ledger.take_count(
            info,
            self.timestamp,
            turn.task_id if turn is not None else "",
            self._identity.forked_from or self._identity.thread_id,
        )
        return self._bill(request) if request is not None else machine.here()

    def _on_usage_record(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        request = self._ledger.take_record(payload_in(line), self.timestamp)
        return self._bill(request) if request is not None else self._machine.here()

    def _bill(self, request: Request) -> OpenTurn:
        turn = self._machine.billed()
        turn.add_request(request)
        self._machine.requests += 1
        if request.model not in self.models:
            self._note_model(request.model)
        return turn

    def _on_context(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        value = payload_in(line)
        self._take_model(text_of(value, "model"))
        self._note_model(text_of(value, "model"))
        self.cwd = self.cwd or text_of(value, "cwd")
        return self._machine.here()

    def _on_settings(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        settings = mapping_of(payload_in(line), "thread_settings")
        self._take_model(text_of(settings, "model"))
        if "service_tier" in settings:
            self._ledger.tier = tier_of(settings["service_tier"])
        return self._machine.here()

    def _take_model(self, model: str) -> None:
        if model:
            self._ledger.model = model
            self._identity.take_model(model)

    def _note_model(self, model: str) -> None:
        if model and model not in self.models:
            self.models.append(model)

    def _on_name(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        value = payload_in(line)
        name = text_of(value, "thread_name") or text_of(value, "name")
        thread_id = text_of(value, "thread_id")
        if thread_id and thread_id != self._identity.thread_id:
            self.titles_for_others[thread_id] = title_from(name)
        else:
            self.given_title = title_from(name)
        return self._machine.turn

    def _on_error(self, _payload: Payload, line: bytes) -> OpenTurn | None:
        return self._machine.failed(error_message(payload_in(line)))

    def _on_start(self, payload: Payload, line: bytes) -> OpenTurn | None:
        window = number_of(payload_in(line), "model_context_window")
        self.context_window = window or self.context_window
        self._calls.end_task()
        return self._machine.start_task(payload.turn_id or "")

    def _on_complete(self, payload: Payload, line: bytes) -> OpenTurn | None:
        value = payload_in(line)
        state = TurnState.DONE
        if value.get("error"):
            state = TurnState.ERROR
            self._machine.error = error_message(value)
        return self._end(payload, value, state)

    def _on_aborted(self, payload: Payload, line: bytes) -> OpenTurn | None:
        value = payload_in(line)
        is_normal = value.get("reason") == "review_ended"
        return self._end(payload, value, TurnState.DONE if is_normal else TurnState.INTERRUPTED)

    def _end(self, payload: Payload, value: dict[str, Any], state: TurnState) -> OpenTurn | None:
        turn = self._machine.end_task(
            payload.turn_id or "",
            state,
            duration_ms=number_of(value, "duration_ms"),
            timestamp=self.timestamp,
        )
        if turn is None:
            return self._machine.here()
        self._calls.end_task()
        return turn
