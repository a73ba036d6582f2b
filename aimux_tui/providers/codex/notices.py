"""Notices: what happened beside the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aimux_tui.model.body import Body
from aimux_tui.model.turn import Notice, NoticeKind
from aimux_tui.providers.codex.messages import AgentMessage
from aimux_tui.providers.codex.prompts import Injection, inner_text, shell_command_of, title_from
from aimux_tui.providers.codex.records import mapping_of, number_of, text_of
from aimux_tui.providers.codex.toolcalls import command_line, one_line

if TYPE_CHECKING:
    from typing import Any

    from aimux_tui.providers.codex.reading import Line

_INJECTED = {
    Injection.CONTEXT: NoticeKind.CONTEXT,
    Injection.SHELL: NoticeKind.COMMAND_OUTPUT,
    Injection.NOTIFICATION: NoticeKind.INFO,
    Injection.GOAL: NoticeKind.CONTEXT,
    Injection.HOOK: NoticeKind.HOOK,
}
_EVENT_KINDS = {
    "entered_review_mode": NoticeKind.MODE,
    "exited_review_mode": NoticeKind.MODE,
    "stream_error": NoticeKind.API_RETRY,
    "error": NoticeKind.ERROR,
}
_EVENT_TITLES = {
    "entered_review_mode": "review begins",
    "exited_review_mode": "review ends",
    "thread_goal_updated": "goal",
    "thread_name_updated": "renamed",
    "plan_update": "plan",
    "undo_completed": "undone",
    "stream_error": "connection lost, trying again",
}


def notice(kind: NoticeKind, title: str, line: Line, body: Body | None = None) -> Notice:
    """A notice of a record."""
    return Notice(kind, title_from(title), body or Body(), line.at, line.span)


def injected(kind: Injection, text: str, line: Line, pointer: str) -> Notice | None:
    """A message that the machine put before the model; None if another record tells of it."""
    if kind is Injection.ABORTED:
        return None
    if kind is Injection.SHELL:
        command, result = shell_command_of(text)
        return notice(NoticeKind.COMMAND_OUTPUT, f"!{command}", line, Body.of(result))
    title = _tag_of(text) if kind is Injection.CONTEXT else inner_text(text)
    if kind is Injection.NOTIFICATION:
        title = "a sub-agent reported"
    return notice(_INJECTED[kind], title, line, line.body(text, pointer))


def context(text: str, line: Line, pointer: str) -> Notice:
    """What the agent itself tells the model."""
    title = _tag_of(text) if text.lstrip().startswith("<") else one_line(text)
    return notice(NoticeKind.CONTEXT, title, line, line.body(text, pointer))


def agent_message(line: Line) -> Notice:
    """What another agent wrote."""
    message = AgentMessage.of(line.payload)
    about = message.kind.replace("_", " ").lower() or "message"
    body = Body.of(message.text) if message.text else Body()
    return notice(NoticeKind.INFO, f"{about} from {message.author or 'an agent'}", line, body)


def command(fields: dict[str, Any], line: Line, pointer: str) -> Notice:
    """A command that a script of code mode, or the user, ran."""
    code = number_of(fields, "exit_code")
    title = command_line(fields.get("command")) or "command"
    ending = f" → exit {code}" if code else ""
    body = line.body(text_of(fields, "aggregated_output"), f"{pointer}/aggregated_output")
    return notice(NoticeKind.COMMAND_OUTPUT, f"{one_line(title)[:160]}{ending}", line, body)


def tool(fields: dict[str, Any], line: Line, pointer: str) -> Notice:
    """A tool of a server that a script of code mode called."""
    invocation = mapping_of(fields, "invocation") or fields
    name = f"{text_of(invocation, 'server')}/{text_of(invocation, 'tool')}"
    return notice(NoticeKind.INFO, f"called {name}", line, line.body("", pointer))


def search(fields: dict[str, Any], line: Line) -> Notice:
    """A search that a script of code mode made."""
    return notice(NoticeKind.INFO, f"searched {text_of(fields, 'query')}", line)


def compaction(line: Line) -> Notice:
    """The context was replaced by a summary."""
    text = text_of(line.payload, "message")
    body = line.body(text, "/message") if line.envelope == "compacted" else Body()
    return notice(NoticeKind.COMPACTION, "context compacted", line, body)


def rolled_back(line: Line) -> Notice:
    """Turns were taken out of the context."""
    count = number_of(line.payload, "num_turns") or 0
    turns = "the last turn" if count == 1 else f"the last {count} turns"
    return notice(NoticeKind.INFO, f"{turns} rolled back", line)


def interruption(line: Line) -> Notice:
    """The user, or something else, ended the turn."""
    reason = text_of(line.payload, "reason") or "interrupted"
    return notice(NoticeKind.INTERRUPTION, reason.replace("_", " "), line)


def activity(fields: dict[str, Any], line: Line) -> Notice:
    """A sub-agent did something."""
    name = text_of(fields, "agent_path") or text_of(fields, "agent_thread_id") or "a sub-agent"
    return notice(NoticeKind.INFO, f"{name}: {text_of(fields, 'kind')}", line)


def event(line: Line) -> Notice:
    """Any other event that is known to be a remark."""
    payload = line.payload
    words = (
        text_of(payload, "message")
        or text_of(payload, "thread_name")
        or text_of(payload, "user_facing_hint")
        or text_of(mapping_of(payload, "goal"), "objective")
        or text_of(mapping_of(payload, "review_output"), "overall_explanation")
    )
    name = _EVENT_TITLES.get(line.type, "")
    title = ": ".join(part for part in (name, one_line(words)) if part) or line.type
    kind = _EVENT_KINDS.get(line.type, NoticeKind.INFO)
    return notice(kind, title, line, Body.of(words) if len(words) > len(title) else None)


def _tag_of(text: str) -> str:
    head = text.strip()[:60]
    return head[1:].partition(">")[0].partition(" ")[0] if head.startswith("<") else one_line(head)
