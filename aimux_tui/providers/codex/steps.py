"""The steps of a turn, from its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from aimux_tui.model.body import Body
from aimux_tui.model.turn import Notice, NoticeKind, Step, Text, Thinking, Turn, Unknown
from aimux_tui.providers.codex import notices
from aimux_tui.providers.codex.attribution import RequestFinder
from aimux_tui.providers.codex.callrecords import APPLIED
from aimux_tui.providers.codex.drafts import CallDraft, CallDrafts
from aimux_tui.providers.codex.errors import error_message
from aimux_tui.providers.codex.prompts import content_texts
from aimux_tui.providers.codex.reading import Line, generated_image, read_lines
from aimux_tui.providers.codex.records import list_of, mapping_of, text_of
from aimux_tui.providers.codex.words import Echo, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aimux_tui.model.body import Span
    from aimux_tui.model.turn import TurnSummary
    from aimux_tui.providers.base import LogSource

CALLS = frozenset({"function_call", "custom_tool_call", "local_shell_call", "tool_search_call"})
OUTPUTS = frozenset(
    {
        "function_call_output",
        "custom_tool_call_output",
        "local_shell_call_output",
        "tool_search_output",
    }
)
_SILENT = frozenset(
    {
        # Numbers and settings: the summary has them.
        "token_count",
        "task_started",
        "turn_started",
        "thread_settings_applied",
        # The results of the calls say the same.
        "collab_waiting_end",
        "collab_close_end",
        "collab_resume_end",
        "collab_agent_interaction_end",
        "view_image_tool_call",
        "dynamic_tool_call_request",
        "dynamic_tool_call_response",
        "image_generation_end",
        "turn_diff",
        # What the model was given beside the conversation.
        "additional_tools",
        "ghost_snapshot",
        "compaction",
        "context_compaction",
        "other",
    }
)
_SILENT_ENVELOPES = frozenset(
    {
        "session_meta",
        "turn_context",
        "world_state",
        "token_usage_record",
        "inter_agent_communication_metadata",
        "retained_context",
        "state",
    }
)
_SILENT_ITEMS = frozenset({"ImageView", "ImageGeneration", "Sleep", "DynamicToolCall"})
_REMARKS = frozenset(
    {
        "entered_review_mode",
        "exited_review_mode",
        "thread_goal_updated",
        "thread_name_updated",
        "plan_update",
        "undo_completed",
        "warning",
        "guardian_warning",
        "background_event",
        "deprecation_notice",
        "stream_error",
        "model_reroute",
        "guardian_assessment",
    }
)


class StepBuilder:
    """Turns the records of one turn into its prompt and steps; see `growth.TurnBuilder`."""

    def __init__(self, source: LogSource, summary: TurnSummary) -> None:
        self._source = source
        self._calls = CallDrafts()
        self._steps: list[Step | CallDraft | Echo] = []
        self._words = Words(summary, self._steps.append)
        self._requests = RequestFinder(summary.key, source.file.path)
        self._compactions: set[str] = set()
        self._errors: set[str] = set()
        self._at: datetime | None = None
        self._has_begun = False

    def take(self, spans: Sequence[Span]) -> bool:
        """Read records. False if they say otherwise what was typed or which requests there were."""
        lines = list(read_lines(self._source, spans, self._at))
        is_typed = self._words.note(lines)
        if not self._requests.take(lines) or (is_typed and self._has_begun):
            return False
        for line in lines:
            self._take(line)
        self._at = lines[-1].at if lines else self._at
        self._has_begun = True
        return True

    def turn(self, summary: TurnSummary) -> Turn:
        """The turn as far as it has been read."""
        steps: list[Step] = []
        for index, step in enumerate(self._steps):
            if isinstance(step, CallDraft):
                steps += step.finish(summary.state, self._requests.key_at(step.line.span.offset))
            elif not isinstance(step, Echo):
                steps.append(self._with_request(step))
                self._steps[index] = steps[-1]
            elif not self._words.is_repeated(step):
                steps.append(self._with_request(step.step))
        return Turn(summary, self._words.prompt, tuple(steps))

    def _with_request(self, step: Step) -> Step:
        if isinstance(step, Text | Thinking) and step.record is not None and not step.request:
            return replace(step, request=self._requests.key_at(step.record.offset))
        return step

    def _take(self, line: Line) -> None:
        kind, envelope = line.type, line.envelope
        if envelope in _SILENT_ENVELOPES or kind in _SILENT:
            if envelope == "turn_context":
                self._words.model = text_of(line.payload, "model") or self._words.model
            return
        if envelope == "compacted":
            self._take_compaction(line, "record")
        elif envelope == "event_msg":
            self._take_event(line, kind)
        else:
            self._take_item(line, kind)

    def _take_item(self, line: Line, kind: str) -> None:
        """A response item, whatever its envelope."""
        if kind == "message":
            self._words.take_message(line)
        elif kind == "reasoning":
            self._words.take_reasoning(line)
        elif kind in CALLS or kind == "web_search_call":
            self._add(self._calls.begin(line))
        elif kind in OUTPUTS:
            draft = self._calls.answer(line)
            if draft is not None:
                self._steps.extend(draft.images)
            else:
                self._add_unknown(line)
        elif kind == "image_generation_call":
            self._add(generated_image(line))
        elif kind == "agent_message":
            self._words.take_agent_message(line)
        else:
            self._add_unknown(line)

    def _take_event(self, line: Line, kind: str) -> None:
        payload = line.payload
        match kind:
            case "user_message":
                self._words.take_prompt(line, text_of(payload, "message"), "/message")
            case "agent_message":
                self._words.take_echo(line, text_of(payload, "message"), "/message")
            case "agent_reasoning" | "agent_reasoning_raw_content":
                self._words.take_thought(line, text_of(payload, "text"), "/text")
            case "item_completed":
                self._take_completed(line, mapping_of(payload, "item"))
            case "exec_command_end":
                self._take_command(line, payload, "")
            case "patch_apply_end":
                self._take_patch(payload, text_of(payload, "call_id"))
            case "context_compacted":
                self._take_compaction(line, "event")
            case "error":
                self._take_error(line)
            case "task_complete" | "turn_complete" | "task_completed":
                if payload.get("error"):
                    self._take_error(line)
            case "turn_aborted" | "task_aborted":
                self._add(notices.interruption(line))
            case "thread_rolled_back":
                self._add(notices.rolled_back(line))
            case _ if kind in _REMARKS:
                self._add(notices.event(line))
            case _:
                self._take_call_event(line, kind)

    def _take_call_event(self, line: Line, kind: str) -> None:
        payload = line.payload
        call_id = text_of(payload, "call_id")
        match kind:
            case "mcp_tool_call_end":
                self._take_tool(line, payload, call_id, "")
            case "web_search_end":
                self._take_search(line, payload, call_id)
            case "collab_agent_spawn_end":
                self._calls.take_child(call_id, text_of(payload, "new_thread_id"))
            case "sub_agent_activity":
                self._take_activity(line, payload, text_of(payload, "event_id"))
            case _:
                self._add_unknown(line)

    def _take_completed(self, line: Line, item: dict[str, Any]) -> None:
        kind, item_id = text_of(item, "type"), text_of(item, "id")
        match kind:
            case "UserMessage" | "AgentMessage" | "Plan" | "Reasoning":
                self._take_words(line, kind, item)
            case "CommandExecution":
                self._take_command(line, item, "/item")
            case "FileChange":
                self._take_patch(item, item_id)
            case "McpToolCall":
                self._take_tool(line, item, item_id, "/item")
            case "ContextCompaction":
                self._take_compaction(line, "event")
            case "SubAgentActivity":
                self._take_activity(line, item, item_id)
            case "CollabAgentToolCall":
                is_spawn = text_of(item, "tool").startswith("spawn")
                for child in list_of(item, "receiver_thread_ids") if is_spawn else ():
                    self._calls.take_child(item_id, child if isinstance(child, str) else "")
            case "WebSearch" | "Extension":
                self._take_search(line, item, item_id)
            case _ if kind not in _SILENT_ITEMS:
                self._add_unknown(line)

    def _take_words(self, line: Line, kind: str, item: dict[str, Any]) -> None:
        texts = [text for _, text in content_texts(item)]
        match kind:
            case "UserMessage":
                pointer = "/item/content/0/text" if len(texts) == 1 else ""
                self._words.take_prompt(line, "\n".join(texts), pointer)
            case "AgentMessage":
                self._words.take_echo(line, "\n".join(texts), "")
            case "Plan":
                self._words.take_echo(line, text_of(item, "text"), "/item/text")
            case _:
                for index, text in enumerate(list_of(item, "summary_text")):
                    if isinstance(text, str):
                        self._words.take_thought(line, text, f"/item/summary_text/{index}")

    def _take_command(self, line: Line, fields: dict[str, Any], pointer: str) -> None:
        if not self._calls.take_command(fields, line, pointer):
            item_id = text_of(fields, "call_id") or text_of(fields, "id")
            self._add_nested(notices.command(fields, line, pointer), item_id, fields)

    def _take_tool(self, line: Line, fields: dict[str, Any], call_id: str, pointer: str) -> None:
        if self._calls.of_event(call_id) is not None:
            self._calls.take_duration(call_id, fields.get("duration"))
        else:
            self._add_nested(notices.tool(fields, line, pointer), call_id)

    def _take_search(self, line: Line, fields: dict[str, Any], item_id: str) -> None:
        """A search of a script; other searches have a call of their own."""
        cell = self._calls.cell_of(item_id)
        if cell is not None:
            cell.nest(notices.search(fields, line))

    def _add_nested(
        self, notice: Notice, item_id: str, command: dict[str, Any] | None = None
    ) -> None:
        cell = self._calls.cell_of(item_id)
        if cell is not None:
            cell.nest(notice, command)
        else:
            self._add(notice)

    def _take_patch(self, fields: dict[str, Any], call_id: str) -> None:
        applied = fields.get("success") is not False and text_of(fields, "status") in APPLIED
        error = text_of(fields, "stderr").strip()[:400]
        self._calls.take_changes(call_id, fields.get("changes"), applied=applied, error=error)

    def _take_activity(self, line: Line, fields: dict[str, Any], call_id: str) -> None:
        if text_of(fields, "kind") == "started":
            self._calls.take_child(call_id, text_of(fields, "agent_thread_id"))
        else:
            self._add(notices.activity(fields, line))

    def _take_compaction(self, line: Line, source: str) -> None:
        """A record and an event tell of each compaction."""
        other = {"record": "event", "event": "record"}[source]
        if other in self._compactions:
            self._compactions.discard(other)
            return
        self._compactions.add(source)
        self._add(notices.compaction(line))

    def _take_error(self, line: Line) -> None:
        message = error_message(line.payload)
        if message not in self._errors:
            self._errors.add(message)
            body = Body.of(message)
            self._add(notices.notice(NoticeKind.ERROR, message, line, body))

    def _add(self, step: Step | CallDraft | Echo | None) -> None:
        if step is not None:
            self._steps.append(step)

    def _add_unknown(self, line: Line) -> None:
        names = dict.fromkeys(part for part in (line.envelope, line.type) if part)
        self._add(Unknown("/".join(names) or "no type", line.raw(), line.at, line.span))
