"""The corpora are alike in every run, are logs as agents write them, and know their truth."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from genai_prices import Usage, calc_price

from benchmarks.corpus import RECIPES, Corpus, build
from benchmarks.generate.ledger import PRICES, BilledRequest, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]
SCALE = 1 / 200


@pytest.fixture(scope="module")
def claude(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build("c500", SCALE, under=tmp_path_factory.mktemp("bench"))


def contents(corpus: Corpus) -> dict[str, bytes]:
    files = (path for path in corpus.path.rglob("*") if path.is_file())
    return {str(path.relative_to(corpus.path)): path.read_bytes() for path in files}


def records(path: Path) -> Iterator[Json]:
    """The lines of a file that are JSON; a torn last line is skipped."""
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError:
            assert number == len(lines), "only the last line may be torn or empty"


def usage_lines(corpus: Corpus) -> Iterator[tuple[str, Json]]:
    """(request, message) of every line with usage, file by file."""
    for path in corpus.logs:
        for record in records(path):
            if record["type"] == "assistant":
                yield record["requestId"], record["message"]


def price(model: str, usage: Json) -> Decimal:
    """The price of one Claude request by an independent library."""
    written = usage["cache_creation"]
    read = usage["cache_read_input_tokens"]
    tokens = Usage(
        input_tokens=usage["input_tokens"] + read + usage["cache_creation_input_tokens"],
        cache_read_tokens=read,
        cache_write_tokens=usage["cache_creation_input_tokens"],
        cache_write_1h_tokens=written["ephemeral_1h_input_tokens"],
        output_tokens=usage["output_tokens"],
    )
    at = datetime(2026, 10, 1, tzinfo=UTC)
    return calc_price(
        tokens, model, provider_id="anthropic", genai_request_timestamp=at
    ).total_price


def test_same_seed_same_bytes(claude: Corpus, tmp_path: Path) -> None:
    assert contents(build("c500", SCALE, under=tmp_path)) == contents(claude)


def test_another_seed_gives_another_corpus(claude: Corpus, tmp_path: Path) -> None:
    other = build("c500", SCALE, seed="other", under=tmp_path)
    assert contents(other).keys() != contents(claude).keys()


def test_a_finished_corpus_is_not_made_again(claude: Corpus) -> None:
    before = (claude.path / "manifest.json").stat().st_mtime_ns
    again = build("c500", SCALE, under=claude.path.parents[1])
    assert again.path == claude.path
    assert (claude.path / "manifest.json").stat().st_mtime_ns == before


def test_truth_equals_a_recount(claude: Corpus) -> None:
    last = {(request, message["id"]): message for request, message in usage_lines(claude)}
    totals = claude.manifest["totals"]

    def added(kind: str) -> int:
        return sum(message["usage"][kind] for message in last.values())

    assert totals["requests"] == len(last)
    assert totals["tokens"]["input"] == added("input_tokens")
    assert totals["tokens"]["output"] == added("output_tokens")
    assert totals["tokens"]["cache_read"] == added("cache_read_input_tokens")
    written = totals["tokens"]["cache_write_5m"] + totals["tokens"]["cache_write_1h"]
    assert written == added("cache_creation_input_tokens")
    usd = sum(price(message["model"], message["usage"]) for message in last.values())
    assert totals["usd"] == pytest.approx(float(usd), abs=1e-9)


def test_each_log_is_counted_right(claude: Corpus) -> None:
    logs = [log for session in claude.manifest["sessions"] for log in session["logs"]]
    assert sorted(log["path"] for log in logs) == sorted(
        str(path.relative_to(claude.path)) for path in claude.logs
    )
    for log in logs:
        path = claude.path / log["path"]
        found = list(records(path))
        results = [
            block
            for record in found
            if record["type"] == "user" and isinstance(record["message"]["content"], list)
            for block in record["message"]["content"]
        ]
        assert log["bytes"] == path.stat().st_size
        assert log["lines"] - log["bad_lines"] == len(found)
        assert log["tool_calls"] == len(results)
        assert log["failed_tool_calls"] == sum(block.get("is_error", False) for block in results)
        prompts = (
            record
            for record in found
            if record["type"] == "user"
            and isinstance(record["message"]["content"], str)
            and not record.get("isCompactSummary")
        )
        assert log["turns"] == sum(1 for _ in prompts)


def test_parent_chains_hold(claude: Corpus) -> None:
    for path in claude.logs:
        seen: set[str | None] = {None}
        for record in records(path):
            if "uuid" in record:
                assert record["parentUuid"] in seen
                seen.add(record["uuid"])


def test_a_message_takes_several_lines_and_its_last_has_the_most_output(claude: Corpus) -> None:
    lines = Counter((path, message["id"]) for path, message in usage_lines(claude))
    assert max(lines.values()) >= 3
    outputs: dict[str, list[int]] = {}
    for _, message in usage_lines(claude):
        outputs.setdefault(message["id"], []).append(message["usage"]["output_tokens"])
    assert any(counts[0] < counts[-1] for counts in outputs.values())
    assert all(counts[-1] == max(counts) for counts in outputs.values())


def test_sub_agents_are_linked_to_their_call(claude: Corpus) -> None:
    agents = list(claude.path.glob("claude/projects/*/*/subagents/agent-*.jsonl"))
    assert agents
    for path in agents:
        meta = json.loads(path.with_suffix(".meta.json").read_bytes())
        parent = path.parent.parent.with_suffix(".jsonl")
        (result,) = (
            record
            for record in records(parent)
            if record["type"] == "user"
            and meta["toolUseId"] in str(record["message"]["content"])
            and "toolUseResult" in record
        )
        assert f"agent-{result['toolUseResult']['agentId']}" == path.stem
        assert all(record["isSidechain"] for record in records(path))


def test_a_fork_repeats_its_source_and_is_billed_once(claude: Corpus) -> None:
    (fork,) = (session for session in claude.manifest["sessions"] if session["forked_from"])
    assert fork["own"]["requests"] < fork["alone"]["requests"]
    everything = claude.manifest["totals"]["requests"]
    assert everything == sum(item["own"]["requests"] for item in claude.manifest["sessions"])


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_made_small(name: str, tmp_path: Path) -> None:
    corpus = build(name, 1 / 500, under=tmp_path)
    totals = corpus.manifest["totals"]
    assert totals["requests"] > 0
    assert totals["bytes"] == sum(path.stat().st_size for path in corpus.logs)
    assert totals["lines"] - totals["bad_lines"] == sum(
        1 for path in corpus.logs for _ in records(path)
    )


def test_codex_token_events_add_up(tmp_path: Path) -> None:
    corpus = build("codex", 1 / 30, under=tmp_path)
    tokens = Tokens()
    for path in corpus.logs:
        events = [
            record["payload"]["info"]["total_token_usage"]
            for record in records(path)
            if record["payload"].get("type") == "token_count"
        ]
        cached = events[-1]["cached_input_tokens"]
        uncached = events[-1]["input_tokens"] - cached
        tokens.add(Tokens(uncached, cached, 0, 0, events[-1]["output_tokens"]))
    found = corpus.manifest["totals"]["tokens"]
    assert (tokens.input, tokens.cache_read, tokens.output) == (
        found["input"],
        found["cache_read"],
        found["output"],
    )


@pytest.mark.parametrize("model", [name for name in PRICES if not name.startswith("claude")])
def test_prices_of_other_vendors(model: str) -> None:
    request = BilledRequest("", model, Tokens(input=700, cache_read=90_000, output=1100))
    expected = calc_price(
        Usage(input_tokens=90_700, cache_read_tokens=90_000, output_tokens=1100),
        model,
        provider_id="google" if model.startswith("gemini") else "openai",
        genai_request_timestamp=datetime(2026, 10, 1, tzinfo=UTC),
    )
    assert Decimal(request.nano_usd) / 10**9 == expected.total_price
