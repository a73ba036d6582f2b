"""A session with everything taken out of it that must not leave: the same for every exporter."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from msgspec import Struct
from msgspec.structs import fields, replace

from aimux_tui.export.redaction.redactor import Place
from aimux_tui.model.annotation import Annotations, SessionAnnotation, TurnAnnotation
from aimux_tui.model.body import Body, BodyRef
from aimux_tui.model.log import Problem
from aimux_tui.model.session import Session
from aimux_tui.model.tools import FileEdit, Hunk, ToolCall
from aimux_tui.model.turn import Notice, Turn, TurnSummary
from aimux_tui.model.usage import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from aimux_tui.export.base import Material
    from aimux_tui.export.material import ExportedTurn
    from aimux_tui.export.redaction.redactor import Redactor

_KEPT = {
    Session: {
        "key", "provider", "session_id", "agent_version", "agent_name", "models", "parent_key",
        "parent_tool_call_id", "children", "forked_from", "hidden_reason",
    },
    Turn: {"ids"},
    TurnSummary: {"key", "models", "tools"},
    TurnAnnotation: {"turn_key", "content_hash"},
    ToolCall: {"id", "name", "child_key"},
    FileEdit: {"operation"},
    Cost: {"unpriced_models"},
}  # fmt: skip
"""Fields that are never touched: names and ids by which things are found again."""
_NAMES_KEPT = {"model", "media_type", "type"}
"""The same in steps of every kind."""
_NAMES = {
    Session: {"git_branch", "cwd", "project", "path", "other_paths", "archived_from"},
    FileEdit: {"path", "new_path"},
    Problem: {"reason"},
    TurnAnnotation: {"note", "author"},
    SessionAnnotation: {"note", "author", "tags"},
}
"""Fields that stay where words are removed: names, and what was written to be exported."""
_BRIEF = {
    Session: {"title", "status_reason"},
    TurnSummary: {"title"},
    ToolCall: {"snippet", "error"},
    Notice: {"title"},
}
"""Fields that are made from longer texts, and may be cut anywhere."""
_WITHOUT_TEXT = (Enum, int, float, datetime, timedelta, type(None))
_DIFF_SIGNS = frozenset(("", " ", "-", "+", "\\"))
_WRITTEN_AS = {"body": "text"}
"""Field → its name in the JSONL export."""
_SUMMARY = "summary"
"""Its fields are those of the turn there."""

T = TypeVar("T")


class _Treatment(Enum):
    """What is done to the texts of a field."""

    NAME = auto()
    BRIEF = auto()
    WORDS = auto()


class RedactedMaterial:
    """Fulfils `export.base.Material` by another one, less what its redactor takes out."""

    def __init__(self, material: Material, redactor: Redactor) -> None:
        self._inner = material
        self._redactor = redactor
        self.session: Session
        self.annotations: Annotations
        self.session, self.annotations = redactor.settled(self._head)

    @property
    def left_out(self) -> int:
        """How many turns are not exported."""
        return self._inner.left_out

    def turns(self) -> Iterator[ExportedTurn]:
        """The turns, texts whole as far as they may leave."""
        for exported in self._inner.turns():
            yield self._redactor.settled(partial(self._turn, exported))

    def text(self, body: Body) -> str:
        """The whole of a text, as far as it may leave."""
        return body.text

    def arguments(self, call: ToolCall) -> Mapping[str, Any]:
        """The whole input of a tool call, as far as it may leave."""
        return call.input

    def child_of(self, call: ToolCall) -> Material | None:
        """The sub-agent that a tool call spawned."""
        child = self._inner.child_of(call)
        return None if child is None else RedactedMaterial(child, self._redactor)

    def other_children(self) -> Iterator[Material]:
        """The sub-agents that no call led to."""
        for child in self._inner.other_children():
            yield RedactedMaterial(child, self._redactor)

    def close(self) -> None:
        """Let go of what was kept."""
        self._inner.close()

    def _head(self) -> tuple[Session, Annotations]:
        """The session, and what is said of it and its turns."""
        place = Place(self._inner.session.key)
        said = self._inner.annotations
        turns = {
            key: self._go_over(turn, Place(place.session, key, "/annotation"))
            for key, turn in said.turns.items()
        }
        whole = self._go_over(said.session, place / "annotation")
        session = self._go_over(self._inner.session, place)
        return session, Annotations(said.session_key, whole, turns)

    def _turn(self, exported: ExportedTurn) -> ExportedTurn:
        summary = exported.turn.summary
        turn = self._go_over(exported.turn, Place(self.session.key, summary.key))
        annotation = self.annotations.of_turn(summary.key, summary.number)
        return replace(exported, turn=turn, annotation=annotation)

    def _go_over(self, value: T, place: Place, name: str = "") -> T:
        """A value of the same type; whatever is not known to be harmless counts as words."""
        result: object = value
        match value:
            case str() if type(value) is str:  # not an enum
                result = self._redactor.words(value, place, name=name)
            case Body():
                whole = self._redactor.words(self._inner.text(value), place, name=name)
                result = Body(whole, len(whole))
            case BodyRef():
                result = None
            case Hunk():
                result = replace(value, lines=self._lines(value.lines, place / "lines"))
            case ToolCall():
                result = self._call(value, place)
            case Struct():
                result = self._struct(value, place)
            case tuple() | list():
                result = type(value)(
                    self._go_over(item, place / index, name) for index, item in enumerate(value)
                )
            case dict():
                names = [
                    self._redactor.argument(str(key), place, number)
                    for number, key in enumerate(value)
                ]
                result = {
                    name: self._go_over(item, place / name, str(key))
                    for name, (key, item) in zip(names, value.items(), strict=True)
                }
            case _:
                pass
        return cast("T", result)

    def _struct(self, value: Struct, place: Place) -> Struct:
        changes: dict[str, object] = {}
        for name, treatment in _plan(type(value)):
            old = getattr(value, name)
            if not old:
                continue
            here = place if name == _SUMMARY else place / _WRITTEN_AS.get(name, name)
            match treatment:
                case _Treatment.NAME:
                    new: object = _each(old, partial(self._redactor.name, place=here))
                case _Treatment.BRIEF:
                    new = _each(old, partial(self._redactor.brief, place=here))
                case _Treatment.WORDS:
                    new = self._go_over(old, here)
            if new is not old:
                changes[name] = new
        return replace(value, **changes) if changes else value

    def _call(self, call: ToolCall, place: Place) -> Struct:
        """Its whole input stands in `input`, where names tell what is a secret."""
        given = self._go_over(dict(self._inner.arguments(call)), place / "input")
        rest = replace(call, input={}, input_body=Body())
        return replace(self._struct(rest, place), input=given)

    def _lines(self, lines: tuple[str, ...], place: Place) -> tuple[str, ...]:
        """Lines of a diff as one text: a secret may go over several."""
        if self._redactor.removes_words:
            return ()
        kept = self._redactor.words("\n".join(lines), place).split("\n")
        # What was cut in the middle of a line is no line of either side.
        return tuple(line if line[:1] in _DIFF_SIGNS else f"\\ {line}" for line in kept)


@cache
def _plan(kind: type[Struct]) -> tuple[tuple[str, _Treatment], ...]:
    """The fields of a Struct that may hold text which must be gone over, and how."""
    kept = _KEPT.get(kind, _NAMES_KEPT)
    return tuple(
        (field.name, _treatment(kind, field.name))
        for field in fields(kind)
        if field.name not in kept and _may_hold_text(field.type)
    )


def _treatment(kind: type[Struct], name: str) -> _Treatment:
    if name in _NAMES.get(kind, ()):
        return _Treatment.NAME
    return _Treatment.BRIEF if name in _BRIEF.get(kind, ()) else _Treatment.WORDS


def _may_hold_text(kind: Any) -> bool:
    """Whether a value of a type can hold a text; of what is not known, that it can."""
    if parts := [part for part in get_args(kind) if part is not Ellipsis]:
        return any(map(_may_hold_text, parts))
    if not isinstance(kind, type):
        return True
    if issubclass(kind, Struct):
        return any(_may_hold_text(field.type) for field in fields(kind))
    return not issubclass(kind, _WITHOUT_TEXT)


def _each(value: object, change: Callable[[str], str]) -> object:
    """A text changed, or each of several."""
    if isinstance(value, str):
        return change(value)
    return tuple(change(text) for text in cast("tuple[str, ...]", value))
