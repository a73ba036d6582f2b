"""Broken logs: a bad line costs that line alone, whatever happened to the file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimux_tui.model.tools import ToolStatus
from aimux_tui.providers.gemini import PROVIDER
from aimux_tui.providers.gemini.scan import GeminiScan
from tests.providers.gemini.build import Bytes, Recorder, chat, sub_agent
from tests.providers.gemini.helpers import DOCUMENT, LINES, details, scanned


def busy_chat() -> Recorder:
    """A chat with every operation of the log."""
    log = chat()
    log.call("web_fetch", {"prompt": "x"}, status="executing")
    message = list(log.messages)[-2]
    log.records.append(
        {"$patch": {"id": message, "toolCalls": [{"id": "none", "status": "success"}]}}
    )
    log.answer("fetched")
    sub_agent(log, "Count")
    log.mask()
    log.prompt("and then?")
    gone = log.prompt("never mind")
    log.answer("too late")
    log.rewind(gone)
    log.compress("<state_snapshot>so far</state_snapshot>")
    log.resume()
    log.prompt("finally")
    log.answer("yes", thought="hm")
    log.era = "patch"
    log.mask()
    log.prompt("over")
    log.abort()
    return log


BUSY = busy_chat().lines()


def assert_sums(scan: GeminiScan, data: bytes) -> None:
    """The turns add up to the summary, and the details to the turns."""
    summary = scan.summary()
    visible = [turn for turn in scan.turns if not turn.is_discarded]
    assert summary.usage.total == sum(turn.usage.total for turn in visible)
    assert summary.tool_calls == sum(turn.tool_calls for turn in visible)
    assert summary.failed_tool_calls == sum(turn.failures for turn in visible)
    assert len(summary.requests) == sum(turn.request_count for turn in scan.turns)
    assert len({turn.key for turn in scan.turns}) == len(scan.turns)
    source = Bytes(data, scan._file)
    for turn in scan.turns:
        requests = summary.requests[turn.first_request : turn.first_request + turn.request_count]
        assert turn.usage.total == sum(request.usage.total for request in requests)
        opened = PROVIDER.read_turn(source, turn)
        ok = [call for call in opened.tool_calls if call.status is ToolStatus.OK]
        assert len(opened.tool_calls) == turn.tool_calls
        assert turn.failures == sum(call.status is ToolStatus.FAILED for call in opened.tool_calls)
        edits = [edit for call in ok for edit in call.edits]
        assert (turn.edits, turn.additions, turn.deletions) == (
            len(edits),
            sum(edit.additions for edit in edits),
            sum(edit.deletions for edit in edits),
        )


def fed_in_pieces(lines: list[bytes], sizes: list[int]) -> GeminiScan:
    """The scan of a log that grows, asked for its turns after every block."""
    scan = PROVIDER.scan(LINES)
    offset = 0
    mark = 0
    seen: list[object] = []
    rest = list(lines)
    for size in [*sizes, len(lines)]:
        block = b"".join(rest[:size])
        del rest[:size]
        if block:
            scan.feed(block, offset)
            offset += len(block)
        first, mark = scan.changed_since(mark)
        # Whoever kept the turns before the first changed one has the same as a new reader.
        seen = [*seen[:first], *scan.turns[first:]]
        assert seen == list(scan.turns)
        scan.summary()
    return scan


def test_the_busy_chat_adds_up():
    data = b"".join(BUSY)
    scan = scanned(data)

    assert_sums(scan, data)
    assert [(turn.title, turn.is_discarded) for turn in scan.turns] == [
        ("Change the greeting", False),
        ("And now?", False),
        ("and then?", False),
        ("never mind", True),
        ("finally", False),
        ("over", True),
    ]
    assert scan.summary().bad_lines == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), max_size=40))
def test_growing_comes_to_the_same_as_reading_at_once(sizes: list[int]):
    whole = scanned(b"".join(BUSY))
    grown = fed_in_pieces(BUSY, sizes)

    assert grown.turns == whole.turns
    assert grown.summary() == whole.summary()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_lines_in_any_order_and_number_add_up(data: st.DataObject):
    lines = data.draw(st.lists(st.sampled_from(BUSY), max_size=60))
    sizes = data.draw(st.lists(st.integers(1, 9), max_size=20))
    text = b"".join(lines)

    scan = fed_in_pieces(lines, sizes)

    assert scan.summary() == scanned(text).summary()
    assert scan.summary().bad_lines == 0
    assert_sums(scan, text)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_bytes_cost_only_their_lines(data: st.DataObject):
    text = bytearray(b"".join(BUSY))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        match data.draw(st.sampled_from(["cut", "splice", "nul", "byte"])):
            case "cut":
                del text[at : at + data.draw(st.integers(1, 400))]
            case "splice":
                text[at:at] = data.draw(st.sampled_from(BUSY))[: data.draw(st.integers(1, 300))]
            case "nul":
                text[at:at] = bytes(data.draw(st.integers(1, 9)))
            case _:
                text[at] = data.draw(st.integers(0, 255))
    damaged = bytes(text)
    scan = scanned(damaged)
    whole = [line for line in BUSY if line in damaged.splitlines(keepends=True)]

    assert scan.summary().bad_lines <= 12
    assert scan.summary().lines - scan.summary().bad_lines >= len(set(whole)) - 12
    assert_sums(scan, damaged)


@settings(max_examples=100, deadline=None)
@given(st.integers(0), st.integers(1, 2000), st.binary(max_size=30))
def test_a_damaged_document_keeps_its_other_messages(at: int, length: int, put: bytes):
    document = chat().document()
    at %= len(document)
    damaged = document[:at] + put + document[at + length :]
    scan = scanned(damaged, DOCUMENT)

    assert_sums(scan, damaged)
    if at < 400:
        return  # the head is damaged
    entries = scan._history._entries
    covered = [span for entry in entries.values() for span in entry.spans]
    for message in json.loads(document)["messages"]:
        text = json.dumps(message, indent=2).replace("\n", "\n    ").encode()
        place = damaged.find(text)
        # A cut can make a message the content of the one before, which is still valid JSON.
        is_swallowed = any(span.offset < place < span.end for span in covered)
        assert place < 0 or message["id"] in entries or is_swallowed


def test_a_document_that_is_cut_off_tells_what_it_holds():
    document = chat().document()
    scan = scanned(document[: len(document) // 2], DOCUMENT)
    summary = scan.summary()

    assert (summary.session_id, summary.turns) == (chat().session, 1)
    assert summary.bad_lines == 1
    assert document[summary.problems[0].offset :].startswith(b'{\n      "id"')


def test_a_torn_last_line_is_one_problem_with_its_place():
    log = chat()
    data = log.log() + b'{"id":"x","type":"us'
    summary = scanned(data).summary()

    assert summary.bad_lines == 1
    (problem,) = summary.problems
    assert (problem.line, problem.offset) == (len(log.records) + 1, len(log.log()))


def test_at_most_a_hundred_problems_are_listed():
    summary = scanned(b"no\n" * 150).summary()

    assert (summary.bad_lines, len(summary.problems)) == (150, 100)
    assert summary.problems[-1].line == 100


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\n\n  \n"),
        lambda data: bytes(700) + data.replace(b"\n", b"\x00\n"),
        lambda data: data.removesuffix(b"\n"),
    ],
)
def test_marks_and_blanks_around_lines_do_not_matter(wrap):
    plain, wrapped = b"".join(BUSY), wrap(b"".join(BUSY))

    expected, got = scanned(plain).summary(), scanned(wrapped).summary()

    assert (got.turns, got.usage, got.tool_calls) == (
        expected.turns,
        expected.usage,
        expected.tool_calls,
    )
    assert got.bad_lines == 0
    assert_sums(scanned(wrapped), wrapped)
    assert [turn.steps[0].body.text for turn in details(wrapped) if turn.steps[:1]][:1] == [
        turn.steps[0].body.text for turn in details(plain) if turn.steps[:1]
    ][:1]


@pytest.mark.parametrize("encoding", ["document", "checkpoint"])
def test_nuls_inside_a_container_do_not_shift_its_messages(encoding: str):
    log = chat()
    if encoding == "document":
        data, file = log.document().replace(b"\n", b"\n\x00\x00", 30), DOCUMENT
    else:
        log.records = [log.head, {"$set": {"messages": list(log.messages.values())}}]
        data, file = log.log().replace(b"Idea", b"\x00Id\x00ea"), LINES

    assert scanned(data, file).summary().usage == scanned(chat().log()).summary().usage
    assert_sums(scanned(data, file), data)


@pytest.mark.parametrize("encoding", ["lines", "document", "checkpoint"])
def test_values_that_strict_decoders_refuse(encoding: str):
    log = chat()
    answer = next(name for name, message in log.messages.items() if "thoughts" in message)
    log.messages[answer]["thoughts"] = [{"subject": "HALF", "description": "HUGE"}]
    if encoding != "document":
        log.records = [log.head, *log.messages.values()]
    if encoding == "checkpoint":
        log.records = [log.head, {"$set": {"messages": list(log.messages.values())}}]
    file = DOCUMENT if encoding == "document" else LINES
    data = log.document() if encoding == "document" else log.log()
    data = data.replace(b'"HALF"', rb'"\ud83d"').replace(b'"HUGE"', b"[NaN, %s]" % (b"9" * 4000))
    data = data.replace(b"Nothing.", b"Noth\xff\xfeing.")

    summary = scanned(data, file).summary()

    assert summary.usage == scanned(chat().log()).summary().usage
    assert (summary.turns, summary.bad_lines) == (2, 0)
    assert_sums(scanned(data, file), data)
    texts = [step.body.text for turn in details(data, file) for step in turn.steps[-1:]]
    assert texts[-1] == "Noth\ufffd\ufffding."


def test_absurd_nesting_is_a_bad_line():
    deep = b'{"id":"x","type":"user","content":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    summary = scanned(chat().log() + deep).summary()

    assert (summary.turns, summary.bad_lines) == (2, 1)


def test_a_value_of_an_unexpected_type_is_dropped_alone():
    log = chat()
    log.records[2]["timestamp"] = 17
    log.add("gemini", "text", tokens={"input": "many", "output": 7}, toolCalls=[3, {"id": 4}])
    summary = scanned(log.log()).summary()

    assert (summary.turns, summary.bad_lines) == (2, 0)
    assert summary.unknown is not None
    assert {"timestamp: int", "tokens.input: str", "toolCalls.id: int"} <= set(summary.unknown)
    assert scanned(log.log()).turns[1].usage.output == 5 + 7


def test_an_object_that_is_no_session_is_judged_line_by_line():
    data = b'{\n  "history": [\n    {"role": "user"},\n    {"role": "gemini"}\n  ]\n}\n'
    summary = scanned(data, DOCUMENT).summary()

    assert (summary.turns, summary.lines, summary.bad_lines) == (0, 6, 5)


def test_a_document_that_is_a_log_after_all():
    assert scanned(chat().log(), DOCUMENT).summary().usage == scanned(chat().log()).summary().usage


def test_a_document_read_anew_forgets_what_it_said():
    first, second = chat(), chat()
    second.prompt("more")
    second.answer("yes")
    scan = scanned(second.document(), DOCUMENT)
    _, mark = scan.changed_since(0)
    scan.feed(first.document(), 0)

    assert scan.summary() == scanned(first.document(), DOCUMENT).summary()
    assert scan.changed_since(mark)[0] < len(scan.turns) == 2
    _, mark = scan.changed_since(mark)
    scan.feed(first.document(), 0)
    assert scan.changed_since(mark)[0] == len(scan.turns)
    scan.feed(b"", 0)
    assert (scan.summary().turns, list(scan.turns)) == (0, [])


def test_the_tail_of_a_document_alone_says_nothing():
    document = chat().document()
    scan = scanned(document[:300], DOCUMENT)
    scan.feed(document[-300:], len(document) - 300)

    assert scan.summary().session_id == chat().session


HOSTILE = "\x1b]0;x\x07\x1b[31m[bold]\u202e\u2028\x85 \ud83d\ude00 \x00 " + "x" * 100


def test_hostile_text_passes_through_unharmed():
    log = Recorder()
    text = HOSTILE.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    log.prompt(text)
    log.call(text, {text: text}, text, text=text)
    turn = details(log.log())[0]

    assert turn.prompt[0].body.text == text
    (call,) = turn.tool_calls
    assert (call.name, call.output.text, dict(call.input)) == (text, text, {text: text})


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "soon"])
def test_a_time_that_is_none_in_utc_is_left_out(when: str) -> None:
    log = b"".join(
        json.dumps(record).encode() + b"\n"
        for record in (
            {"sessionId": "s", "projectHash": "p", "startTime": when, "lastUpdated": when},
            {"id": "a", "timestamp": when, "type": "user", "content": "hello"},
        )
    )
    scan = scanned(log)
    assert [turn.started for turn in scan.turns] == [None]
    assert (scan.summary().updated, scan.summary().bad_lines) == (None, 0)
