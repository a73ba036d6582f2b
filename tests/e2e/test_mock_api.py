"""The mock model itself: scripts, token counts, and the three dialects over a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from aimux_tui.model.usage import Usage
from tests.e2e.exchange import Asked, PromptCache
from tests.e2e.mock_api import MockApi, serving
from tests.e2e.script import Message, Script, call, choose, custom, failing, say, script, think

SCRIPTS = [
    script("fix the login", think("Look.", call("Read", path="a")), say("Fixed.")),
    script("count the lines", say("Two lines.")),
    script("break", failing(say("Recovered."), 529, "overloaded_error", "Overloaded")),
    script("raw", say("", custom("exec", "text(1)"))),
]


@pytest.fixture
def model() -> Iterator[MockApi]:
    with serving(MockApi(SCRIPTS)) as serving_model:
        yield serving_model


def post(model: MockApi, path: str, body: Any) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", model.port, timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def events(text: str) -> list[Any]:
    lines = (line for line in text.splitlines() if line.startswith("data: "))
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def anthropic(*messages: tuple[str, str], tools: bool = True) -> dict[str, Any]:
    return {
        "model": "claude-x",
        "stream": True,
        "tools": [{"name": "Read"}] if tools else [],
        "messages": [{"role": role, "content": text} for role, text in messages],
    }


@pytest.mark.parametrize(
    ("messages", "prompt", "step"),
    [
        ([Message("user", "please fix the login")], "fix the login", 0),
        ([Message("user", "fix the login"), Message("model", ""), Message("tool", "x")],
         "fix the login", 1),
        ([Message("user", "fix the login"), Message("model", "a"), Message("model", "b")],
         "fix the login", 1),
        ([Message("user", "fix the login"), Message("model", ""),
          Message("user", "count the lines")], "count the lines", 0),
        ([Message("user", "fix the login"), Message("tool", "count the lines")],
         "fix the login", 0),
    ],
    ids=["first", "after a tool", "one answer in two items", "newest prompt", "tool output"],
)  # fmt: skip
def test_a_request_tells_by_its_history_where_it_stands(
    messages: list[Message], prompt: str, step: int
) -> None:
    found, number = choose(SCRIPTS, messages)
    assert isinstance(found, Script)
    assert (found.prompt, number) == (prompt, step)


def test_an_unknown_prompt_is_remembered(model: MockApi) -> None:
    post(model, "/v1/messages", anthropic(("user", "what is this?")))
    assert [asked.messages[-1].text for asked in model.unknown_prompts] == ["what is this?"]


def test_the_cache_reads_the_longest_prefix_seen_before() -> None:
    cache = PromptCache()
    first = Asked("api", "model", [], ["tools" * 80, "prompt" * 40])
    longer = Asked("api", "model", [], ["tools" * 80, "prompt" * 40, "answer" * 20])
    other_model = Asked("api", "other", [], ["tools" * 80])
    assert cache.count(first) == (0, 160)
    assert cache.count(longer) == (160, 190)
    assert cache.count(other_model) == (0, 100)


def test_anthropic_streams_blocks_and_usage(model: MockApi) -> None:
    status, text = post(model, "/v1/messages", anthropic(("user", "fix the login")))
    told = events(text)
    assert status == 200
    starts = [event["content_block"] for event in told if event["type"] == "content_block_start"]
    assert [block["type"] for block in starts] == ["thinking", "tool_use"]
    final = next(event for event in told if event["type"] == "message_delta")
    served = model.served[0]
    assert final["usage"]["output_tokens"] == served.usage.output
    assert final["usage"]["cache_creation_input_tokens"] == served.usage.cache_write
    assert final["delta"]["stop_reason"] == "tool_use"


def test_openai_streams_items_and_usage(model: MockApi) -> None:
    body = {
        "model": "gpt-x",
        "stream": True,
        "tools": [{"type": "custom", "name": "exec"}],
        "input": [{"type": "message", "role": "user", "content": "raw"}],
    }
    told = events(post(model, "/v1/responses", body)[1])
    done = [event["item"] for event in told if event["type"] == "response.output_item.done"]
    assert [(item["type"], item["input"]) for item in done] == [("custom_tool_call", "text(1)")]
    usage = told[-1]["response"]["usage"]
    assert usage["total_tokens"] == model.usage.total
    assert [event["sequence_number"] for event in told] == list(range(len(told)))


def test_gemini_counts_thoughts_beside_the_answer(model: MockApi) -> None:
    body = {
        "contents": [{"role": "user", "parts": [{"text": "fix the login"}]}],
        "tools": [{"functionDeclarations": [{"name": "Read"}]}],
    }
    path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    told = events(post(model, path, body)[1])
    counts = told[-1]["usageMetadata"]
    served = model.usage
    assert counts["thoughtsTokenCount"] == served.reasoning > 0
    assert counts["candidatesTokenCount"] + counts["thoughtsTokenCount"] == served.output
    assert counts["totalTokenCount"] == served.total


def test_a_failure_is_served_once_and_costs_nothing(model: MockApi) -> None:
    body = anthropic(("user", "break"))
    assert post(model, "/v1/messages", body)[0] == 529
    assert model.usage == Usage()
    status, text = post(model, "/v1/messages", body)
    assert (status, "Recovered." in text) == (200, True)


def test_helper_requests_are_no_turns(model: MockApi) -> None:
    post(model, "/v1/messages", anthropic(("user", "fix the login"), tools=False))
    assert [item.purpose for item in model.served] == ["title"]
    assert model.usage == Usage()
