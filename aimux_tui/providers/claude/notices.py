"""Records beside the conversation as notices: compactions, retries, hooks, modes, context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aimux_tui.model.body import Body
from aimux_tui.model.turn import Notice, NoticeKind, Unknown
from aimux_tui.providers.claude.bodies import (
    beyond,
    body_at,
    json_text,
    text_at,
    text_body,
    text_of_value,
)
from aimux_tui.providers.claude.prompts import one_line
from aimux_tui.providers.claude.vocabulary import (
    HOOK_ATTACHMENTS,
    MACHINE_ATTACHMENTS,
    unknown_kind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from aimux_tui.model.body import Span

Fields = dict[str, Any]


def as_text(value: Any) -> str:
    """A value as text: strings as they are, blocks flattened, nothing as nothing."""
    return text_of_value(value)


def _text(fields: Fields, *names: str) -> str:
    return next((v for n in names if isinstance(v := fields.get(n), str) and v), "")


def _fields(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _number(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return int(value) if isinstance(value, int | float) else None


def system_notice(record: Fields, span: Span, at: datetime | None) -> Notice | Unknown | None:
    """What a record of type `system` says; None for what a turn's row tells already."""
    subtype = _text(record, "subtype")
    content = as_text(record.get("content"))
    body = text_body(content, span, "/content")
    match subtype:
        case "turn_duration" | "session_start":
            return None
        case "api_error":
            kind, title, body = _api_error(record, span)
        case "compact_boundary":
            kind, title, body = NoticeKind.COMPACTION, _compaction(record), Body()
        case "microcompact_boundary":
            kind, title, body = NoticeKind.COMPACTION, _micro_compaction(record), Body()
        case "stop_hook_summary":
            return _stop_hooks(record, span, at)
        case "local_command":
            body = body_at(record, span, "/content")
            kind, title = NoticeKind.COMMAND_OUTPUT, one_line(body.text) or "No output"
        case "model_refusal_fallback":
            models = f"{_text(record, 'originalModel')} → {_text(record, 'fallbackModel')}"
            kind, title = NoticeKind.INFO, f"Model refused; fell back: {models}"
        case "api_refusal" | "error":
            kind, title = NoticeKind.ERROR, _error_words(record) or one_line(content) or subtype
        case "away_summary":
            kind, title = NoticeKind.INFO, "Recap while you were away"
        case "permission_retry" | "informational" | "bridge_status":
            kind, title = NoticeKind.INFO, one_line(content) or subtype.replace("_", " ")
        case _:
            return Unknown(f"system/{subtype}", text_body(json_text(record), span, ""), at, span)
    return Notice(kind, title, beyond(title, body), at, span)


def _error_words(record: Fields) -> str:
    error = record.get("error")
    while isinstance(error, dict):
        words = _text(error, "formatted", "message")
        if words:
            return one_line(words)
        error = error.get("error") or error.get("cause")
    return one_line(error) if isinstance(error, str) else ""


def _api_error(record: Fields, span: Span) -> tuple[NoticeKind, str, Body]:
    error = _fields(record, "error")
    status = _number(error, "status") or _number(_fields(record, "cause"), "status")
    title = f"API error{f' {status}' if status else ''}"
    if words := _error_words(record):
        title += f": {words}"
    attempt, most = _number(record, "retryAttempt"), _number(record, "maxRetries")
    delay = _number(record, "retryInMs")
    if attempt:
        title += f" (retry {attempt}{f' of {most}' if most else ''}"
        title += f" in {delay / 1000:.1f} s)" if delay is not None else ")"
    return NoticeKind.API_RETRY, title, text_body(json_text(error), span, "/error")


def _compaction(record: Fields) -> str:
    details = _fields(record, "compactMetadata")
    how = {"auto": "automatically", "manual": "on request"}.get(_text(details, "trigger"), "")
    tokens = _number(details, "preTokens")
    title = f"Conversation compacted {how}".rstrip()
    return f"{title} at {tokens:,} tokens" if tokens else title


def _micro_compaction(record: Fields) -> str:
    details = _fields(record, "microcompactMetadata")
    saved = _number(details, "tokensSaved")
    return "Old tool results dropped from the context" + (
        f": {saved:,} tokens saved" if saved else ""
    )


def _stop_hooks(record: Fields, span: Span, at: datetime | None) -> Notice | None:
    """The hooks that ran when the turn was done; nothing if they did so quietly."""
    errors = record.get("hookErrors")
    if record.get("preventedContinuation") is True:
        reason = _text(record, "stopReason")
        title = f"A stop hook ended the turn: {reason}".removesuffix(": ")
    elif errors:
        failed = len(errors) if isinstance(errors, list) else 1
        title = "A stop hook failed" if failed == 1 else f"{failed} stop hooks failed"
    else:
        return None
    return Notice(NoticeKind.HOOK, one_line(title), body_at(record, span, "/hookErrors"), at, span)


def attachment_notice(record: Fields, span: Span, at: datetime | None) -> Notice | Unknown | None:
    """What an attachment brought; None for what the machine tells the model in every session."""
    attachment = _fields(record, "attachment")
    kind = _text(attachment, "type")
    if unknown_kind("attachment", kind):
        body = text_body(json_text(attachment), span, "/attachment")
        return Unknown(f"attachment/{kind}", body, at, span)
    if kind == "hook_success":
        return None
    if kind in HOOK_ATTACHMENTS:
        return _hook(attachment, kind, span, at)
    if kind in MACHINE_ATTACHMENTS or kind.startswith(("auto_mode", "ultra_effort_")):
        return None
    if kind == "queued_command":
        body = body_at(record, span, "/attachment/prompt")
        title = one_line(body.text) or "Queued message"
        return Notice(NoticeKind.QUEUE, title, beyond(title, body), at, span)
    if kind.startswith("plan_mode"):
        verb = "Left" if kind == "plan_mode_exit" else "In"
        return Notice(NoticeKind.MODE, f"{verb} plan mode", _plan(attachment), at, span)
    title = _CONTEXT_TITLES.get(kind, kind.replace("_", " ").capitalize())
    what = _text(attachment, "displayPath", "filename", "path", "description", "skillDir", "name")
    name, body = _context_body(attachment, span)
    if not what and name:
        what = one_line(body.text, 80)
    return Notice(NoticeKind.CONTEXT, f"{title}: {what}" if what else title, body, at, span)


_CONTEXT_TITLES = {
    "edited_text_file": "File changed outside",
    "file": "File attached",
    "directory": "Folder attached",
    "compact_file_reference": "File referenced",
    "nested_memory": "Memory file read",
    "opened_file_in_ide": "File open in the editor",
    "selected_lines_in_ide": "Lines selected in the editor",
    "task_status": "Background task",
    "dynamic_skill": "Skills found",
}


def _plan(attachment: Fields) -> Body:
    path = _text(attachment, "planFilePath")
    return Body(path, len(path))


def _context_body(attachment: Fields, span: Span) -> tuple[str, Body]:
    for name in ("snippet", "content", "diff", "banner", "diagnostics", "files", "skills"):
        value = attachment.get(name)
        if isinstance(value, dict) and isinstance(value.get("content"), str):
            pointer = f"/attachment/{name}/content"
            return name, text_body(value["content"], span, pointer)
        if text := as_text(value):
            return name, text_body(text, span, f"/attachment/{name}")
    return "", Body()


def _hook(attachment: Fields, kind: str, span: Span, at: datetime | None) -> Notice:
    name = _text(attachment, "hookName", "hookEvent") or "hook"
    blocking = _fields(attachment, "blockingError")
    command = _text(attachment, "command") or _text(blocking, "command")
    outcome = {
        "hook_blocking_error": " blocked",
        "hook_non_blocking_error": " failed",
        "hook_error_during_execution": " failed",
        "hook_cancelled": " was cancelled",
        "hook_stopped_continuation": " stopped the turn",
    }.get(kind, "")
    title = f"{name} hook{outcome}" + (f": {one_line(command, 120)}" if command else "")
    for field in ("stderr", "stdout", "content", "message"):
        if (text := as_text(attachment.get(field))).strip():
            body = text_body(text, span, f"/attachment/{field}")
            break
    else:
        body = text_body(
            _text(blocking, "blockingError"), span, "/attachment/blockingError/blockingError"
        )
    notice_kind = NoticeKind.CONTEXT if kind == "hook_additional_context" else NoticeKind.HOOK
    return Notice(notice_kind, title, body, at, span)


def meta_notice(record: Fields, span: Span, at: datetime | None) -> Notice | Unknown | None:
    """What a record about the session tells a reader of the turn; most tell nothing."""
    record_type = _text(record, "type")
    match record_type:
        case "queue-operation":
            return _queue_notice(record, span, at)
        case "pr-link":
            number, url = _number(record, "prNumber"), _text(record, "prUrl")
            title = f"Pull request #{number} {url}" if number else f"Pull request {url}"
        case "frame-link":
            title = " ".join(filter(None, (_text(record, "title"), _text(record, "frameUrl"))))
        case "relocated":
            title = f"Moved to {_text(record, 'relocatedCwd')}"
        case "worktree-state":
            worktree = _fields(record, "worktreeSession")
            name = _text(worktree, "worktreeName", "worktreePath")
            title = f"Worktree {name}" if name else "Left the worktree"
        case _ if unknown_kind(record_type, ""):
            body = text_body(json_text(record), span, "")
            return Unknown(record_type or "(no type)", body, at, span)
        case _:
            return None
    return Notice(NoticeKind.INFO, title, Body(), at, span)


def _queue_notice(record: Fields, span: Span, at: datetime | None) -> Notice | None:
    """A prompt that waits. A task's report is told where it begins a turn."""
    if _text(record, "content").lstrip().startswith("<task-notification>"):
        return None
    words = text_at(record, "/content").strip()
    shown = one_line(words, 120)
    title = {
        "enqueue": "Queued",
        "remove": "Taken from the queue",
        "popAll": "Queue emptied",
    }.get(_text(record, "operation"))
    if title is None:
        return None
    body = Body() if words == shown else body_at(record, span, "/content")
    return Notice(NoticeKind.QUEUE, f"{title}: {shown}" if shown else title, body, at, span)
