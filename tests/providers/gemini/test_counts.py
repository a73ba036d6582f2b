"""The summaries of real logs, against counts made by an independent program."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from aimux_tui.providers.gemini import PROVIDER

SHARED = Path(__file__).parents[3].parent / "shared"
COUNTS = SHARED / "samples" / "counts.json"
CAPTURED = SHARED / "agents" / "captured" / "gemini"


def counted_logs() -> dict[str, dict[str, object]]:
    if not COUNTS.exists():
        return {}
    counts = json.loads(COUNTS.read_text())
    return {name: row for name, row in counts.items() if row["provider"] == "gemini"}


def blocks(data: bytes, rng: random.Random) -> list[bytes]:
    """The data in random runs of whole lines."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    cut: list[bytes] = []
    while lines:
        size = rng.choice([1, 1, 2, 5, 40])
        cut.append(b"".join(lines[:size]))
        del lines[:size]
    return [block for block in cut if block]


@pytest.mark.skipif(not COUNTS.exists(), reason="the samples are not here")
@pytest.mark.parametrize("name", counted_logs())
@pytest.mark.parametrize("fed", ["at once", "line by line", "in blocks"])
def test_counts_of_samples(name: str, fed: str):
    path = COUNTS.parent / name
    data = path.read_bytes()
    file = PROVIDER.recognise(path, data[:4096])
    assert file is not None
    scan = PROVIDER.scan(file)
    if fed == "at once" or file.format == "document":
        scan.feed(data, 0)
    else:
        offset = 0
        rng = random.Random(name if fed == "in blocks" else 0)
        whole = [line + b"\n" for line in data.removesuffix(b"\n").split(b"\n")]
        for block in blocks(data, rng) if fed == "in blocks" else whole:
            scan.feed(block, offset)
            offset += len(block)

    summary = scan.summary()

    assert {
        "provider": summary.provider,
        "turns": summary.turns,
        "tool_calls": summary.tool_calls,
        "failed_tool_calls": summary.failed_tool_calls,
        "bad_lines": summary.bad_lines,
        "tokens": {
            "input": summary.usage.input,
            "cache_read": summary.usage.cache_read,
            "cache_write": summary.usage.cache_write,
            "output": summary.usage.output,
            "reasoning": summary.usage.reasoning,
        },
    } == counted_logs()[name]


def captured(name: str, kind: str) -> Path:
    chats = CAPTURED / name / "home" / ".gemini" / "tmp" / "work-gemini" / "chats"
    found = sorted(chats.glob("*/*.jsonl" if kind == "sub-agent" else "*.jsonl"))
    return found[0]


@pytest.mark.skipif(not CAPTURED.exists(), reason="the captures are not here")
class TestCaptured:
    """Logs of the real CLI, whose script is known."""

    def test_a_session_that_was_resumed_keeps_its_work(self):
        summary = self.scan("main").summary()

        assert (summary.turns, summary.tool_calls, summary.failed_tool_calls) == (2, 8, 1)
        assert (summary.edits, summary.additions, summary.deletions) == (2, 4, 1)
        assert summary.usage.total == self.told_by_telemetry("main")
        assert summary.cwd == "/home/dev/work-gemini"

    def test_a_sub_agent_is_linked_both_ways(self):
        parent = self.scan("main").summary()
        child = self.scan("main", "sub-agent").summary()

        assert child.parent_key == parent.key
        assert [spawn.child_key for spawn in parent.spawns] == [child.key]
        assert parent.spawns[0].prompt_hash == child.prompt_hash

    def test_declined_interrupted_and_compressed(self):
        scan = self.scan("tui")
        summary = scan.summary()

        assert [turn.state for turn in scan.turns] == ["interrupted", "interrupted", "done"]
        assert (summary.tool_calls, summary.rejected_tool_calls, summary.edits) == (2, 1, 0)
        assert summary.compactions == 1
        assert summary.usage.requests == 3

    def test_the_stub_that_resuming_leaves_adds_nothing(self):
        chats = captured("resume", "main").parent
        first, stub = (self.scan_file(path) for path in sorted(chats.glob("*.jsonl")))

        assert stub.summary().key == first.summary().key
        assert stub.summary().turns == len(stub.turns) == 0
        assert first.summary().turns == 2

    def told_by_telemetry(self, name: str) -> int:
        """Tokens of the session's own requests; a sub-agent's name their prompt `agent#n`."""
        total = 0
        for line in (CAPTURED / name / "otlp" / "flat.jsonl").read_text().splitlines():
            attributes = json.loads(line)["attributes"]
            is_response = attributes.get("event.name") == "gemini_cli.api_response"
            if is_response and "#" not in attributes["prompt_id"]:
                total += attributes["total_token_count"]
        return total

    def scan(self, name: str, kind: str = "main"):
        return self.scan_file(captured(name, kind))

    def scan_file(self, path: Path):
        data = path.read_bytes()
        file = PROVIDER.recognise(path, data[:4096])
        assert file is not None
        scan = PROVIDER.scan(file)
        scan.feed(data, 0)
        return scan
