"""The steps of a turn, sorted by the model request that they came from."""

from __future__ import annotations

from bisect import bisect_right, insort
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aimux_tui.model.tools import ToolCall
from aimux_tui.model.turn import Text, Thinking, TurnState
from aimux_tui.model.usage import Cost, Request

if TYPE_CHECKING:
    from aimux_tui.export.material import ExportedTurn


class ModelCall(Struct):
    """One request and what the model answered."""

    key: str
    """Unique within the turn."""
    request: Request | None
    """None where the log does not tell what the words cost."""
    cost: Cost | None
    words: list[Text] = field(default_factory=list)
    thoughts: list[Thinking] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    start: datetime | None = None
    """When it could begin: at the prompt, or when what it had waited for was there."""
    end: datetime | None = None
    is_under_way: bool = False
    """It has not ended, or its log does not tell yet: next time it will look otherwise."""

    @property
    def model(self) -> str:
        """As its request or its words name it."""
        if self.request is not None and self.request.model:
            return self.request.model
        models = [word.model for word in self.words] + [step.model for step in self.thoughts]
        return next(filter(None, models), "")


def model_calls(exported: ExportedTurn) -> list[ModelCall]:
    """The model calls of a turn in order, with their times.

    Every word, thought and tool call is in exactly one of them, and every request is one of them.
    """
    places = {request.key: i for i, request in enumerate(exported.requests) if request.key}
    found: dict[tuple[int, int], ModelCall] = {
        (i, 0): ModelCall(key=_key(request, i), request=request, cost=cost)
        for i, (request, cost) in enumerate(
            zip(exported.requests, exported.request_costs, strict=True)
        )
    }
    latest, unknown, is_unknown = -1, 0, False
    for step in exported.turn.steps:
        if not isinstance(step, Text | Thinking | ToolCall):
            continue
        place = places.get(step.request)
        if place is not None:
            latest, is_unknown = max(latest, place), False
            group = found[place, 0]
        else:
            unknown += not is_unknown
            is_unknown = True
            name = (latest, unknown)
            group = found.setdefault(name, ModelCall(key=f"?{unknown}", request=None, cost=None))
        _add(group, step)
    ordered = [found[place] for place in sorted(found)]
    if ordered and exported.turn.summary.state is TurnState.RUNNING:
        ordered[-1].is_under_way = ordered[-1].request is None
    _set_times(ordered, exported.turn.summary.started)
    return ordered


def _key(request: Request, index: int) -> str:
    return f"{request.key:x}" if request.key else f"#{index}"


def _add(group: ModelCall, step: Text | Thinking | ToolCall) -> None:
    match step:
        case Text():
            group.words.append(step)
        case Thinking():
            group.thoughts.append(step)
        case _:
            group.calls.append(step)


def _set_times(ordered: list[ModelCall], started: datetime | None) -> None:
    """A request begins when the newest thing before its first word had happened."""
    moments = [started] if started is not None else []
    for group in ordered:
        own = [word.at for word in group.words] + [step.at for step in group.thoughts]
        own += [call.started for call in group.calls]
        own.append(group.request.at if group.request is not None else None)
        known = [at for at in own if at is not None]
        if known:
            first = min(known)
            group.end = max(known)
            before = bisect_right(moments, first)
            group.start = moments[before - 1] if before else None
            insort(moments, group.end)
        for call in group.calls:
            if call.ended is not None:
                insort(moments, call.ended)
