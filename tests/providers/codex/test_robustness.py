"""Damaged logs: nothing raises, no good line is lost, and growth tells the same as one reading."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aimux_tui.model.log import LogSummary
from aimux_tui.model.turn import TurnSummary
from aimux_tui.providers.codex import PROVIDER
from aimux_tui.providers.codex.scan import CodexScan
from tests.providers.codex.build import (
    MemorySource,
    Rollout,
    bare_session,
    child_session,
    paginated_session,
    uuid7,
    wrapped_session,
)

PARENT = paginated_session(uuid7(150, 3))
LOGS = [wrapped_session(), PARENT, child_session(uuid7(150, 3), PARENT), bare_session()]
LINES = [line for log in LOGS for line in log.lines]
FILE = LOGS[0].file()
DAMAGE = st.sampled_from(
    [
        b"{",
        b'{"a":',
        b"null",
        b"[1]",
        b'"x"',
        b"}{",
        b"\xff\xfe",
        b"{}}",
        b'{"type":"event_msg","payload":{"type":"user_message","message":"cut',
        b"NaN",
        b"\x01",
    ]
)

logs = st.sampled_from(LOGS)
fuzzed = settings(max_examples=150, deadline=None)


def scanned(blocks: Sequence[bytes]) -> CodexScan:
    scan = PROVIDER.scan(FILE)
    offset = 0
    for block in blocks:
        scan.feed(block, offset)
        offset += len(block)
    return scan


def whole(data: bytes) -> tuple[LogSummary, list[TurnSummary]]:
    scan = scanned([data])
    return scan.summary(), list(scan.turns)


def whole_lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


@fuzzed
@given(st.lists(st.sampled_from(LINES) | DAMAGE, max_size=40), st.data())
def test_growth_in_any_blocks_is_one_reading(lines: list[bytes], data: st.DataObject):
    """Any lines of any logs, in any order, some of them broken."""
    text = b"".join(line + b"\n" for line in lines)
    rest = whole_lines(text)
    blocks: list[bytes] = []
    while rest:
        size = data.draw(st.integers(1, 6))
        blocks.append(b"".join(rest[:size]))
        del rest[:size]
    grown = scanned(blocks)
    assert (grown.summary(), list(grown.turns)) == whole(text)


@fuzzed
@given(logs, st.data())
def test_marks_tell_what_changed(log: Rollout, data: st.DataObject):
    scan = PROVIDER.scan(log.file())
    offset = mark = 0
    kept: list[TurnSummary] = []
    for line in log.lines:
        block = line + b"\n"
        scan.feed(block, offset)
        offset += len(block)
        if data.draw(st.booleans()):
            first, mark = scan.changed_since(mark)
            kept = [*kept[:first], *scan.turns[first:]]
            assert kept == list(scan.turns)
    first, mark = scan.changed_since(mark)
    assert [*kept[:first], *scan.turns[first:]] == list(scan.turns)
    assert scan.changed_since(mark) == (len(scan.turns), mark)


@fuzzed
@given(logs, st.lists(st.tuples(st.integers(0, 60), DAMAGE), min_size=1, max_size=5))
def test_no_good_line_is_lost(log: Rollout, damage: list[tuple[int, bytes]]):
    """Broken lines between good ones cost themselves, and are told with their places."""
    before, turns = whole(log.data)
    lines = list(log.lines)
    for place, junk in damage:
        lines.insert(min(place, len(lines)), junk)
    text = b"".join(line + b"\n" for line in lines)
    after, turns_after = whole(text)
    assert after.bad_lines == len(damage)
    assert after.lines == before.lines + len(damage)
    assert [turn.key for turn in turns_after] == [turn.key for turn in turns]
    for name in ("turns", "tool_calls", "failed_tool_calls", "edits", "usage", "title", "cwd"):
        assert getattr(after, name) == getattr(before, name), name
    numbered = text.split(b"\n")
    for problem in after.problems:
        junk = numbered[problem.line - 1]
        assert text[problem.offset : problem.offset + len(junk)] == junk
        assert problem.reason


@fuzzed
@given(logs, st.data())
def test_a_cut_or_spliced_log_can_be_opened(log: Rollout, data: st.DataObject):
    text = bytearray(log.data)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(text) - 1, 0)))
        if data.draw(st.booleans()):
            del text[at : at + data.draw(st.integers(1, 400))]
        else:
            text[at:at] = data.draw(st.binary(min_size=1, max_size=20))
    changed = bytes(text)
    summary, turns = whole(changed)
    grown = scanned(whole_lines(changed))
    assert (grown.summary(), list(grown.turns)) == (summary, turns)
    source = MemorySource(FILE, changed)
    for turn in turns:
        opened = PROVIDER.read_turn(source, turn)
        assert opened.summary is turn


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes):
    summary, turns = whole(data)
    assert summary.turns == sum(turn.kind.value in {"prompt", "steering"} for turn in turns)


@given(st.lists(st.sampled_from([b"", b"  ", b"\r", b"\x00\x00", b"\xef\xbb\xbf"]), max_size=8))
def test_blank_lines_are_nothing(lines: list[bytes]):
    summary, turns = whole(b"\n".join(lines))
    assert (summary.lines, summary.bad_lines, turns) == (0, 0, [])


def test_windows_line_ends_byte_order_marks_and_nuls():
    log = wrapped_session()
    plain, _ = whole(log.data)
    lines = [b"\xef\xbb\xbf" + log.lines[0], b"\x00" * 7 + log.lines[1], *log.lines[2:]]
    changed, _ = whole(b"".join(line + b"\r\n" for line in lines))
    assert changed == plain


def test_a_line_without_a_newline_is_taken_and_goes_on():
    log = wrapped_session()
    data = log.data
    cut = data.rindex(b"\n", 0, -1)
    grown = scanned([data[:cut], data[cut : cut + 1], data[cut + 1 :], b"{torn\n"])
    expected, turns = whole(data)
    assert list(grown.turns) == turns
    assert grown.summary().problems[0].line == len(log.lines) + 1
    assert replace(grown.summary(), lines=expected.lines, bad_lines=0, problems=()) == expected


def test_strange_numbers_and_lone_surrogates():
    log = Rollout().meta().start("t").typed("go")
    log.raw(
        b'{"type":"response_item","payload":{"type":"message","role":"assistant",'
        b'"content":[{"type":"output_text","text":"\\ud83d!"}],"n":NaN}}'
    )
    log.raw(
        b'{"type":"event_msg","payload":{"type":"user_message","message":"\\ud83d?"},"n":1'
        + b"0" * 400
        + b"}"
    )
    log.raw(b'{"type":"event_msg","payload":{"type":"agent_message","message":"\xff\xfe"}}')
    summary = log.summary()
    assert summary.bad_lines == 0
    assert [turn.title for turn in log.turns()] == ["go", "\ufffd?"]
    json.dumps([turn.title for turn in log.turns()]).encode()
    assert len(log.opened()) == 2


def test_line_separators_inside_strings_end_no_line():
    log = Rollout().meta().start("t").typed("a\u2028b\x85c")
    log.lines = [line.replace(b"\\u2028", "\u2028".encode()) for line in log.lines]
    assert log.turns()[0].title == "a b c"
    assert log.summary().bad_lines == 0


def test_deep_nesting_costs_one_line_at_most():
    deep = b'{"type":"response_item","payload":{"type":"message","role":"user","content":'
    log = Rollout().meta().start("t").typed("go").raw(deep + b"[" * 50_000 + b"]" * 50_000 + b"}}")
    log.said("ok").end("t")
    summary = log.summary()
    assert (summary.turns, summary.bad_lines) == (1, 1)


def test_problems_are_kept_up_to_a_hundred():
    summary, _ = whole(b"junk\n" * 150)
    assert (summary.bad_lines, len(summary.problems)) == (150, 100)
    assert summary.problems[99].line == 100
