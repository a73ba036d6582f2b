"""The fields of the filter language. A further one is a row here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from aimux_tui.model.annotation import Label, Verdict
from aimux_tui.model.session import Status
from aimux_tui.model.turn import TurnKind
from aimux_tui.query.facts import SessionFacts, TurnFacts
from aimux_tui.query.terms import Operator, QueryError, Term
from aimux_tui.spelling import suggestion
from aimux_tui.text.times import HINT, parse_when

NONE, ANY = "none", "any"
"""Choices that ask whether there is anything at all."""
EVERYTHING = "*"
"""The value of a text field that wants any text but an empty one."""

_NUMBER = re.compile(r"\$?(\d+(?:\.\d+)?)\s*([kKmMgG]?)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h)?")
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Kind(StrEnum):
    """What the values of a field are, and so how they are compared."""

    TEXT = "text"
    """Found anywhere in the text, upper and lower case alike; `=` wants all of it, `:*` any."""
    CHOICE = "choice"
    NUMBER = "number"
    """With k, M or G for thousands, millions and thousands of millions."""
    DURATION = "duration"
    """Seconds, or with m or h."""
    TIME = "time"


class Field(Struct, frozen=True, kw_only=True):
    """One field: its meaning for a session, for a turn, or for both."""

    name: str
    kind: Kind
    help: str
    example: str
    choices: tuple[str, ...] = ()
    of_session: Callable[[SessionFacts], object] | None = None
    """The texts (an iterable), the number or the time of a session; None if it is unknown."""
    of_turn: Callable[[TurnFacts], object] | None = None
    is_searched: bool = False
    """It needs more than a list has in memory: only a search can answer."""

    def check(self, term: Term) -> None:
        """Raises QueryError if a term cannot be asked of this field."""
        if not term.values or not all(term.values):
            raise self._error(term, "a value is missing", f"for example {self.example}")
        is_ordered = self.kind in {Kind.NUMBER, Kind.DURATION}
        if not is_ordered and term.operator not in {Operator.HAS, Operator.EQUAL}:
            raise self._error(term, f"{self.name} cannot be compared", f"write {self.example}")
        if is_ordered and len(term.values) > 1:
            raise self._error(term, f"{self.name} takes one number")
        for value in term.values:
            self._check_value(term, value)

    def _check_value(self, term: Term, value: str) -> None:
        if self.choices and value.lower() not in self.choices:
            hint = suggestion(value, self.choices)
            raise self._error(term, f"{value!r} is no {self.name}", hint)
        if self.kind is Kind.NUMBER and not _NUMBER.fullmatch(value):
            raise self._error(term, f"{value!r} is no number", f"for example {self.example}")
        if self.kind is Kind.DURATION and not _DURATION.fullmatch(value):
            raise self._error(term, f"{value!r} is no duration", f"for example {self.example}")
        if self.kind is Kind.TIME:
            try:
                parse_when(value, datetime.now(UTC))
            except ValueError:
                raise self._error(term, f"{value!r} is no time", HINT) from None

    @staticmethod
    def _error(term: Term, message: str, hint: str = "") -> QueryError:
        return QueryError(message, hint, start=term.start, end=term.end)


def to_number(kind: Kind, value: str) -> float:
    """The number that a checked value means; durations in seconds."""
    if kind is Kind.DURATION:
        found = _DURATION.fullmatch(value)
        return float(found[1]) * _SECONDS[found[2]] if found else 0.0
    found = _NUMBER.fullmatch(value)
    return float(found[1]) * _SCALES[found[2].lower()] if found else 0.0


def _labels_of_session(facts: SessionFacts) -> list[str]:
    labels = {turn.label for turn in facts.annotations.turns.values() if turn.label}
    return [*labels, ANY] if labels else [NONE]


def _label_of_turn(facts: TurnFacts) -> list[str]:
    label = facts.annotation.label if facts.annotation else None
    return [label, ANY] if label else [NONE]


def _notes_of_session(facts: SessionFacts) -> list[str]:
    notes = [turn.note for turn in facts.annotations.turns.values() if turn.note]
    return [*notes, facts.annotations.session.note]


def _verdict_of_session(facts: SessionFacts) -> list[str]:
    verdict = facts.annotations.session.verdict
    return [verdict, ANY] if verdict else [NONE]


def _duration_of_session(facts: SessionFacts) -> float | None:
    started, updated = facts.session.started, facts.session.updated
    return (updated - started).total_seconds() if started and updated else None


def _duration_of_turn(facts: TurnFacts) -> float | None:
    duration = facts.turn.duration
    return duration.total_seconds() if duration is not None else None


_ROWS = (
    Field(
        name="provider",
        kind=Kind.TEXT,
        help="the agent",
        example="provider:codex",
        of_session=lambda facts: (facts.session.provider,),
    ),
    Field(
        name="project",
        kind=Kind.TEXT,
        help="the project's name or folder",
        example="project:api",
        of_session=lambda facts: (facts.session.project, facts.session.cwd),
    ),
    Field(
        name="branch",
        kind=Kind.TEXT,
        help="the git branch",
        example="branch:main",
        of_session=lambda facts: (facts.session.git_branch,),
    ),
    Field(
        name="model",
        kind=Kind.TEXT,
        help="a model that answered",
        example="model:opus",
        of_session=lambda facts: facts.session.models,
        of_turn=lambda facts: facts.turn.models,
    ),
    Field(
        name="agent",
        kind=Kind.TEXT,
        help="the kind of a sub-agent",
        example="agent:explore",
        of_session=lambda facts: (facts.session.agent_name,),
    ),
    Field(
        name="status",
        kind=Kind.CHOICE,
        help="what the session is doing",
        example="status:waiting",
        choices=tuple(Status),
        of_session=lambda facts: (facts.session.status,),
    ),
    Field(
        name="label",
        kind=Kind.CHOICE,
        help="the label of the turn, or of any turn of the session",
        example="label:bad,waste",
        choices=(*Label, NONE, ANY),
        of_session=_labels_of_session,
        of_turn=_label_of_turn,
    ),
    Field(
        name="note",
        kind=Kind.TEXT,
        help="words of a note",
        example="note:flaky",
        of_session=_notes_of_session,
        of_turn=lambda facts: (facts.annotation.note,) if facts.annotation else (),
    ),
    Field(
        name="verdict",
        kind=Kind.CHOICE,
        help="what became of the session's task",
        example="verdict:failed",
        choices=(*Verdict, NONE, ANY),
        of_session=_verdict_of_session,
    ),
    Field(
        name="tag",
        kind=Kind.TEXT,
        help="a tag of the session",
        example="tag:loop",
        of_session=lambda facts: facts.annotations.session.tags,
    ),
    Field(
        name="tool",
        kind=Kind.TEXT,
        help="a tool that was called",
        example="tool:Bash",
        of_turn=lambda facts: [name for name, _ in facts.turn.tools],
    ),
    Field(
        name="file",
        kind=Kind.TEXT,
        help="a file that was edited",
        example="file:auth.py",
        of_turn=lambda facts: facts.files,
        is_searched=True,
    ),
    Field(
        name="kind",
        kind=Kind.CHOICE,
        help="what began the turn",
        example="kind:steering",
        choices=tuple(TurnKind),
        of_turn=lambda facts: (facts.turn.kind,),
    ),
    Field(
        name="cost",
        kind=Kind.NUMBER,
        help="USD; of a session with its sub-agents",
        example="cost>1",
        of_session=lambda facts: (
            facts.session.total_cost.usd if facts.session.total_cost.is_known else None
        ),
        of_turn=lambda facts: facts.cost.usd if facts.cost.is_known else None,
    ),
    Field(
        name="tokens",
        kind=Kind.NUMBER,
        help="every token read, written or generated; of a session with its sub-agents",
        example="tokens>200k",
        of_session=lambda facts: facts.session.total_usage.total,
        of_turn=lambda facts: facts.turn.usage.total,
    ),
    Field(
        name="turns",
        kind=Kind.NUMBER,
        help="how many turns the session has",
        example="turns>=10",
        of_session=lambda facts: facts.session.turns,
    ),
    Field(
        name="calls",
        kind=Kind.NUMBER,
        help="how many tool calls",
        example="calls>50",
        of_session=lambda facts: facts.session.tool_calls,
        of_turn=lambda facts: facts.turn.tool_calls,
    ),
    Field(
        name="edits",
        kind=Kind.NUMBER,
        help="how many edits",
        example="edits>0",
        of_session=lambda facts: facts.session.edits,
        of_turn=lambda facts: facts.turn.edits,
    ),
    Field(
        name="duration",
        kind=Kind.DURATION,
        help="from begin to end",
        example="duration>5m",
        of_session=_duration_of_session,
        of_turn=_duration_of_turn,
    ),
    Field(
        name="since",
        kind=Kind.TIME,
        help="written to since then; a turn: begun since then",
        example="since:3d",
        of_session=lambda facts: facts.session.updated,
        of_turn=lambda facts: facts.turn.started,
    ),
    Field(
        name="before",
        kind=Kind.TIME,
        help="begun before then",
        example="before:2026-11-01",
        of_session=lambda facts: facts.session.started,
        of_turn=lambda facts: facts.turn.started,
    ),
)

FIELDS = {field.name: field for field in _ROWS}
"""Field name → field, in the order of the help."""


class Flag(Struct, frozen=True, kw_only=True):
    """A word that asks a question by itself; in quotes it is a word like others."""

    name: str
    help: str
    of_session: Callable[[SessionFacts], bool]
    of_turn: Callable[[TurnFacts], bool]


FLAGS = {
    "failed": Flag(
        name="failed",
        help="with a failed tool call",
        of_session=lambda facts: facts.session.failed_tool_calls > 0,
        of_turn=lambda facts: facts.turn.failures > 0,
    ),
}
