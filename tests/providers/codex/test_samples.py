"""Real logs, where they are at hand: counts, sums, and growth in blocks of any size."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import zstandard

from aimux_tui.model.log import LogState, LogSummary
from aimux_tui.model.tools import ToolStatus
from aimux_tui.model.turn import PROMPT_KINDS, Text, TurnKind
from aimux_tui.providers.base import LogFile
from aimux_tui.providers.codex import PROVIDER
from tests.providers.codex.build import MemorySource

SHARED = Path(__file__).parents[3].parent / "shared"
SAMPLES = SHARED / "samples"
CAPTURED = SHARED / "agents" / "captured" / "codex"
COUNTS = SAMPLES / "counts.json"

needs_samples = pytest.mark.skipif(not COUNTS.exists(), reason="the sample logs are not here")
needs_captured = pytest.mark.skipif(not CAPTURED.exists(), reason="the recorded logs are not here")
FAILED = {ToolStatus.FAILED, ToolStatus.REJECTED, ToolStatus.CANCELLED}


def expectations() -> list[Any]:
    if not COUNTS.exists():
        return []
    counts = json.loads(COUNTS.read_text())
    return [
        pytest.param(SAMPLES / name, wanted, id=name)
        for name, wanted in counts.items()
        if wanted["provider"] == "codex"
    ]


def every_log() -> list[Any]:
    found = [*SAMPLES.glob("codex/**/*.jsonl"), *CAPTURED.glob("*/home/.codex/sessions/**/*.jsonl")]
    return [pytest.param(path, id=path.name) for path in sorted(found)]


def file_at(path: Path) -> LogFile:
    file = PROVIDER.recognise(path, path.read_bytes()[:65_536])
    assert file is not None
    return file


def fields(summary: LogSummary) -> dict[str, Any]:
    usage = summary.usage
    return {
        "provider": "codex",
        "turns": summary.turns,
        "tool_calls": summary.tool_calls,
        "failed_tool_calls": summary.failed_tool_calls,
        "bad_lines": summary.bad_lines,
        "tokens": {
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "output": usage.output,
            "reasoning": usage.reasoning,
        },
    }


def blocks_of(data: bytes, largest: int) -> list[bytes]:
    rng = random.Random(3)
    lines = (
        data.splitlines(keepends=True)
        if b"\r" not in data
        else [line + b"\n" for line in data.split(b"\n") if line]
    )
    blocks = []
    while lines:
        size = rng.randint(1, largest)
        blocks.append(b"".join(lines[:size]))
        del lines[:size]
    return blocks


@needs_samples
@pytest.mark.parametrize("largest", [0, 1, 40], ids=["at once", "line by line", "in blocks"])
@pytest.mark.parametrize(("path", "wanted"), expectations())
def test_counts(path: Path, wanted: dict[str, Any], largest: int):
    data = path.read_bytes()
    scan = PROVIDER.scan(file_at(path))
    offset = 0
    for block in blocks_of(data, largest) if largest else [data]:
        scan.feed(block, offset)
        offset += len(block)
    assert offset == len(data)
    assert fields(scan.summary()) == wanted


@pytest.mark.skipif(not SHARED.exists(), reason="the logs are not here")
@pytest.mark.parametrize("path", every_log())
def test_turns_and_their_details_add_up(path: Path):
    data = path.read_bytes()
    file = file_at(path)
    scan = PROVIDER.scan(file)
    scan.feed(data, 0)
    summary = scan.summary()
    source = MemorySource(file, data)
    place = 0
    for row in scan.turns:
        assert row.first_request == place
        place += row.request_count
        calls = PROVIDER.read_turn(source, row).tool_calls
        edits = [e for call in calls if call.status is not ToolStatus.RUNNING for e in call.edits]
        failed = [call for call in calls if call.status in FAILED and call.result_record]
        assert Counter(call.name for call in calls) == dict(row.tools)
        assert len(failed) == row.failures
        assert len(edits) == row.edits
        assert sum(edit.additions for edit in edits) == row.additions
        assert sum(edit.deletions for edit in edits) == row.deletions
        assert len({call.id for call in calls if call.child_key}) == row.agents
    assert place == len(summary.requests)
    assert sum(row.kind in PROMPT_KINDS for row in scan.turns) == summary.turns
    assert sum(row.tool_calls for row in scan.turns) == summary.tool_calls
    assert sum(row.failures for row in scan.turns) == summary.failed_tool_calls
    assert sum(row.edits for row in scan.turns) == summary.edits
    assert sum(row.usage.total for row in scan.turns) == summary.usage.total
    assert len(summary.spawns) == sum(row.agents for row in scan.turns)


@needs_samples
def test_a_compressed_rollout():
    (path,) = (SAMPLES / "malformed").glob("*.jsonl.zst")
    packed = path.read_bytes()
    file = PROVIDER.recognise(path, packed[:65_536])
    assert file is not None
    assert file.format == "zstd-lines"
    data = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    scan = PROVIDER.scan(file)
    scan.feed(data, 0)
    assert (scan.summary().turns, scan.summary().tool_calls) == (4, 10)
    assert scan.summary().bad_lines == 0


def recorded(run: str) -> tuple[LogSummary, list[Any], list[LogSummary]]:
    """(the parent's summary, its turns opened, the children's summaries) of a recorded run."""
    parents, children, opened = [], [], []
    for path in sorted(CAPTURED.glob(f"{run}/home/.codex/sessions/**/*.jsonl")):
        file, data = file_at(path), path.read_bytes()
        scan = PROVIDER.scan(file)
        scan.feed(data, 0)
        summary = scan.summary()
        (children if summary.parent_key else parents).append(summary)
        if not summary.parent_key:
            source = MemorySource(file, data)
            opened = [PROVIDER.read_turn(source, turn) for turn in scan.turns]
    (parent,) = parents
    return parent, opened, children


@needs_captured
@pytest.mark.parametrize(("run", "failed"), [("main", 0), ("main55", 1)])
def test_a_recorded_session_with_a_sub_agent(run: str, failed: int):
    """The same script in code mode, where a command's failure is the script's own affair."""
    parent, opened, (child,) = recorded(run)
    calls = opened[0].tool_calls
    assert parent.failed_tool_calls == failed
    assert (parent.edits, parent.additions, parent.deletions) == (2, 4, 1)
    assert parent.state is LogState.FINISHED
    (spawn,) = parent.spawns
    assert (spawn.child_key, child.parent_key) == (child.key, parent.key)
    assert spawn.prompt_hash == child.prompt_hash
    assert [call.child_key for call in calls if call.name == "spawn_agent"] == [child.key]
    assert (child.turns, child.tool_calls, child.usage.requests) == (0, 1, 2)
    assert child.agent_name == "count_lines"
    assert child.title.endswith("Count the lines of hello.py.")
    assert not {r.key for r in parent.requests} & {r.key for r in child.requests}
    texts = [step.body.text for step in opened[0].steps if isinstance(step, Text)]
    assert texts == [
        "I'll start by reading the file.",
        "Now an edit and a new file.",
        "Delegating to a sub-agent.",
        "All done: hello.py now greets aimux, notes.md was written.",
    ]


@needs_captured
def test_a_recorded_interactive_session():
    """A command allowed, one refused, an interruption, a compaction."""
    parent, opened, _ = recorded("tui")
    assert [(turn.summary.kind, turn.summary.state.value) for turn in opened] == [
        (TurnKind.PROMPT, "interrupted"),
        (TurnKind.PROMPT, "done"),
        (TurnKind.PROMPT, "interrupted"),
        (TurnKind.COMMAND, "done"),
        (TurnKind.PROMPT, "done"),
    ]
    assert parent.turns == 4
    assert (parent.compactions, parent.failed_tool_calls) == (1, 1)
    allowed, refused = opened[0].tool_calls
    assert (allowed.status, allowed.exit_code) == (ToolStatus.OK, 0)
    assert (refused.status, refused.snippet) == (ToolStatus.CANCELLED, "echo nobody > nobody.txt")


@needs_captured
def test_a_recorded_api_error():
    parent, opened, _ = recorded("apierr")
    assert (parent.state, parent.state_detail) == (LogState.ERROR, "mock: this request is refused")
    assert opened[0].summary.state.value == "error"
