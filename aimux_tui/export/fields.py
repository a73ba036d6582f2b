"""Sessions, turns and steps as the JSON of exports: the names that `docs/export-jsonl.md` explains.

What is not known is null, with the reason beside it where one is needed; never 0 or "".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.tools import FileEdit, ToolCall
from aimux_tui.model.turn import Image, Notice, Text, Thinking, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.annotation import SessionAnnotation, TurnAnnotation
    from aimux_tui.model.turn import Step
    from aimux_tui.model.usage import Cost, Request, Usage

Fields = dict[str, Any]


def session_fields(material: Material) -> Fields:
    """The session itself, without its turns."""
    session = material.session
    return {
        "key": session.key,
        "provider": session.provider,
        "session_id": session.session_id,
        "parent": session.parent_key or None,
        "parent_tool_call": session.parent_tool_call_id or None,
        "forked_from": session.forked_from or None,
        "title": session.title,
        "project": session.project,
        "cwd": session.cwd,
        "git_branch": session.git_branch,
        "path": session.path,
        "archived_from": session.archived_from or None,
        "agent_version": session.agent_version,
        "agent_name": session.agent_name,
        "models": session.models,
        "started": session.started,
        "updated": session.updated,
        "status": session.status,
        "status_reason": session.status_reason,
        "hidden_reason": session.hidden_reason or None,
        "turns": session.turns,
        "turns_left_out": material.left_out,
        "tool_calls": session.tool_calls,
        "failed_tool_calls": session.failed_tool_calls,
        "edits": session.edits,
        "additions": session.additions,
        "deletions": session.deletions,
        "compactions": session.compactions,
        "usage": usage_fields(session.usage),
        "cost": cost_fields(session.cost, session.usage, spoke=session.turns > 0),
        "total_usage": usage_fields(session.total_usage),
        "total_cost": cost_fields(session.total_cost, session.total_usage, spoke=session.turns > 0),
        "repeated_usage": usage_fields(session.repeated_usage),
        "repeated_cost": cost_fields(session.repeated_cost, session.repeated_usage, spoke=False),
        "sub_agents": session.children,
        "context_tokens": session.context_tokens,
        "context_window": session.context_window,
        "bad_lines": session.bad_lines,
        "problems": session.problems,
        "is_partial": session.is_partial,
        "annotation": session_annotation_fields(material.annotations.session),
    }


def turn_fields(material: Material, exported: ExportedTurn) -> Fields:
    """A turn with all its steps, texts whole as far as they may leave."""
    turn = exported.turn
    summary = turn.summary
    spoke = any(isinstance(step, Text | Thinking | ToolCall) for step in turn.steps)
    return {
        "session": material.session.key,
        "key": summary.key,
        "number": summary.number,
        "kind": summary.kind,
        "state": summary.state,
        "title": summary.title,
        "started": summary.started,
        "ended": summary.ended,
        "duration_s": _seconds(summary.duration),
        "models": summary.models,
        "segment": summary.segment,
        "is_discarded": summary.is_discarded,
        "failures": summary.failures,
        "edits": summary.edits,
        "additions": summary.additions,
        "deletions": summary.deletions,
        "sub_agents": summary.agents,
        "usage": usage_fields(summary.usage),
        "cost": cost_fields(exported.cost, summary.usage, spoke=spoke),
        "requests": [
            request_fields(request, cost)
            for request, cost in zip(exported.requests, exported.request_costs, strict=True)
        ],
        "prompt": [step_fields(material, part) for part in turn.prompt],
        "response": response_of(material, turn.steps),
        "steps": [step_fields(material, step) for step in turn.steps],
        "annotation": turn_annotation_fields(exported.annotation),
    }


def step_fields(material: Material, step: Step) -> Fields:
    """One step, or one part of a prompt, with its type."""
    match step:
        case Text():
            return {"type": "text", "text": material.text(step.body), **_origin(step)}
        case Thinking():
            return {
                "type": "thinking",
                "text": None if step.is_hidden and not step.body else material.text(step.body),
                "is_hidden": step.is_hidden,
                **_origin(step),
            }
        case ToolCall():
            return _call_fields(material, step)
        case Notice():
            return {
                "type": "notice",
                "kind": step.kind,
                "title": step.title,
                "text": material.text(step.body),
                "at": step.at,
            }
        case Image():
            return {
                "type": "image",
                "media_type": step.media_type,
                "size": step.size,
                "at": step.at,
            }
        case Unknown():
            return {
                "type": "unknown",
                "record_type": step.type,
                "text": material.text(step.body),
                "at": step.at,
            }


def response_of(material: Material, steps: Iterable[Step]) -> str | None:
    """What the model said last: its words behind the last tool call; None if there are none."""
    words: list[str] = []
    for step in steps:
        if isinstance(step, ToolCall):
            words.clear()
        elif isinstance(step, Text):
            words.append(material.text(step.body))
    return "\n\n".join(words) or None


def usage_fields(usage: Usage) -> Fields:
    """Tokens by kind; the kinds are disjoint, reasoning is part of output."""
    return {
        "input": usage.input,
        "cache_read": usage.cache_read,
        "cache_write_5m": usage.cache_write_5m,
        "cache_write_1h": usage.cache_write_1h,
        "output": usage.output,
        "reasoning": usage.reasoning,
        "web_searches": usage.web_searches,
        "requests": usage.requests,
        "is_lower_bound": usage.is_lower_bound,
    }


def cost_fields(cost: Cost, usage: Usage, *, spoke: bool) -> Fields:
    """Money in USD; null with the reason where nothing could be priced.

    `spoke` says that a model took part, so that no tokens means that the log counts none.
    """
    reason = None
    if cost.unpriced_models:
        reason = f"no price is known for {', '.join(cost.unpriced_models)}"
    elif spoke and not usage.total and not cost.usd:
        reason = "the log counts no tokens"
    elif cost.is_lower_bound:
        reason = "the log counts too few tokens"
    is_known = cost.is_known and (bool(usage.total or cost.usd) or not spoke)
    return {
        "usd": round(cost.usd, 9) if is_known else None,
        "is_lower_bound": is_known and cost.is_partial,
        "reason": reason,
    }


def request_fields(request: Request, cost: Cost) -> Fields:
    """One call of a model."""
    return {
        "id": _request_id(request.key),
        "at": request.at,
        "model": request.model,
        "tier": request.tier or None,
        "usage": usage_fields(request.usage),
        "cost": cost_fields(cost, request.usage, spoke=True),
    }


def turn_annotation_fields(annotation: TurnAnnotation | None) -> Fields | None:
    """The label and the note of a turn; None if it has neither."""
    if not annotation:
        return None
    return {
        "label": annotation.label,
        "note": annotation.note,
        "author": annotation.author,
        "updated": annotation.updated,
    }


def session_annotation_fields(annotation: SessionAnnotation) -> Fields | None:
    """What is said of a session as a whole; None if nothing is."""
    if not annotation:
        return None
    return {
        "verdict": annotation.verdict,
        "tags": annotation.tags,
        "note": annotation.note,
        "author": annotation.author,
        "updated": annotation.updated,
    }


def _call_fields(material: Material, call: ToolCall) -> Fields:
    return {
        "type": "tool_call",
        "id": call.id,
        "name": call.name,
        "kind": call.kind,
        "snippet": call.snippet,
        "status": call.status,
        "exit_code": call.exit_code,
        "input": material.arguments(call),
        "output": material.text(call.output),
        "error": call.error,
        "started": call.started,
        "ended": call.ended,
        "duration_s": _seconds(call.duration),
        "edits": [_edit_fields(edit) for edit in call.edits],
        "sub_agent": call.child_key or None,
        "request": _request_id(call.request),
    }


def _edit_fields(edit: FileEdit) -> Fields:
    return {
        "path": edit.path,
        "operation": edit.operation,
        "new_path": edit.new_path or None,
        "additions": edit.additions,
        "deletions": edit.deletions,
        "is_proposed": edit.is_proposed,
        "hunks": edit.hunks,
    }


def _origin(step: Text | Thinking) -> Fields:
    return {"at": step.at, "model": step.model or None, "request": _request_id(step.request)}


def _request_id(key: int) -> str | None:
    """Programs of other languages lose the last digits of so large a number."""
    return f"{key & 0xFFFF_FFFF_FFFF_FFFF:016x}" if key else None


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
