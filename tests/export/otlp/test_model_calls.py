"""Which words and calls belong to which model request, and when that was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aimux_tui.export.material import ExportedTurn
from aimux_tui.export.otlp.model_calls import model_calls
from aimux_tui.model.body import Body
from aimux_tui.model.tools import ToolCall, ToolKind
from aimux_tui.model.turn import Step, Text, Thinking, Turn, TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Cost, Request, Usage

START = datetime(2026, 5, 1, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def said(words: str, second: float, request: int = 0) -> Text:
    return Text(Body.of(words), at(second), request=request)


def call(second: float, end: float | None, request: int = 0) -> ToolCall:
    ended = at(end) if end is not None else None
    return ToolCall("c", "Bash", ToolKind.EXECUTE, {}, started=at(second), ended=ended,
                    request=request)  # fmt: skip


def asked(key: int, second: float) -> Request:
    return Request(key, at(second), "m", Usage(input=1, output=1, requests=1))


def turn(
    *steps: Step, requests: tuple[Request, ...] = (), state: TurnState = TurnState.DONE
) -> ExportedTurn:
    summary = TurnSummary(
        "t", 1, TurnKind.PROMPT, "go", START, at(99), state, Usage(), 0, len(requests)
    )
    costs = tuple(Cost(1.0) for _ in requests)
    return ExportedTurn(Turn(summary, (), steps), Cost(), requests, costs, None)


def test_each_step_goes_to_its_request():
    calls = model_calls(
        turn(
            Thinking(Body.of("hm"), at=at(2), request=7), said("one", 3, 7), call(3, 5, 7),
            said("two", 8, 9), requests=(asked(7, 2), asked(9, 8)),
        )
    )  # fmt: skip
    assert [(c.key, len(c.thoughts), len(c.words), len(c.calls)) for c in calls] == [
        ("7", 1, 1, 1),
        ("9", 0, 1, 0),
    ]


def test_a_request_begins_when_what_it_waited_for_was_there():
    first, second = model_calls(
        turn(said("one", 3, 7), call(3, 6, 7), said("two", 8, 9),
             requests=(asked(7, 3), asked(9, 8)))
    )  # fmt: skip
    assert (first.start, first.end) == (START, at(3))
    assert (second.start, second.end) == (at(6), at(8))


def test_a_request_does_not_wait_for_a_tool_that_ended_later():
    _, second = model_calls(
        turn(call(3, 60, 7), said("meanwhile", 8, 9), requests=(asked(7, 3), asked(9, 8)))
    )
    assert (second.start, second.end) == (at(3), at(8))


def test_a_request_without_words_is_a_call_in_its_place():
    calls = model_calls(
        turn(said("a", 3, 7), said("c", 9, 9), requests=(asked(7, 3), asked(8, 5), asked(9, 9)))
    )
    assert [(c.key, len(c.words)) for c in calls] == [("7", 1), ("8", 0), ("9", 1)]
    assert (calls[1].start, calls[1].end) == (at(3), at(5))


def test_words_of_an_unknown_request_are_a_call_without_one():
    calls = model_calls(
        turn(said("?", 2), said("one", 3, 7), said("??", 5, 4711), said("???", 6),
             requests=(asked(7, 3),))
    )  # fmt: skip
    assert [(c.key, c.request is None, len(c.words)) for c in calls] == [
        ("?1", True, 1),
        ("7", False, 1),
        ("?2", True, 2),
    ]
    assert not any(c.is_under_way for c in calls)


def test_what_is_still_arriving_is_under_way():
    *_, last = model_calls(
        turn(said("one", 3, 7), said("…", 5), requests=(asked(7, 3),), state=TurnState.RUNNING)
    )
    assert last.is_under_way


def test_requests_without_ids_are_not_mixed_up():
    calls = model_calls(turn(said("?", 4), requests=(asked(0, 3), asked(0, 5))))
    assert [c.key for c in calls] == ["?1", "#0", "#1"]


def test_a_turn_of_which_nothing_is_known():
    assert model_calls(turn()) == []
    untimed = Text(Body.of("x"), None, request=7)
    (only,) = model_calls(turn(untimed, requests=(Request(7, None, "m", Usage()),)))
    assert (only.start, only.end) == (None, None)
