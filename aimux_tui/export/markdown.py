"""Markdown to paste into an issue: readable, folded, cut to what an issue takes."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from aimux_tui.export.base import utf8
from aimux_tui.export.markdown_text import (
    code_span,
    escaped,
    fenced,
    in_element,
    shortened,
    without_effect,
)
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import Image, Notice, NoticeKind, Text, TurnState
from aimux_tui.text.sanitise import one_line, sanitise
from aimux_tui.text.units import (
    format_bytes,
    format_date,
    format_duration,
    format_spent,
    format_tokens,
    plural,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aimux_tui.export.base import ByteSink, ExportContext, Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.annotation import SessionAnnotation
    from aimux_tui.model.tools import FileEdit
    from aimux_tui.model.turn import Step

DOCUMENT_LIMIT = 60_000
"""Characters of a document: issue trackers take about 65,000."""
_ROWS_ROOM = 4_000
"""Of these, kept for a row for each turn that has no room."""
_WORDS_LIMIT = 6_000
_INPUT_LIMIT = 1_500
_OUTPUT_LIMIT = 1_500
_DIFF_LIMIT = 4_000
_DEEPEST = 5
"""Level of a heading that still has one below it."""
_WORTH_TELLING = 0.1
"""Seconds of a call's duration."""
_SIGNS = {
    ToolStatus.OK: "✓",
    ToolStatus.FAILED: "✗",
    ToolStatus.REJECTED: "⊘",
    ToolStatus.CANCELLED: "⊘",
    ToolStatus.RUNNING: "…",
    ToolStatus.UNKNOWN: "?",
}
_TOLD = frozenset({NoticeKind.COMPACTION, NoticeKind.ERROR, NoticeKind.INTERRUPTION})


class MarkdownExporter:
    """Writes turns whole or not at all; those without room are named."""

    name = "markdown"

    def __init__(self, limit: int = DOCUMENT_LIMIT) -> None:
        """`limit` is in characters, for all sessions together."""
        self._limit = limit

    def write(self, materials: Iterable[Material], out: ByteSink, context: ExportContext) -> None:
        """Write everything. Raises OSError, SessionError, ExportError."""
        document = _Document(out, self._limit)
        for material in materials:
            document.session(material, level=1)
        document.end(context)


class _Document:
    """What is being written, and how much room is left."""

    def __init__(self, out: ByteSink, limit: int) -> None:
        self._out = out
        self._room = limit
        self._without_room = 0
        """Turns that are not even named."""

    def session(self, material: Material, *, level: int) -> None:
        """A session, its turns, its sub-agents behind the turns that spawned them."""
        head = "\n\n".join(_session_parts(material, level)) + "\n\n"
        if not self._put(head, reserve=_ROWS_ROOM):
            self._without_room += material.session.turns
            return
        below = min(level + 2, _DEEPEST)
        for exported in material.turns():
            text = "\n\n".join(_turn_parts(material, exported, level + 1)) + "\n\n"
            if not self._put(text, reserve=_ROWS_ROOM) and not self._put(_row(exported)):
                self._without_room += 1
            for call in exported.turn.tool_calls:
                if (child := material.child_of(call)) is not None:
                    with closing(child):
                        self.session(child, level=below)
        for child in material.other_children():
            with closing(child):
                self.session(child, level=below)
        if material.left_out:
            self._put(f"*{plural(material.left_out, 'turn')} not chosen.*\n\n")

    def end(self, context: ExportContext) -> None:
        """What is missing, and where it comes from."""
        words = ["Exported by aimux"]
        if context.profile != "full":
            words.append(f"profile {context.profile}")
        if self._without_room:
            words.append(f"{plural(self._without_room, 'more turn')} had no room")
        self._out.write(utf8(f"\n<sub>{', '.join(words)}.</sub>\n"))

    def _put(self, text: str, *, reserve: int = 0) -> bool:
        """Write a part if there is room for it beside what is reserved."""
        if len(text) + reserve > self._room:
            return False
        self._room -= len(text)
        self._out.write(utf8(text))
        return True


def _session_parts(material: Material, level: int) -> Iterator[str]:
    session = material.session
    title = escaped(session.title, 120) or "(no prompt)"
    name = f"Sub-agent {escaped(session.agent_name)}: " if session.parent_key else ""
    yield f"{'#' * level} {name}{title}"
    facts = [
        escaped(f"{session.provider} {session.agent_version}".strip()),
        ", ".join(map(code_span, session.models)),
        format_date(session.started),
        plural(session.turns, "turn"),
        plural(session.tool_calls, "tool call")
        + (f" ({session.failed_tool_calls} failed)" if session.failed_tool_calls else ""),
        f"{format_tokens(session.total_usage)} tokens",
        format_spent(session.total_usage, session.total_cost),
    ]
    yield " · ".join(fact for fact in facts if fact)
    if annotation := material.annotations.session:
        yield _verdict(annotation)


def _verdict(annotation: SessionAnnotation) -> str:
    words = [f"**{annotation.verdict.upper()}**"] if annotation.verdict else []
    words += map(code_span, annotation.tags)
    if annotation.note:
        words.append(without_effect(annotation.note))
    return " ".join(words)


def _turn_parts(material: Material, exported: ExportedTurn, level: int) -> Iterator[str]:
    """A turn as paragraphs; what is between the prompt and the answer is folded."""
    turn, summary = exported.turn, exported.turn.summary
    words = [f"{summary.number}", summary.kind, format_duration(summary.duration)]
    words.append(format_spent(summary.usage, exported.cost))
    if summary.state is not TurnState.DONE:
        words.append(summary.state)
    yield f"{'#' * level} Turn {' · '.join(words)}"
    if annotation := exported.annotation:
        label = f"**{annotation.label.upper()}** " if annotation.label else ""
        yield f"{label}{without_effect(annotation.note)}".strip()
    if prompt := "\n\n".join(_prompt_part(material, part) for part in turn.prompt):
        yield "\n".join(f"> {line}".rstrip() for line in prompt.splitlines())
    yield from (part for step in turn.steps if (part := _step(material, step)))


def _prompt_part(material: Material, part: Text | Image) -> str:
    if isinstance(part, Image):
        return f"*(image: {escaped(part.media_type)}, {format_bytes(part.size)})*"
    return without_effect(shortened(material.text(part.body), _WORDS_LIMIT))


def _step(material: Material, step: Step) -> str:
    match step:
        case Text():
            return without_effect(shortened(material.text(step.body), _WORDS_LIMIT))
        case ToolCall():
            return _call(material, step)
        case Notice() if step.kind in _TOLD:
            return f"*{escaped(step.title)}*"
        case _:
            return ""  # thinking and the machine's own records are not for an issue


def _call(material: Material, call: ToolCall) -> str:
    """A tool call, folded to one line."""
    name, snippet = in_element(call.name), in_element(call.snippet, 160)
    line = f"{_SIGNS[call.status]} <b>{name}</b> {snippet}"
    if call.exit_code:
        line += f" · exit {call.exit_code}"
    if call.duration and call.duration.total_seconds() >= _WORTH_TELLING:
        line += f" · {format_duration(call.duration)}"
    parts = list(_call_parts(material, call))
    if not parts:
        return f"<div>{line}</div>"
    body = "\n\n".join(parts)
    return f"<details><summary>{line}</summary>\n\n{body}\n\n</details>"


def _call_parts(material: Material, call: ToolCall) -> Iterator[str]:
    if call.error:
        yield escaped(call.error)
    if call.edits:
        yield from (_edit(edit) for edit in call.edits)
        return
    given = material.arguments(call)
    if (command := given.get("command")) and isinstance(command, str):
        yield fenced(shortened(sanitise(command), _INPUT_LIMIT), "sh")
    elif given and list(given.values()) != [call.snippet]:
        lines = (f"{one_line(str(name), 60)}: {value}" for name, value in given.items())
        yield fenced(shortened(sanitise("\n".join(lines)), _INPUT_LIMIT))
    if output := sanitise(material.text(call.output)).rstrip():
        yield fenced(shortened(output, _OUTPUT_LIMIT))


def _edit(edit: FileEdit) -> str:
    moved = f" → {edit.new_path}" if edit.new_path else ""
    words = f"{edit.operation} {edit.path}{moved} +{edit.additions} -{edit.deletions}"
    lines: list[str] = []
    for hunk in edit.hunks:
        start = "" if hunk.new_start is None else f" line {hunk.new_start}"
        lines.append(f"@@{start} @@")
        lines += [sanitise(line).replace("\n", " ") for line in hunk.lines]
    proposed = " (proposed)" if edit.is_proposed else ""
    head = escaped(words) + proposed
    return (
        f"{head}\n\n{fenced(shortened(chr(10).join(lines), _DIFF_LIMIT), 'diff')}"
        if lines
        else head
    )


def _row(exported: ExportedTurn) -> str:
    """A turn that has no room, in a line."""
    summary = exported.turn.summary
    spent = format_spent(summary.usage, exported.cost)
    title = escaped(summary.title, 80)
    return f"- Turn {summary.number} (left out for its length): {title} · {spent}\n"


EXPORTER = MarkdownExporter()
