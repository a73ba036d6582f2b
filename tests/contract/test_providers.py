"""What the rest of aimux relies on, whatever agent it reads. A new provider is held to it, too."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aimux_tui.model.body import Body
from aimux_tui.model.log import LogSummary
from aimux_tui.model.tools import ToolCall, ToolStatus
from aimux_tui.model.turn import PROMPT_KINDS, Text, Thinking, Turn
from aimux_tui.model.usage import Usage
from aimux_tui.providers.registry import load_provider
from aimux_tui.sources.reader import LogReader
from tests.contract.conftest import Log

if TYPE_CHECKING:
    from aimux_tui.providers.base import LogScan, Provider, TurnReader


SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
HOSTILE = "\x1b]0;title\x07\x1b[2J [red]bold[/] \u202eabc \u2028\x85 \U0001f600 \x00end"
TORN = b'{"torn": "in the mi'
NONSENSE = b"this is no JSON\n"
NEWS = b'{"type": "aimux-unheard-of", "aimuxUnheardOf": 1}\n'
fuzzed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def counts(summary: LogSummary) -> LogSummary:
    """The summary without what says where its lines lie and how many of them are of no use."""
    return replace(
        summary, lines=0, bad_lines=0, problems=(), unknown=None, last_record_id="", updated=None
    )


def growing(logs: list[Log]) -> list[Log]:
    found = [log for log in logs if log.grows]
    if not found:
        pytest.skip("its logs are rewritten whole")
    return found


def follow(log: Log, blocks: list[bytes]) -> LogScan:
    """Feed the blocks, and check after each that what changed is said to have changed."""
    scan = log.provider.scan(log.file)
    offset = mark = 0
    kept: list[object] = []
    for block in blocks:
        scan.feed(block, offset)
        scan.summary()  # whoever asks in between changes nothing
        offset += len(block)
        first, mark = scan.changed_since(mark)
        kept = [*kept[:first], *scan.turns[first:]]
        assert kept == list(scan.turns), log.name
    return scan


def nested(line: bytes, depth: int, rng: random.Random) -> bytes:
    """The line with something deep in the place of one of its texts."""
    texts = list(re.finditer(rb':\s*"(?:[^"\\]|\\.)*"', line))
    if not texts:
        return line
    text = rng.choice(texts)
    deep = rng.choice([b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth])
    return line[: text.start() + 1] + deep + line[text.end() :]


def assert_readers_agree(log: Log, blocks: list[bytes]) -> None:
    """Read the newest turns after each block, as if somebody looked at them, and all at the end."""
    scan = log.provider.scan(log.file)
    readers: dict[str, TurnReader] = {}
    offset = 0
    for block in blocks:
        scan.feed(block, offset)
        offset += len(block)
        turns = scan.turns if offset == len(log.data) else scan.turns[-2:]
        for turn in turns:
            reader = readers.setdefault(turn.key, log.provider.turn_reader(log))
            assert reader.read(turn) == log.provider.read_turn(log, turn), (log.name, offset)


class TestPlaces:
    def test_it_finds_its_logs(self, logs: list[Log]):
        assert logs

    def test_it_recognises_what_it_finds(self, provider: Provider, logs: list[Log]):
        for log in logs:
            file = provider.recognise(Path(log.file.path), log.data[:65536])
            assert file is not None, log.name
            assert (file.provider, file.format) == (provider.name, log.file.format)
            assert provider.scan(file).summary().key == provider.scan(log.file).summary().key

    def test_a_home_that_does_not_exist_is_empty(self, provider: Provider, tmp_path: Path):
        nowhere = tmp_path / "nowhere"
        assert not list(provider.find(nowhere))
        assert not provider.titles(nowhere)
        assert not provider.live_states(nowhere)

    def test_it_watches_where_its_logs_lie(self, provider: Provider, home: Path, logs: list[Log]):
        (root,) = provider.roots({}, home)[:1]
        watched = provider.watched(root)
        assert all(
            any(Path(log.file.path).is_relative_to(folder) for folder in watched) for log in logs
        )

    def test_it_takes_no_others_log_for_its_own(self, provider: Provider, tmp_path: Path):
        for data in (b"", b"text\n", b"[1, 2]\n", b'{"a": 1}\n'):
            assert provider.recognise(tmp_path / "x.jsonl", data) is None

    def test_a_session_can_be_taken_up_again(self, provider: Provider):
        assert all(isinstance(word, str) for word in provider.resume_command("id", "/work"))


class TestIdentity:
    def test_keys_name_the_provider_and_are_unique(self, provider: Provider, logs: list[Log]):
        summaries = [log.scan().summary() for log in logs]
        assert all(summary.provider == provider.name for summary in summaries)
        assert all(summary.key.startswith(f"{provider.name}:") for summary in summaries)
        assert len({summary.key for summary in summaries}) == len(logs)

    def test_a_log_says_who_where_when_and_what(self, logs: list[Log]):
        for log in logs:
            summary = log.scan().summary()
            assert summary.session_id, log.name
            assert summary.title, log.name
            assert summary.cwd == "/work/zoo", log.name
            assert summary.models, log.name
            assert summary.started is not None, log.name
            assert summary.updated is not None, log.name
            assert summary.updated >= summary.started, log.name
            assert summary.started.tzinfo is not None, log.name

    def test_nothing_read_is_nothing_said(self, logs: list[Log]):
        for log in logs:
            scan = log.scan([])
            assert list(scan.turns) == []
            assert scan.summary().usage == Usage()


class TestGrowth:
    def test_block_by_block_is_the_same_as_at_once(self, logs: list[Log]):
        rng = random.Random(7)
        for log in growing(logs):
            whole = log.scan()
            lines = log.lines()
            blocks = []
            while lines:
                size = rng.randint(1, 6)
                blocks.append(b"".join(lines[:size]))
                del lines[:size]
            for cut in (log.lines(), blocks):
                grown = follow(log, cut)
                assert grown.turns == whole.turns, log.name
                assert grown.summary() == whole.summary(), log.name

    def test_a_turn_read_while_it_grows_is_the_same_as_at_once(self, logs: list[Log]):
        for log in growing(logs):
            assert_readers_agree(log, log.lines())

    @fuzzed
    @given(st.randoms(use_true_random=False))
    def test_so_it_is_in_any_blocks_of_any_lines(self, logs: list[Log], rng: random.Random):
        for log in growing(logs):
            lines = log.lines()
            if rng.random() < 0.5:
                lines = rng.choices(lines, k=rng.randint(1, 2 * len(lines)))
            cuts = sorted(rng.choices(range(len(lines)), k=rng.randint(0, 6)))
            blocks = [
                b"".join(lines[start:end])
                for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)
            ]
            assert_readers_agree(log.with_data(b"".join(lines)), blocks)

    def test_turns_keep_their_keys(self, logs: list[Log]):
        for log in growing(logs):
            scan = log.provider.scan(log.file)
            offset = 0
            keys: list[str] = []
            for line in log.lines():
                scan.feed(line, offset)
                offset += len(line)
                now = [turn.key for turn in scan.turns]
                assert len(set(now)) == len(now), log.name
                assert set(keys) <= set(now), log.name
                keys = now
            assert [turn.number for turn in scan.turns] == list(range(1, len(keys) + 1))

    def test_reads_may_end_at_any_byte(self, logs: list[Log], tmp_path: Path):
        rng = random.Random(11)
        for number, log in enumerate(growing(logs)):
            path = tmp_path / f"{number}.jsonl"
            path.write_bytes(b"")
            reader = LogReader(replace(log.file, path=str(path)))
            scan = log.provider.scan(log.file)
            cuts = [*sorted(rng.sample(range(len(log.data)), 25)), len(log.data)]
            start = 0
            for cut in cuts:
                with path.open("ab") as stream:
                    stream.write(log.data[start:cut])
                start = cut
                for chunk in reader.read():
                    if chunk.is_reset:
                        scan = log.provider.scan(log.file)
                    scan.feed(chunk.data, chunk.offset)
            assert scan.summary() == log.scan().summary(), log.name

    def test_a_document_read_anew_replaces_what_it_said(self, logs: list[Log]):
        documents = [log for log in logs if not log.grows]
        if not documents:
            pytest.skip("it has no documents")
        for log in documents:
            scan = log.provider.scan(log.file)
            for data in (log.data[: len(log.data) // 2], b"", log.data, log.data):
                scan.feed(data, 0)
            assert scan.summary() == log.scan().summary()
            assert scan.turns == log.scan().turns


class TestDamage:
    def test_a_torn_last_line_costs_itself(self, logs: list[Log]):
        for log in growing(logs):
            summary = log.with_data(log.data + TORN).scan().summary()
            assert counts(summary) == counts(log.scan().summary()), log.name
            assert summary.bad_lines == 1, log.name
            (problem,) = summary.problems
            assert (problem.line, problem.offset) == (len(log.lines()) + 1, len(log.data))

    def test_a_bad_line_costs_itself(self, logs: list[Log]):
        for log in growing(logs):
            lines = log.lines()
            for at in range(0, len(lines) + 1, 3):
                data = b"".join([*lines[:at], NONSENSE, *lines[at:]])
                summary = log.with_data(data).scan().summary()
                assert summary.bad_lines == 1, log.name
                assert counts(summary) == counts(log.scan().summary()), (log.name, at)

    def test_blank_lines_and_marks_cost_nothing(self, logs: list[Log]):
        for log in growing(logs):
            data = b"\xef\xbb\xbf" + log.data.replace(b"\n", b"\r\n\n\x00\x00\n")
            summary = log.with_data(data).scan().summary()
            assert summary.bad_lines == 0, log.name
            assert counts(summary) == counts(log.scan().summary()), log.name

    def test_news_are_counted_and_harm_nothing(self, logs: list[Log]):
        for log in growing(logs):
            before = log.scan().summary()
            lines = log.lines()
            for at in (1, len(lines) // 2, len(lines)):
                data = b"".join([*lines[:at], NEWS, *lines[at:]])
                changed = log.with_data(data)
                summary = changed.scan().summary()
                assert summary.bad_lines == 0, log.name
                assert sum((summary.unknown or {}).values()) > sum((before.unknown or {}).values())
                for name in ("turns", "tool_calls", "failed_tool_calls", "usage", "title", "edits"):
                    assert getattr(summary, name) == getattr(before, name), (log.name, at, name)
                assert_details_add_up(changed)

    @fuzzed
    @given(st.randoms(use_true_random=False))
    def test_any_order_of_any_lines_is_survived(self, logs: list[Log], rng: random.Random):
        for log in growing(logs):
            lines = log.lines()
            shuffled = rng.choices(lines, k=rng.randint(0, 2 * len(lines)))
            changed = log.with_data(b"".join(shuffled))
            grown = follow(changed, shuffled)
            assert grown.summary() == changed.scan().summary(), log.name
            assert_turns_add_up(grown)
            assert_details_can_be_read(changed)

    @fuzzed
    @given(st.randoms(use_true_random=False))
    def test_any_damage_is_survived(self, logs: list[Log], rng: random.Random):
        for log in logs:
            data = bytearray(log.data)
            for _ in range(rng.randint(1, 4)):
                at = rng.randrange(len(data))
                if rng.random() < 0.5:
                    del data[at : at + rng.randint(1, 300)]
                else:
                    data[at:at] = rng.randbytes(rng.randint(1, 20))
            changed = log.with_data(bytes(data))
            assert_turns_add_up(changed.scan())
            assert_details_can_be_read(changed)

    @pytest.mark.parametrize("depth", [10, 300, 600])
    def test_deep_nesting_is_survived(self, logs: list[Log], depth: int):
        rng = random.Random(depth)
        for log in growing(logs) * 3:
            lines = [nested(line, depth, rng) for line in log.lines()]
            changed = log.with_data(b"".join(lines))
            assert_turns_add_up(changed.scan())
            assert_details_can_be_read(changed)

    @fuzzed
    @given(st.binary(max_size=300))
    def test_any_bytes_are_survived(self, logs: list[Log], data: bytes):
        for log in logs[:2]:
            assert_turns_add_up(log.with_data(data).scan())


class TestSums:
    def test_turns_add_up_to_the_summary(self, logs: list[Log]):
        for log in logs:
            assert_turns_add_up(log.scan())

    def test_details_add_up_to_the_turns(self, logs: list[Log]):
        for log in logs:
            assert_details_add_up(log)

    def test_requests_have_keys_of_their_own(self, logs: list[Log]):
        keys = [
            request.key for log in logs for request in log.scan().summary().requests if request.key
        ]
        assert keys
        assert len(set(keys)) == len(keys)
        assert all(0 < key < 2**64 for key in keys)

    def test_words_and_calls_name_the_requests_they_came_from(self, logs: list[Log]):
        named = 0
        for log in logs:
            requests = log.scan().summary().requests
            for turn in opened(log):
                row = turn.summary
                own = requests[row.first_request : row.first_request + row.request_count]
                for step in turn.steps:
                    if isinstance(step, Text | Thinking | ToolCall) and step.request:
                        named += 1
                        assert step.request in {request.key for request in own}, log.name
        assert named

    def test_cut_texts_can_be_read_whole(self, logs: list[Log]):
        for log in logs:
            for body in bodies(log):
                assert len(body.text) <= body.length
                if body.ref is not None:
                    whole = log.provider.read_body(log, body.ref)
                    assert (whole[: len(body.text)], len(whole)) == (body.text, body.length)


class TestHostileText:
    def test_it_passes_through_unharmed(self, logs: list[Log]):
        """Titles, prompts and outputs are as logged; whoever draws them makes them safe."""
        changed_any = False
        for log in logs:
            for turn in opened(log):
                for text in plain_texts(turn):
                    data = log.data.replace(encoded(text), encoded(text + HOSTILE))
                    if data == log.data:
                        continue
                    changed_any = True
                    found = [
                        body.text for body in bodies(log.with_data(data)) if HOSTILE in body.text
                    ]
                    assert found, (log.name, text)
        assert changed_any


def sample_rows() -> list[tuple[str, str]]:
    path = SAMPLES / "counts.json"
    if not path.exists():
        return []
    rows = json.loads(path.read_text())
    return [(row["provider"], name) for name, row in rows.items()]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
@pytest.mark.parametrize(("name", "sample"), sample_rows())
def test_counts_equal_those_of_an_independent_program(name: str, sample: str):
    provider = load_provider(name)
    path = SAMPLES / sample
    with path.open("rb") as stream:
        file = provider.recognise(path, stream.read(65_536))
    assert file is not None
    scan = provider.scan(file)
    for chunk in LogReader(file).read(is_final=True):
        scan.feed(chunk.data, chunk.offset)
    summary = scan.summary()

    usage = summary.usage
    got = {
        "provider": summary.provider,
        "turns": summary.turns,
        "tool_calls": summary.tool_calls,
        "failed_tool_calls": summary.failed_tool_calls,
        "edits": summary.edits,
        "requests": usage.requests,
        "bad_lines": summary.bad_lines,
        "tokens": {
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "output": usage.output,
            "reasoning": usage.reasoning,
        },
    }
    expected = json.loads((SAMPLES / "counts.json").read_text())[sample]
    # The other program counts not everything for every agent.
    tokens = {kind: got["tokens"][kind] for kind in expected["tokens"]}
    assert {field: got[field] for field in expected} | {"tokens": tokens} == expected
    assert_turns_add_up(scan)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
@pytest.mark.parametrize(("name", "sample"), sample_rows())
def test_samples_read_while_they_grow_are_the_same_as_at_once(name: str, sample: str):
    provider = load_provider(name)
    data = (SAMPLES / sample).read_bytes()
    file = provider.recognise(SAMPLES / sample, data[:65_536])
    assert file is not None
    if file.format == "lines":
        log = Log(provider, file, data)
        lines = log.lines()
        # Of long logs, every few lines.
        size = len(lines) // 60 + 1
        blocks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
        assert_readers_agree(log, blocks)


def assert_turns_add_up(scan: LogScan) -> None:
    """Visible turns make the counts; all turns together hold every request once, in order."""
    summary = scan.summary()
    visible = [turn for turn in scan.turns if not turn.is_discarded]
    usage, discarded = Usage(), Usage()
    place = 0
    for turn in scan.turns:
        assert turn.first_request == place or not turn.request_count
        place += turn.request_count
        requests = summary.requests[turn.first_request : turn.first_request + turn.request_count]
        assert turn.usage.total == sum(request.usage.total for request in requests)
        if turn.is_discarded:
            discarded += turn.usage
        else:
            usage += turn.usage
    assert place == len(summary.requests)
    assert usage == summary.usage
    assert discarded == summary.discarded_usage
    assert sum(turn.kind in PROMPT_KINDS for turn in visible) == summary.turns
    assert sum(turn.tool_calls for turn in visible) == summary.tool_calls
    assert sum(turn.failures for turn in visible) == summary.failed_tool_calls
    assert sum(turn.edits for turn in visible) == summary.edits
    assert sum(turn.additions for turn in visible) == summary.additions
    assert sum(turn.deletions for turn in visible) == summary.deletions


def assert_details_add_up(log: Log) -> None:
    """Each turn, opened, holds what its row says."""
    for turn in opened(log):
        row, calls = turn.summary, turn.tool_calls
        assert len(calls) == row.tool_calls, (log.name, row.number)
        failed = [call for call in calls if call.status is ToolStatus.FAILED]
        refused = {ToolStatus.FAILED, ToolStatus.REJECTED, ToolStatus.CANCELLED}
        assert len(failed) <= row.failures <= sum(call.status in refused for call in calls)
        edits = [edit for call in calls if call.status is ToolStatus.OK for edit in call.edits]
        assert len(edits) == row.edits, (log.name, row.number)
        assert sum(edit.additions for edit in edits) == row.additions
        assert sum(edit.deletions for edit in edits) == row.deletions
        assert turn.prompt or row.kind not in PROMPT_KINDS, (log.name, row.number)


def assert_details_can_be_read(log: Log) -> None:
    for turn in opened(log):
        assert turn.summary.key


def opened(log: Log) -> list[Turn]:
    return [log.provider.read_turn(log, turn) for turn in log.scan().turns]


def bodies(log: Log) -> Iterator[Body]:
    """Every text of a log."""
    for turn in opened(log):
        for step in (*turn.prompt, *turn.steps):
            if isinstance(step, ToolCall):
                yield from (step.input_body, step.output)
            elif hasattr(step, "body"):
                yield step.body


def plain_texts(turn: Turn) -> Iterator[str]:
    """A prompt, words of the model and outputs that stand in the log as they are."""
    for step in (*turn.prompt, *turn.steps):
        text = ""
        if isinstance(step, Text):
            text = step.body.text
        elif isinstance(step, ToolCall):
            text = step.output.text
        if len(text) > 3 and text.isprintable():
            yield text


def encoded(text: str) -> bytes:
    """The text as the value of a JSON string, quotes included."""
    return json.dumps(text).encode()
