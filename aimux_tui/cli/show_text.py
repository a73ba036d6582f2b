"""A session's turns as readable text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Image, Notice, Text, Thinking, Turn, TurnState, Unknown
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.turns import missing_answer
from aimux_tui.text.units import (
    format_bytes,
    format_date,
    format_duration,
    format_spent,
    format_tokens,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aimux_tui.model.annotation import Annotations, TurnAnnotation
    from aimux_tui.model.body import Body
    from aimux_tui.model.session import Session
    from aimux_tui.model.tools import FileEdit
    from aimux_tui.model.turn import Step
    from aimux_tui.model.usage import Cost

_OUTPUT_LINES = 12
_GLYPHS = {
    ToolStatus.OK: "✓",
    ToolStatus.FAILED: "✗",
    ToolStatus.REJECTED: "⊘",
    ToolStatus.CANCELLED: "⊘",
    ToolStatus.RUNNING: "…",
    ToolStatus.UNKNOWN: "?",
}


def format_header(session: Session, said: Annotations) -> str:
    """What is known of the session and said of it, in a few lines."""
    lines = [
        one_line(session.title or "(no prompt yet)"),
        f"{session.key}  {session.status} ({one_line(session.status_reason)})",
        f"{one_line(session.cwd) or '(no folder)'}"
        + (f"  on {one_line(session.git_branch)}" if session.git_branch else ""),
        f"{format_date(session.started)} to {format_date(session.updated)}  "
        + ", ".join(one_line(model) for model in session.models),
        (
            f"{plural(session.turns, 'turn')}, {plural(session.tool_calls, 'tool call')} "
            f"({session.failed_tool_calls} failed), {plural(session.edits, 'edit')} "
            f"(+{session.additions} -{session.deletions}), "
            f"{format_tokens(session.total_usage)} tokens, "
            f"{format_spent(session.total_usage, session.total_cost)}"
        ),
    ]
    if session.descendants:
        lines.append(f"with {plural(session.descendants, 'sub-agent')}")
    if session.archived_from:
        lines.append("archived: its agent has deleted the log, this is aimux's copy")
    if judged := format_judgement(said):
        lines.append(judged)
    if session.bad_lines:
        lines.append(f"{plural(session.bad_lines, 'line')} of the log could not be read")
    return "\n".join(lines)


def format_judgement(said: Annotations) -> str:
    """What is said of a session and how its turns are labelled, in a line; "" if nothing is."""
    tally, whole = said.tally, said.session
    parts = [
        f"{number} {name}"
        for name, number in (("good", tally.good), ("bad", tally.bad), ("waste", tally.waste))
        if number
    ]
    parts += [plural(tally.notes, "note")] if tally.notes else []
    judged = [*([str(whole.verdict)] if whole.verdict else []), *(f"#{tag}" for tag in whole.tags)]
    words = [", ".join(parts), " ".join(judged), whole.note]
    return one_line("; ".join(word for word in words if word))


def format_turn(
    turn: Turn,
    cost: Cost,
    read: Callable[[Body], str],
    annotation: TurnAnnotation | None = None,
    *,
    is_full: bool = False,
) -> str:
    """One turn: its heading, the prompt, and what the agent did."""
    summary = turn.summary
    heading = (
        f"── {summary.number} {summary.kind} · {format_date(summary.started)} · "
        f"{format_duration(summary.duration)} · {format_tokens(summary.usage)} · "
        f"{format_spent(summary.usage, cost)}"
    )
    if summary.state is not TurnState.DONE:
        heading += f" · {summary.state}"
    if annotation is not None and annotation.label is not None:
        heading += f" · {annotation.label.upper()}"
    parts = [heading]
    if annotation is not None and annotation.note:
        parts.append(textwrap.indent(sanitise(annotation.note), "✎ ", lambda _: True))
    for block in turn.prompt:
        text = _step_text(block, read, is_full=is_full)
        parts.append(textwrap.indent(text, "> ", lambda _: True))
    parts.extend(_step_text(step, read, is_full=is_full) for step in turn.steps)
    if words := missing_answer(summary):
        parts.append(f"  ({words})")
    return "\n".join(part for part in parts if part)


def _step_text(step: Step, read: Callable[[Body], str], *, is_full: bool) -> str:
    match step:
        case Text():
            return _cut(step.body, read)
        case Thinking(is_hidden=True):
            return "  ∴ thinking (hidden by the agent)"
        case Thinking():
            return textwrap.indent(_cut(step.body, read), "  ∴ ")
        case ToolCall():
            return "\n".join(_tool_lines(step, read, is_full=is_full))
        case Notice():
            body = _cut(step.body, read) if step.body else ""
            lines = [f"  · {one_line(step.title)}", *_some_lines(body, is_full=is_full)]
            return "\n".join(lines)
        case Image():
            return f"  [image: {one_line(step.media_type)}, {format_bytes(step.size)}]"
        case Unknown():
            return f"  [unknown record: {one_line(step.type)}]"


def _tool_lines(call: ToolCall, read: Callable[[Body], str], *, is_full: bool) -> Iterator[str]:
    line = f"  {_GLYPHS[call.status]} {one_line(call.name)}  {one_line(call.snippet)}"
    if call.duration is not None:
        line += f"  {format_duration(call.duration)}"
    if call.exit_code:
        line += f"  exit {call.exit_code}"
    if call.status in {ToolStatus.REJECTED, ToolStatus.CANCELLED}:
        line += f"  {call.status}"
    yield line.rstrip()
    if call.error:
        yield f"      {one_line(call.error)}"
    for edit in call.edits:
        yield from _edit_lines(edit)
    if not call.edits:
        yield from _some_lines(_cut(call.output, read), is_full=is_full)
    if call.child_key:
        yield f"      → {call.child_key}"


def _edit_lines(edit: FileEdit) -> Iterator[str]:
    moved = f" → {one_line(edit.new_path)}" if edit.new_path else ""
    yield (
        f"      {edit.operation} {one_line(edit.path)}{moved} +{edit.additions} -{edit.deletions}"
        + (" (proposed)" if edit.is_proposed else "")
    )
    for hunk in edit.hunks:
        if hunk.new_start is not None:
            yield f"      @@ line {hunk.new_start}"
        for line in hunk.lines:
            yield "      " + sanitise(line).replace("\n", " ")


def _some_lines(text: str, *, is_full: bool) -> Iterator[str]:
    lines = text.splitlines()
    shown = lines if is_full else lines[:_OUTPUT_LINES]
    for line in shown:
        yield "      " + (line if is_full else line[:400])
    if len(lines) > len(shown):
        yield f"      … {plural(len(lines) - len(shown), 'more line')} (--full shows them)"


def _cut(body: Body, read: Callable[[Body], str]) -> str:
    """The text as it may be printed, with a word about what is missing."""
    raw = read(body)
    text = sanitise(raw).rstrip()
    if len(raw) < body.length:
        text += f"\n… {body.length - len(raw):,} more characters (--full shows them)"
    return text
