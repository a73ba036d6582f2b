"""Whatever is done to a log's bytes: nothing crashes, good lines count, feeding does not matter."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimux_tui.model.tools import ToolStatus
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.claude import PROVIDER
from aimux_tui.providers.claude.decoding import decode_line
from aimux_tui.providers.claude.skim import MIN_SIZE, Skimmer
from tests.providers.claude.build import long_session, scanned

if TYPE_CHECKING:
    from aimux_tui.model.body import Span
    from aimux_tui.providers.base import LogScan

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
COUNTS = SAMPLES / "counts.json"
VERSIONS = ("2.0.40", "2.1.40", "2.1.200")


def _samples() -> list[str]:
    if not COUNTS.exists():
        return []
    counts = json.loads(COUNTS.read_text())
    return [name for name, fields in counts.items() if fields["provider"] == "claude"]


def blocks_of(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in blocks of whole lines, as many lines as the sizes say in turn."""
    lines = data.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    blocks = []
    at = turn = 0
    while at < len(lines):
        count = max(1, sizes[turn % len(sizes)])
        blocks.append(b"".join(lines[at : at + count]))
        at += count
        turn += 1
    return blocks


class Source:
    """A log's bytes in memory."""

    def __init__(self, file: LogFile, data: bytes) -> None:
        self.file = file
        self.data = data

    def read(self, span: Span) -> bytes:
        return self.data[span.offset : span.end]


def check_sums(scan: LogScan, file: LogFile, data: bytes) -> None:
    """Turns add up to the summary, and the details of each turn to its row."""
    summary, turns = scan.summary(), scan.turns
    assert sum(turn.tool_calls for turn in turns) == summary.tool_calls
    assert sum(turn.failures for turn in turns) == summary.failed_tool_calls
    assert sum(turn.edits for turn in turns) == summary.edits
    assert sum(turn.additions for turn in turns) == summary.additions
    assert sum(turn.request_count for turn in turns) == summary.usage.requests
    assert sum(turn.usage.total for turn in turns) == summary.usage.total
    source = Source(file, data)
    for turn in turns:
        calls = PROVIDER.read_turn(source, turn).tool_calls
        own = {call.id: call for call in calls if call.record is not None}
        failed = {ToolStatus.FAILED, ToolStatus.REJECTED, ToolStatus.CANCELLED}
        edits = [edit for call in calls for edit in call.edits if not edit.is_proposed]
        assert len(own) == turn.tool_calls
        answered = [call for call in own.values() if call.result_record is not None]
        assert sum(call.status in failed for call in answered) == turn.failures
        assert len(edits) == turn.edits
        assert sum(edit.additions for edit in edits) == turn.additions
        assert sum(edit.deletions for edit in edits) == turn.deletions


@pytest.mark.parametrize("name", _samples())
def test_samples_add_up_however_they_are_fed(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    path = SAMPLES / name
    hint = path.parts[path.parts.index("subagents") - 1] if "subagents" in path.parts else ""
    file = LogFile("claude", str(path), "lines", str(SAMPLES), hint)
    whole = scanned(file, data)
    counts = json.loads(COUNTS.read_text())[name]
    summary = whole.summary()
    usage = summary.usage
    assert counts == {
        "provider": "claude",
        "turns": summary.turns,
        "tool_calls": summary.tool_calls,
        "failed_tool_calls": summary.failed_tool_calls,
        "edits": summary.edits,
        "requests": usage.requests,
        "tokens": {
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "output": usage.output,
        },
        "bad_lines": summary.bad_lines,
    }
    rng = random.Random(name)
    for sizes in ([1], [rng.randint(1, 30) for _ in range(7)]):
        parts = scanned(file, *blocks_of(data, sizes))
        assert parts.summary() == summary
        assert list(parts.turns) == list(whole.turns)
    check_sums(whole, file, data)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_long_session_of_each_era_adds_up(version: str) -> None:
    log = long_session(version)
    summary = log.summary()
    assert (summary.turns, summary.tool_calls, summary.failed_tool_calls) == (3, 4, 1)
    assert (summary.edits, summary.additions, summary.deletions) == (2, 3, 1)
    check_sums(log.scan(), log.file, log.data)


@pytest.mark.parametrize("version", VERSIONS)
def test_skimming_says_what_decoding_says(version: str) -> None:
    log = long_session(version)
    skimmer = Skimmer()
    skimmer.settle(version, "main")
    skimmed = 0
    for line in log.lines:
        raw = line[:-1]
        found = skimmer.read(raw, 0, len(raw)) if len(raw) >= MIN_SIZE else None
        if found is None:
            continue
        skimmed += 1
        whole = decode_line(raw)
        assert whole is not None
        assert (found.type, found.uuid, found.timestamp) == (
            whole.type, whole.uuid, whole.timestamp,
        )  # fmt: skip
        assert found.parent_tool_use_id == whole.parent_tool_use_id
        if found.data is not None:
            assert found.data == whole.data
        if found.attachment is not None and whole.attachment is not None:
            assert found.attachment.type == whole.attachment.type
    assert skimmed == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_lines_that_cannot_be_skimmed_say_the_same(version: str) -> None:
    log = long_session(version)
    expected, rows = log.summary(), log.rows()
    spaced = [json.dumps(json.loads(line), indent=None).encode() + b"\n" for line in log.lines]
    shuffled = []
    for line in log.lines:
        items = list(json.loads(line).items())
        random.Random(line).shuffle(items)
        shuffled.append(json.dumps(dict(items), separators=(",", ":")).encode() + b"\n")
    for lines in (spaced, shuffled):
        scan = scanned(log.file, b"".join(lines))
        assert scan.summary() == expected
        found = [(row.key, row.tools, row.failures, row.edits, row.usage) for row in scan.turns]
        assert found == [(row.key, row.tools, row.failures, row.edits, row.usage) for row in rows]


def test_a_splice_of_two_large_lines_is_not_skimmed() -> None:
    log = long_session()
    large = [line for line in log.lines if len(line) > MIN_SIZE and b"tool_result" in line]
    spliced = large[0][: len(large[0]) // 3] + large[1]
    assert scanned(log.file, spliced).summary().bad_lines == 1
    follow_up = scanned(log.file, log.lines[1], spliced).summary()
    assert (follow_up.bad_lines, follow_up.lines) == (1, 2)


LINES = [line for version in VERSIONS for line in long_session(version).lines]
small_lines = [line if len(line) < 3000 else line[:1500] + line[-1400:] for line in LINES]


@st.composite
def damaged_logs(draw: st.DrawFn) -> bytes:
    """Lines in any order, some repeated, cut, joined, or with bytes replaced.

    The middle of a large line is not looked at, so only small ones are damaged inside.
    """
    lines = draw(st.lists(st.sampled_from(LINES + small_lines), max_size=14))
    data = []
    for line in lines:
        match draw(st.integers(0, 9)):
            case 0:
                data.append(line[: draw(st.integers(0, len(line)))] + b"\n")
            case 1 if len(line) < MIN_SIZE:
                data.append(line[:-1])
            case 2 if len(line) < MIN_SIZE:
                at = draw(st.integers(0, len(line) - 1))
                noise = draw(st.binary(min_size=1, max_size=3))
                data.append(line[:at] + noise + line[at + 1 :])
            case 3:
                data.append(b"\x00" * 7 + line.replace(b"\n", b"\r\n"))
            case _:
                data.append(line)
    return b"".join(data)


@given(damaged_logs(), st.lists(st.integers(1, 4), min_size=1, max_size=5))
@settings(deadline=None, max_examples=150)
def test_damage_is_survived_and_feeding_line_by_line_changes_nothing(
    data: bytes, sizes: list[int]
) -> None:
    file = long_session().file
    whole = scanned(file, data) if data else PROVIDER.scan(file)
    parts = scanned(file, *blocks_of(data, sizes)) if data else PROVIDER.scan(file)
    assert parts.summary() == whole.summary()
    assert list(parts.turns) == list(whole.turns)
    check_sums(whole, file, data)


@given(st.lists(st.sampled_from(LINES), max_size=10), st.data())
@settings(deadline=None, max_examples=60)
def test_torn_lines_cost_no_good_ones(lines: list[bytes], data: st.DataObject) -> None:
    file = long_session().file
    torn = b'{"type":"user","message":{"role":"user","content":"torn\n'
    mixed = list(lines)
    for _ in range(data.draw(st.integers(1, 3))):
        mixed.insert(data.draw(st.integers(0, len(mixed))), torn)
    good = scanned(file, b"".join(lines)).summary() if lines else None
    found = scanned(file, b"".join(mixed)).summary()
    assert found.bad_lines == len(mixed) - len(lines)
    if good is not None:
        assert (found.tool_calls, found.edits) == (good.tool_calls, good.edits)
        assert found.usage == good.usage
        assert found.turns == good.turns


def test_changes_are_told_from_the_first_turn_that_changed() -> None:
    log = long_session()
    scan = PROVIDER.scan(log.file)
    mark, seen, offset = 0, [], 0
    for line in log.lines:
        before = list(scan.turns)
        scan.feed(line, offset)
        offset += len(line)
        first, mark = scan.changed_since(mark)
        seen.append(first)
        assert list(scan.turns)[:first] == before[:first]
    assert scan.changed_since(mark) == (len(scan.turns), mark)
    assert scan.changed_since(0)[0] == 0
    assert max(seen) > 1
