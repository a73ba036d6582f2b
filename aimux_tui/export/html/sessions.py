"""A session as a stream of HTML: its head, its turns, sub-agents below their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from aimux_tui.export.html.facts import (
    STATES,
    label_badge,
    note_block,
    session_badges,
    session_facts,
    time_of,
    tokens,
    turn_numbers,
    turn_remark,
    turn_words,
)
from aimux_tui.export.html.folding import begin_fold
from aimux_tui.export.html.markup import EMPTY, Html, begin, end, joined, tag
from aimux_tui.export.html.steps import prompt_block, step_block
from aimux_tui.export.html.tools import begin_call, call_body
from aimux_tui.model.annotation import Label
from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import PROMPT_KINDS
from aimux_tui.text.turns import missing_answer
from aimux_tui.text.units import format_spent, plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.model.session import Session

_OPEN_TURNS = 40
"""The turns of a session with no more than so many stand open."""
_DEEPEST = 8
"""How far sub-agents of sub-agents are followed; a browser has its limits."""
_MOST_FILES = 2_000


class OutlineRow(Struct, frozen=True):
    """What the outline keeps of a turn."""

    ident: str
    number: int
    title: str
    label: Label | None
    has_note: bool
    has_failed: bool


class FileRow(Struct):
    """What was done to a file."""

    ident: str
    """Of the first turn that edited it."""
    edits: int = 0
    additions: int = 0
    deletions: int = 0


class SessionStream:
    """Writes one session; what the outline needs of it is there when it has gone by."""

    def __init__(self, material: Material, ident: str, zone: tzinfo | None) -> None:
        self.session = material.session
        self.ident = ident
        self.outline: list[OutlineRow] = []
        self.files: dict[str, FileRow] = {}
        self._material = material
        self._zone = zone
        self._agents = 0
        self._is_open = material.session.turns <= _OPEN_TURNS

    def chunks(self) -> Iterator[Html]:
        """The whole session. Raises OSError, SessionError."""
        material = self._material
        annotations = material.annotations
        yield begin("article", id=self.ident)
        yield tag(
            "header",
            tag("h1", title_of(material.session), dir="auto"),
            session_badges(annotations.session, annotations.tally),
            note_block(annotations.session.note, annotations.session.author),
            session_facts(material, self._zone),
            *_warnings(material),
        )
        for exported in material.turns():
            self._remember(exported)
            yield from self._turn(material, exported, self.ident, 0)
        yield from self._other_children(material, 0)
        yield self._file_table()
        yield end("article")

    # A turn.

    def _turn(
        self, material: Material, exported: ExportedTurn, ident: str, depth: int
    ) -> Iterator[Html]:
        turn, annotation = exported.turn, exported.annotation
        summary = turn.summary
        label = annotation.label if annotation else None
        yield begin(
            "details",
            id=f"{ident}-{summary.number}",
            class_=_classes(exported, is_top=not depth),
            open=self._is_open or bool(depth) or bool(annotation),
        )
        state = STATES.get(summary.state)
        yield tag(
            "summary",
            tag("a", str(summary.number), href=f"#{ident}-{summary.number}", class_="number"),
            time_of(summary.started, self._zone, is_short=True),
            tag("span", summary.title or "(no prompt)", class_="title", dir="auto"),
            label_badge(label),
            tag("span", "✎", class_="pen", title="has a note")
            if annotation and annotation.note
            else EMPTY,
            tag("span", state, class_="warn") if state else EMPTY,
            turn_numbers(exported),
        )
        yield joined(begin("div", class_="body"), turn_remark(annotation))
        kind = "" if summary.kind in PROMPT_KINDS else summary.kind.value
        yield joined(
            tag("p", kind, class_="kind") if kind else EMPTY, prompt_block(turn, material.text)
        )
        for step in turn.steps:
            if isinstance(step, ToolCall):
                yield from self._call(material, step, f"{ident}-{summary.number}", depth)
            else:
                yield step_block(step, material.text)
        words = missing_answer(summary)
        yield tag("p", words, class_="note") if words else EMPTY
        yield joined(turn_words(summary), end("div"), end("details"))

    def _call(self, material: Material, call: ToolCall, ident: str, depth: int) -> Iterator[Html]:
        for edit in call.edits:
            self._count_edit(edit.new_path or edit.path, ident, edit.additions, edit.deletions)
        yield begin_call(call)
        yield begin("div", class_="body")
        yield from call_body(call, material)
        yield joined(end("div"), end("details"))
        if not call.child_key:
            return
        if depth >= _DEEPEST:
            yield tag("p", f"sub-agent {call.child_key}: too deep to be shown here", class_="warn")
            return
        child = material.child_of(call)
        if child is not None:
            yield from self._child(child, depth + 1)

    # Sub-agents.

    def _child(self, child: Material, depth: int) -> Iterator[Html]:
        try:
            self._agents += 1
            ident = f"{self.ident}-a{self._agents}"
            session, annotations = child.session, child.annotations
            yield begin_fold(*_child_heading(session), class_="agent")
            yield begin("div", class_="body")
            yield joined(
                session_badges(annotations.session, annotations.tally),
                note_block(annotations.session.note, annotations.session.author),
                *_warnings(child),
            )
            for exported in child.turns():
                yield from self._turn(child, exported, ident, depth)
            yield from self._other_children(child, depth)
            yield joined(end("div"), end("details"))
        finally:
            child.close()

    def _other_children(self, material: Material, depth: int) -> Iterator[Html]:
        if depth >= _DEEPEST:
            return
        for number, child in enumerate(material.other_children()):
            if not number:
                yield tag("h2", "Sub-agents that no call above led to")
            yield from self._child(child, depth + 1)

    # What is kept.

    def _remember(self, exported: ExportedTurn) -> None:
        summary, annotation = exported.turn.summary, exported.annotation
        self.outline.append(
            OutlineRow(
                f"{self.ident}-{summary.number}",
                summary.number,
                summary.title or "(no prompt)",
                annotation.label if annotation else None,
                bool(annotation and annotation.note),
                bool(summary.failures),
            )
        )

    def _count_edit(self, path: str, ident: str, additions: int, deletions: int) -> None:
        row = self.files.get(path)
        if row is None:
            if len(self.files) >= _MOST_FILES:
                return
            row = self.files[path] = FileRow(ident)
        row.edits += 1
        row.additions += additions
        row.deletions += deletions

    def _file_table(self) -> Html:
        if not self.files:
            return EMPTY
        rows = (
            tag(
                "tr",
                tag("td", tag("code", path)),
                tag("td", tag("a", plural(row.edits, "edit"), href=f"#{row.ident}")),
                tag("td", f"+{row.additions:,}", class_="ok"),
                tag("td", f"\N{MINUS SIGN}{row.deletions:,}", class_="bad"),
            )
            for path, row in sorted(self.files.items())
        )
        most = "" if len(self.files) < _MOST_FILES else f" (the first {_MOST_FILES:,})"
        return joined(
            tag("h2", f"Files changed{most}"),
            tag("div", tag("table", tag("tbody", *rows), class_="files"), class_="scroll"),
        )


def title_of(session: Session) -> str:
    """A name for a session."""
    return " ".join(session.title.split()) or "(no prompt)"


def _classes(exported: ExportedTurn, *, is_top: bool) -> str:
    """What filters and colours go by."""
    annotation = exported.annotation
    names = ["turn", annotation.label.value if annotation and annotation.label else "unlabelled"]
    if is_top:
        names.append("top")
    if annotation and annotation.note:
        names.append("noted")
    if exported.turn.summary.failures:
        names.append("failed")
    return " ".join(names)


def _child_heading(session: Session) -> Iterator[Html]:
    yield tag("span", "↳", class_="glyph")
    yield tag("b", session.agent_name or "sub-agent")
    yield tag("span", title_of(session), class_="snippet", dir="auto")
    spent = format_spent(session.total_usage, session.total_cost)
    words = joined(
        f"{plural(session.tool_calls, 'call')}  ", tokens(session.total_usage), f"  {spent}"
    )
    yield tag("span", words, class_="numbers")


def _warnings(material: Material) -> Iterator[Html]:
    if material.left_out:
        yield tag(
            "p", f"{plural(material.left_out, 'turn')} left out: not asked for", class_="warn"
        )
    if material.session.bad_lines:
        words = f"{plural(material.session.bad_lines, 'line')} of the log could not be read"
        yield tag("p", words, class_="warn")
    if material.session.is_partial:
        yield tag("p", "the log was still being read: its counts are too low", class_="warn")
