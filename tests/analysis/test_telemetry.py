"""What telemetry says of a turn: by hand-made records, and by those that agents really sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimux_tui.analysis.telemetry import Report, report_of
from aimux_tui.model.telemetry import JoinKeys, LogEvent, Resource, Scope, Signal, Span, SpanStatus
from aimux_tui.model.usage import Usage
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.payload import Encoding
from tests.tui.fake_telemetry import make_span

PAYLOADS = Path(__file__).parents[1] / "receiver" / "payloads"
ENCODINGS = {".pb": Encoding.PROTOBUF, ".json": Encoding.JSON}


def log(name: str, keys: JoinKeys | None = None, **attributes: object) -> LogEvent:
    given = {key.replace("__", "."): value for key, value in attributes.items()}
    return LogEvent(name, 1, "", None, given, "", "", Resource({}), Scope(), keys or JoinKeys())


def sent(agent: str) -> Report:
    """The report of everything that a recorded run sent."""
    spans: list[Span] = []
    logs: list[LogEvent] = []
    for path in sorted((PAYLOADS / agent).iterdir()):
        signal = Signal(path.name.partition("-")[0])
        for record in decode_body(signal, ENCODINGS[path.suffix], path.read_bytes()):
            if isinstance(record, Span):
                spans.append(record)
            elif isinstance(record, LogEvent):
                logs.append(record)
    return report_of(spans, logs)


def test_numbers_may_be_texts() -> None:
    report = report_of(
        [],
        [
            log(
                "api_request",
                JoinKeys(request="req_1"),
                model="opus",
                input_tokens="10",
                cache_read_tokens=200,
                cache_creation_tokens=30,
                cache_creation_1h_tokens=10,
                output_tokens="7",
                cost_usd="0.5",
                ttft_ms="12",
                duration_ms=250,
            )
        ],
    )
    (request,) = report.requests
    assert request.usage == Usage(10, 200, 20, 10, 7, requests=1)
    assert (request.duration, request.first_token) == (250_000_000, 12_000_000)
    assert report.cost_usd == 0.5


def test_cached_tokens_are_no_input_twice() -> None:
    codex = log("codex.sse_event", input_token_count="100", cached_token_count=60,
                output_token_count="9", reasoning_token_count=4)  # fmt: skip
    gemini = log("gemini_cli.api_response", input_token_count=100, cached_content_token_count=60,
                 output_token_count=9, thoughts_token_count=4)  # fmt: skip
    first, second = report_of([], [codex, gemini]).requests
    assert first.usage == Usage(input=40, cache_read=60, output=9, reasoning=4, requests=1)
    assert second.usage == Usage(input=40, cache_read=60, output=13, reasoning=4, requests=1)


def test_waits_decisions_and_outcomes_come_together_by_the_call() -> None:
    call = JoinKeys(tool_call="toolu_1")
    tool = make_span("claude_code.tool", "01", length=900)
    tool = Span(**{name: getattr(tool, name) for name in tool.__struct_fields__} | {"keys": call})
    blocked = make_span("claude_code.tool.blocked_on_user", "02", "01", length=400)
    report = report_of(
        [tool, blocked],
        [
            log("tool_decision", call, tool_name="Bash", decision="accept", source="user"),
            log(
                "tool_result",
                call,
                tool_name="Bash",
                success="false",
                duration_ms="500",
                error="exit 3",
            ),
        ],
    )
    (bash,) = report.tools
    assert (bash.name, bash.decision, bash.source) == ("Bash", "accept", "user")
    assert (bash.waited, bash.duration) == (400_000_000, 500_000_000)
    assert (bash.is_ok, bash.error) == (False, "exit 3")


def test_the_time_of_a_sub_agent_is_in_that_of_its_turn() -> None:
    turn = make_span("session_task.turn", "01", length=1600)
    spawn = make_span("spawn_agent", "02", "01", length=400)
    below = make_span("session_task.turn", "03", "02", length=300)
    assert report_of([turn, spawn, below], []).duration == 1_600_000_000


def test_hooks_and_servers() -> None:
    report = report_of(
        [],
        [
            log("hook_execution_complete", hook_name="PreToolUse:Bash", total_duration_ms=20),
            log("hook_execution_complete", hook_name="PreToolUse:Bash", total_duration_ms=30),
            log("mcp_server_connection", server_name="github", status="connected"),
            log("codex.conversation_starts", mcp_servers="docs, files"),
        ],
    )
    assert report.hooks == {"PreToolUse:Bash": (2, 50_000_000)}
    assert report.mcp_servers == {
        "github": "connected",
        "docs": "configured",
        "files": "configured",
    }


def test_failures_and_what_is_unknown_are_told() -> None:
    failed = make_span("checkout", "01", status=SpanStatus.ERROR)
    report = report_of(
        [failed], [log("api_error", status_code=503, error="overloaded", attempt=3), log("new.one")]
    )
    assert report.errors == ("503 overloaded", "it broke")
    assert report.retries == 3
    assert report.others == {"new.one": 1}


@pytest.mark.parametrize(
    ("value", "reported"), [(None, None), ("", None), ("many", None), (float("nan"), None)]
)
def test_nonsense_is_not_known(value: object, reported: object) -> None:
    (request,) = report_of([], [log("api_request", cost_usd=value, duration_ms=value)]).requests
    assert request.cost_usd is reported
    assert request.duration is None
    assert request.usage == Usage(requests=1)


@pytest.mark.parametrize(
    "agent", ["claude-json", "claude-protobuf", "codex-json", "gemini", "qwen", "opencode"]
)
def test_what_agents_really_sent_is_understood(agent: str) -> None:
    report = sent(agent)
    assert report.requests
    assert report.usage.output > 0
    assert report.usage.context > 0
    assert report.tools
    assert all(tool.name for tool in report.tools)
    assert any(tool.duration for tool in report.tools)


def test_claude_tells_its_cost_and_who_decided() -> None:
    report = sent("claude-protobuf")
    assert report.cost_usd
    assert report.duration
    assert {(tool.decision, tool.source) for tool in report.tools} == {("accept", "config")}
    assert not report.waited  # rules decided
