"""The span of a tool call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.export.otlp import attributes as facts
from aimux_tui.export.otlp.messages import as_json
from aimux_tui.export.otlp.spans import Attributes, Span, SpanEvent
from aimux_tui.export.otlp.times import span_times
from aimux_tui.model.tools import ToolStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aimux_tui.export.base import Material
    from aimux_tui.model.tools import ToolCall


def result_of(material: Material, call: ToolCall) -> str:
    """What the tool answered, the error if that is all."""
    return (material.text(call.output) if call.output else "") or call.error


def tool_span(
    call: ToolCall,
    arguments: Mapping[str, Any],
    result: str,
    *,
    trace_id: bytes,
    own_id: bytes,
    parent_id: bytes,
    common: Attributes,
    fallback: datetime | None,
) -> Span:
    """The span of a call, with the times that the log states."""
    ended = call.ended
    if ended is None and call.started is not None and call.logged_duration is not None:
        ended = call.started + call.logged_duration
    start, end, unknown = span_times(call.started, ended, fallback)
    is_error = call.status is ToolStatus.FAILED
    name = call.name or "unknown"
    found: Attributes = {
        **common,
        "openinference.span.kind": "TOOL",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.type": "function",
        "tool.name": name,
        "aimux.tool.kind": call.kind,
        "aimux.tool.status": call.status,
    }
    if call.id:
        found |= {"gen_ai.tool.call.id": call.id, "tool.id": call.id}
    if arguments:
        text = as_json(arguments)
        found |= {"gen_ai.tool.call.arguments": text, "tool.parameters": text}
        found |= facts.input_text(text, facts.JSON)
    if result:
        found["gen_ai.tool.call.result"] = result
        found |= facts.output_text(result)
    found |= _outcome(call, is_error=is_error) | unknown
    message = call.error or f"{name} failed"
    failure = {"exception.type": "tool_error", "exception.message": message}
    return Span(
        trace_id=trace_id,
        span_id=own_id,
        parent_id=parent_id,
        name=f"execute_tool {name}",
        start=start,
        end=end,
        attributes=found,
        events=(SpanEvent("exception", end, dict(failure)),) if is_error else (),
        error=message if is_error else None,
    )


def _outcome(call: ToolCall, *, is_error: bool) -> Attributes:
    found: Attributes = {"error.type": "tool_error"} if is_error else {}
    if call.exit_code is not None:
        found["aimux.tool.exit_code"] = call.exit_code
    if call.edits:
        found["aimux.edit.paths"] = tuple(edit.path for edit in call.edits)
        found["aimux.edit.additions"] = sum(edit.additions for edit in call.edits)
        found["aimux.edit.deletions"] = sum(edit.deletions for edit in call.edits)
    return found
