"""What happened stays in the trace, whatever the CLI does to the history that the model sees."""

from __future__ import annotations

import json
from typing import Literal

import pytest

from aimux_tui.model.log import LogState
from aimux_tui.model.turn import TurnKind, TurnState
from tests.providers.gemini.build import DENIED, Recorder, chat
from tests.providers.gemini.helpers import LINES, details, scanned, titles

Era = Literal["checkpoint", "patch"]
both_eras = pytest.mark.parametrize("era", ["checkpoint", "patch"])


def test_a_message_written_again_counts_once_and_the_last_wins():
    log = Recorder()
    log.prompt("go")
    answer = log.answer("…", (100, 10, 0, 0, 0))
    log.push(log.messages[answer] | {"tokens": {"input": 70, "output": 5, "cached": 20}})

    summary = scanned(log.log()).summary()

    assert (summary.usage.input, summary.usage.cache_read, summary.usage.output) == (50, 20, 5)
    assert summary.usage.requests == len(summary.requests) == 1


def test_tokens_keep_their_one_meaning():
    log = Recorder()
    log.prompt("go")
    log.answer("…", (500, 20, 300, 7, 3))

    usage = scanned(log.log()).summary().usage

    assert usage.input == 500 - 300 + 3
    assert (usage.cache_read, usage.output, usage.reasoning) == (300, 27, 7)
    assert usage.total == 500 + 20 + 7 + 3


def test_a_rewritten_message_keeps_its_request_object():
    """The store prices a request again only if it is another object."""
    log = Recorder()
    log.prompt("go")
    answer = log.answer("…")
    scan = scanned(log.log())
    before = scan.summary().requests
    data = log.log()
    log.push(log.messages[answer] | {"content": "more"})
    scan.feed(log.log()[len(data) :], len(data))

    assert scan.summary().requests[0] is before[0]


@both_eras
def test_resuming_loses_neither_tools_nor_tokens(era: Era):
    log = Recorder(era=era)
    log.prompt("one")
    log.call("read_file", {"file_path": "a"}, "text", tokens=(50, 5, 0, 0, 0))
    log.answer("first")
    before = scanned(log.log()).summary()
    log.resume()
    after = scanned(log.log()).summary()
    log.prompt("two")
    log.answer("second")

    assert (after.turns, after.tool_calls, after.usage) == (1, 1, before.usage)
    assert after.state is before.state is LogState.FINISHED
    assert titles(log.log()) == ["one", "two"]


@both_eras
@pytest.mark.parametrize("summary", ["<state_snapshot>one and two</state_snapshot>", "As agreed"])
def test_compressing_begins_a_segment_and_keeps_what_was_before(era: Era, summary: str):
    log = Recorder(era=era)
    log.prompt("one")
    log.call("read_file", {"file_path": "a"}, "text")
    log.answer("first")
    log.prompt("two")
    log.answer("second")
    log.compress(summary)
    log.prompt("three")
    log.answer("third")

    scan = scanned(log.log())

    assert titles(log.log()) == ["one", "two", "three"]
    assert [turn.segment for turn in scan.turns] == [0, 0, 1]
    assert scan.summary().compactions == 1
    assert scan.summary().usage.requests == 4
    notices = [step.body.text for step in details(log.log())[1].steps if hasattr(step, "kind")]
    assert notices[0] == summary


@both_eras
def test_masking_old_output_adds_no_turns_and_hides_no_output(era: Era):
    log = Recorder(era=era)
    log.prompt("one")
    log.call("run_shell_command", {"command": "ls"}, "Output: the files")
    log.answer("first")
    log.mask()
    log.merge()
    log.prompt("two")

    turns = details(log.log())

    assert [turn.summary.title for turn in turns] == ["one", "two"]
    assert turns[0].tool_calls[0].output.text == "the files"
    assert scanned(log.log()).summary().tool_calls == 1


def test_a_prompt_typed_twice_counts_twice():
    log = Recorder()
    for _ in range(2):
        log.prompt("continue")
        log.answer("yes")
    log.resume()

    assert titles(log.log()) == ["continue", "continue"]


def test_an_interrupted_prompt_stays_in_the_trace():
    log = Recorder()
    log.prompt("one")
    log.answer("first")
    log.prompt("two")
    log.call("write_file", {"file_path": "a", "content": "x\n"}, "Successfully created")
    log.abort()
    log.prompt("three")
    log.answer("third")

    turns = scanned(log.log()).turns

    assert [turn.title for turn in turns] == ["one", "two", "three"]
    assert [turn.state for turn in turns] == [
        TurnState.DONE,
        TurnState.INTERRUPTED,
        TurnState.DONE,
    ]
    assert turns[1].edits == 1


def test_a_prompt_that_failed_without_a_word_is_not_running_for_ever():
    log = Recorder()
    log.prompt("one")
    log.history.pop()
    log.sync()

    scan = scanned(log.log())

    assert scan.turns[0].state is TurnState.INTERRUPTED
    assert scan.summary().state is LogState.INTERRUPTED


def test_a_declined_tool_is_rejected_and_its_copy_is_not_shown():
    log = Recorder()
    log.prompt("do it")
    log.call("run_shell_command", {"command": "rm"}, DENIED, status="cancelled", text="I will.")
    log.add("info", "Request cancelled.")
    log.merge()
    log.prompt("why?")

    scan = scanned(log.log())
    summary = scan.summary()

    assert titles(log.log()) == ["do it", "why?"]
    assert scan.turns[0].state is TurnState.INTERRUPTED
    assert (summary.tool_calls, summary.failed_tool_calls, summary.rejected_tool_calls) == (1, 0, 1)


@both_eras
def test_rewinding_discards_but_shows_what_was_billed(era: Era):
    log = Recorder(era=era)
    log.prompt("one")
    log.answer("first", (100, 10, 0, 0, 0))
    two = log.prompt("two")
    log.call("read_file", {"file_path": "a"}, "text", tokens=(200, 20, 0, 0, 0))
    log.answer("second", (300, 30, 0, 0, 0))
    log.rewind(two)
    log.prompt("three")
    log.answer("third", (400, 40, 0, 0, 0))

    scan = scanned(log.log())
    summary = scan.summary()

    assert titles(log.log()) == ["one", "three"]
    assert [turn.is_discarded for turn in scan.turns] == [False, True, False]
    assert (summary.turns, summary.tool_calls) == (2, 0)
    assert (summary.usage.total, summary.discarded_usage.total) == (550, 550)
    assert sum(request.usage.total for request in summary.requests) == 1100


def test_rewinding_to_the_middle_of_a_turn_splits_it():
    log = Recorder()
    log.prompt("one")
    log.answer("kept", (100, 0, 0, 0, 0))
    gone = log.answer("gone", (200, 0, 0, 0, 0))
    log.rewind(gone)
    log.answer("instead", (400, 0, 0, 0, 0))

    first, second = scanned(log.log()).turns

    assert (first.usage.total, first.is_discarded) == (500, False)
    assert (second.usage.total, second.is_discarded) == (200, True)
    assert second.kind is TurnKind.CONTINUATION


def test_rewinding_to_an_unknown_message_discards_everything():
    log = Recorder()
    log.prompt("one")
    log.answer("first")
    log.records.append({"$rewindTo": "nobody"})

    summary = scanned(log.log()).summary()

    assert (summary.turns, summary.usage.total, summary.discarded_usage.total) == (0, 0, 110)


@both_eras
def test_rewinding_to_a_copy_discards_the_original(era: Era):
    log = Recorder(era=era)
    log.prompt("one")
    log.answer("first")
    log.prompt("two")
    log.answer("second")
    log.compress("<state_snapshot>both</state_snapshot>")
    log.prompt("three")
    log.answer("third")
    log.rewind(log.history[3][0])

    assert titles(log.log()) == ["one"]
    assert scanned(log.log()).summary().turns == 1


def test_a_patch_changes_a_call_in_place():
    log = Recorder()
    log.prompt("go")
    call = log.call("run_shell_command", {"command": "x"}, "Output: all", status="executing")
    message = list(log.messages)[-2]
    change = {"id": call, "status": "error", "result": None}
    log.records.append({"$patch": {"id": message, "toolCalls": [change]}})
    summary = scanned(log.log()).summary()
    turn = details(log.log())[0]

    assert (summary.tool_calls, summary.failed_tool_calls) == (1, 1)
    assert turn.tool_calls[0].status == "failed"
    assert turn.tool_calls[0].output.text == "all"


def test_records_are_told_apart_in_the_order_of_the_cli():
    log = chat()
    log.records.append({"$rewindTo": "nobody", "id": "x", "type": "user", "content": "never"})

    assert titles(log.log()) == []


def test_the_first_identity_holds_and_the_last_times():
    log = chat()
    log.resume()
    log.records.append({"$set": {"sessionId": "another", "summary": "Greetings changed"}})
    summary = scanned(log.log()).summary()

    assert summary.session_id == log.session
    assert summary.key == f"gemini:{log.session}"
    assert (summary.title, summary.title_is_given) == ("Greetings changed", True)
    assert summary.started is not None
    assert summary.started.isoformat() == "2026-05-01T09:00:01+00:00"


def test_a_stub_has_the_key_of_its_session_and_nothing_else():
    stub = Recorder()
    summary = scanned(stub.log()).summary()

    assert summary.key == scanned(chat().log()).summary().key
    assert (summary.turns, summary.requests, summary.state) == (0, (), LogState.EMPTY)
    assert not scanned(stub.log()).turns


def test_a_log_that_begins_with_a_history_takes_it_for_what_happened():
    log = Recorder()
    history = [
        {"id": "a", "type": "user", "content": [{"text": "imported"}]},
        {"id": "b", "type": "gemini", "content": [{"functionCall": {"id": "c", "name": "glob"}}]},
        {"id": "d", "type": "user", "content": [{"functionResponse": {"id": "c", "name": "glob"}}]},
        {"id": "e", "type": "gemini", "content": [{"text": "found"}]},
    ]
    log.records = [log.head, {"$set": {"messages": history}}]

    summary = scanned(log.log()).summary()
    turn = details(log.log())[0]

    assert (summary.turns, summary.tool_calls, summary.state) == (1, 1, LogState.FINISHED)
    assert [call.status for call in turn.tool_calls] == ["ok"]


def test_marks_name_the_first_turn_that_changed():
    log = chat()
    lines = log.lines()
    scan = scanned(b"".join(lines))
    assert scan.changed_since(0)[0] == 0
    _, mark = scan.changed_since(0)
    assert scan.changed_since(mark)[0] == len(scan.turns)

    offset = len(log.log())
    first_answer = next(name for name, message in log.messages.items() if "model" in message)
    again = json.dumps(log.messages[first_answer] | {"tokens": {"input": 9}}).encode() + b"\n"
    scan.feed(again, offset)

    assert scan.changed_since(mark)[0] == 0


def test_the_log_says_what_it_is_doing():
    log = Recorder()
    states = []
    for step in (
        lambda: log.prompt("go"),
        lambda: log.answer(""),
        lambda: log.call("read_file", {}, "x"),
        lambda: log.call("web_fetch", {}, status="executing"),
        lambda: log.answer("I look it up.", (100, 60, 0, 0, 0)),
        lambda: log.answer("done"),
        lambda: log.add("error", "Automatic update failed."),
        lambda: log.prompt("more"),
        lambda: log.add("error", "[API Error: overloaded]"),
    ):
        step()
        states.append(scanned(log.log(), LINES).summary().state)

    assert states == [
        LogState.RESPONDING,
        LogState.RESPONDING,
        LogState.RESPONDING,
        LogState.RESPONDING,
        LogState.RESPONDING,
        LogState.FINISHED,
        LogState.FINISHED,
        LogState.RESPONDING,
        LogState.ERROR,
    ]
    running = Recorder()
    running.prompt("go")
    running.push(
        running.messages[running.answer("")]
        | {"toolCalls": [{"id": "c", "name": "web_fetch", "args": {}, "status": "executing"}]}
    )
    summary = scanned(running.log()).summary()
    assert (summary.state, summary.state_detail) == (LogState.TOOL, "web_fetch")


PROSE = "I will look at how the login page sends its users back to where they came from. " * 10


@pytest.mark.parametrize(
    ("text", "tokens", "state"),
    [
        # Words are four bytes a token; what was generated beyond them is a call not yet recorded.
        (PROSE, 200, LogState.FINISHED),
        (PROSE, 240, LogState.RESPONDING),
        ("Done.", 2, LogState.FINISHED),
        ("Let me see.", 40, LogState.RESPONDING),
        # A digit is a token, and so are many signs: no call hides behind these.
        ("| 2026-11-21 | 10:47:12 | 1,204,533 |\n" * 20, 560, LogState.FINISHED),
        ("if (a[i] != b[j]) { return f(&x, *y); }\n" * 20, 340, LogState.FINISHED),
        ("ログインページのリダイレクトを修正しました。" * 10, 150, LogState.FINISHED),
    ],
)
def test_a_long_text_before_a_short_call_is_no_last_word(text: str, tokens: int, state: LogState):
    log = Recorder()
    log.prompt("go")
    log.answer(text, (100, tokens, 0, 0, 0))
    assert scanned(log.log()).summary().state is state
