"""`aimux show`: a session's turns as text, or as JSON."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from aimux_tui.cli.output import as_json
from aimux_tui.cli.sessions import cost_fields, session_fields, token_fields
from aimux_tui.cli.setup import look_around, open_target, read_labels, tell_errors
from aimux_tui.cli.show_text import format_header, format_turn
from aimux_tui.errors import SessionError
from aimux_tui.text.units import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aimux_tui.model.annotation import Annotations, TurnAnnotation
    from aimux_tui.model.body import Body
    from aimux_tui.model.session import Session
    from aimux_tui.model.turn import Turn, TurnSummary
    from aimux_tui.model.usage import Cost
    from aimux_tui.store.trace import Trace


_TYPES = {"ToolCall": "tool_call"}


def run(target: str, *, turn: int | None, as_json: bool, is_full: bool) -> int:
    """Print the session that `target` names. Raises SessionError."""
    surroundings = look_around()
    tell_errors(surroundings)
    library, session = open_target(surroundings, target)
    said = read_labels(surroundings)(session.key)
    with closing(library.open(session.key)) as trace:
        trace.refresh()
        turns = _wanted(trace, turn)
        if as_json:
            _write_json(session, trace, turns, said)
            return 0
        if turn is None:
            print(format_header(session, said))
        for summary in turns:
            text = format_turn(
                trace.read_turn(summary.key),
                trace.cost(summary),
                lambda body: _whole(trace, body) if is_full else body.text,
                said.of_turn(summary.key, summary.number),
                is_full=is_full,
            )
            print(f"\n{text}")
    return 0


def _wanted(trace: Trace, number: int | None) -> list[TurnSummary]:
    """All turns, or the one with this number. Raises SessionError."""
    turns = [turn for turn in trace.turns if number in {None, turn.number}]
    if number is not None and not turns:
        raise SessionError(
            f"no turn {number} in {trace.key}", hint=f"it has {plural(len(trace.turns), 'turn')}"
        )
    return turns


def _whole(trace: Trace, body: Body) -> str:
    return body.text if body.ref is None else trace.body(body.ref)


def _write_json(
    session: Session, trace: Trace, turns: list[TurnSummary], said: Annotations
) -> None:
    """Turn by turn, so that a long session needs little memory."""
    out = sys.stdout
    out.write('{"schema":1,"session":' + as_json(session_fields(session, said)) + ',"turns":[')
    for index, summary in enumerate(turns):
        annotation = said.of_turn(summary.key, summary.number)
        fields = turn_fields(trace.read_turn(summary.key), trace.cost(summary), trace, annotation)
        out.write((",\n" if index else "\n") + as_json(fields))
    out.write("\n]}\n")


def turn_fields(
    turn: Turn, cost: Cost, trace: Trace, annotation: TurnAnnotation | None
) -> dict[str, Any]:
    """A turn as programs read it, nothing cut."""
    summary = turn.summary
    return {
        "key": summary.key,
        "number": summary.number,
        "kind": summary.kind,
        "state": summary.state,
        "started": summary.started,
        "ended": summary.ended,
        "duration_s": summary.duration.total_seconds() if summary.duration else None,
        "models": summary.models,
        "segment": summary.segment,
        "label": annotation.label if annotation else None,
        "note": annotation.note or None if annotation else None,
        "tokens": token_fields(summary.usage),
        "cost": cost_fields(cost),
        "prompt": list(_steps(turn.prompt, trace)),
        "steps": list(_steps(turn.steps, trace)),
    }


def _steps(steps: tuple[Any, ...], trace: Trace) -> Iterator[dict[str, Any]]:
    """Each step's fields with its type; texts whole, places in the log left out."""
    for step in steps:
        fields = {"type": _TYPES.get(type(step).__name__, type(step).__name__.lower())}
        for name in step.__slots__:
            if name not in {"record", "result_record", "ref"}:
                value = getattr(step, name)
                fields[_public(name)] = _whole(trace, value) if _is_body(value) else value
        yield fields


def _is_body(value: object) -> bool:
    return type(value).__name__ == "Body"


def _public(name: str) -> str:
    return {"body": "text", "type": "record_type", "logged_duration": "duration_s"}.get(name, name)
