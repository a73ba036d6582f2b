"""What telemetry says of a turn or a session: requests, waits, decisions, tools, what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from aimux_tui.analysis.telemetry_values import (
    flag,
    milliseconds,
    number,
    text,
    whole,
)
from aimux_tui.model.telemetry import LogEvent, Span, SpanStatus
from aimux_tui.model.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOLD = frozenset(
    {
        "user_prompt",
        "assistant_response",
        "codex.user_prompt",
        "gemini_cli.user_prompt",
        "gemini_cli.api_request",
        "qwen-code.user_prompt",
        "qwen-code.api_request",
        "gen_ai.client.inference.operation.details",
    }
)
"""Log records that say nothing that is not told anyway."""
_WHOLE = frozenset({"claude_code.interaction", "qwen-code.interaction", "session_task.turn"})
"""Spans that last from a prompt to its end."""
_PEOPLE = frozenset({"user_temporary", "user_permanent", "user_abort", "user_reject", "user"})
"""Sources of decisions that a user made."""


class ReportedRequest(Struct, frozen=True):
    """A call of a model's API, as the agent reports it. Durations are nanoseconds."""

    id: str = ""
    model: str = ""
    usage: Usage = Usage()
    cost_usd: float | None = None
    """What the agent says that it cost."""
    duration: int | None = None
    first_token: int | None = None
    attempts: int = 1
    error: str = ""
    """Why it failed for good; "" if it did not."""
    agent: str = ""
    """The sub-agent that made it."""
    purpose: str = ""
    """What for, where it is not for the conversation: a title, a summary."""


class ReportedTool(Struct, frozen=True):
    """A tool call, as the agent reports it."""

    id: str
    name: str = ""
    duration: int | None = None
    """Of its execution alone."""
    waited: int = 0
    """For somebody's approval."""
    decision: str = ""
    source: str = ""
    """Who decided: a rule, the user."""
    is_ok: bool | None = None
    error: str = ""
    mcp_server: str = ""


class Report(Struct, frozen=True):
    """What was reported of a turn, of a session, or of a single call."""

    requests: tuple[ReportedRequest, ...] = ()
    tools: tuple[ReportedTool, ...] = ()
    duration: int | None = None
    """From the prompt to the end, as the agent measured it."""
    first_token: int | None = None
    """From the prompt to the first word of the model, where that is told of the turn."""
    failed_attempts: int = 0
    """Requests that failed and were made again."""
    hooks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Event → (how often, nanoseconds in all)."""
    mcp_servers: Mapping[str, str] = field(default_factory=dict)
    """Name → its state."""
    errors: tuple[str, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    """Everything else that happened, by name."""

    @property
    def usage(self) -> Usage:
        """Of all requests."""
        return sum((request.usage for request in self.requests), Usage())

    @property
    def cost_usd(self) -> float | None:
        """What the agent says that they cost; None if it says nothing."""
        costs = [one.cost_usd for one in self.requests if one.cost_usd is not None]
        return sum(costs) if costs else None

    @property
    def waited(self) -> int:
        """Nanoseconds for which it waited for somebody's approval."""
        return sum(tool.waited for tool in self.tools)

    @property
    def retries(self) -> int:
        """Attempts beyond the first."""
        again = sum(max(0, request.attempts - 1) for request in self.requests)
        return max(again, self.failed_attempts)


def report_of(spans: Sequence[Span], logs: Sequence[LogEvent]) -> Report:
    """The report of some records, those of one turn for instance."""
    reading = _Reading()
    for log in logs:
        reading.take_log(log)
    by_id = {span.span_id: span for span in spans}
    for span in spans:
        if span.name not in _WHOLE or not _is_inside(span, by_id):
            reading.take_span(span, by_id.get(span.parent_id))
    return reading.report()


def _is_inside(span: Span, by_id: Mapping[str, Span]) -> bool:
    """Whether a turn is within another one: a sub-agent's."""
    seen: set[str] = set()
    above = by_id.get(span.parent_id)
    while above is not None and above.span_id not in seen:
        if above.name in _WHOLE:
            return True
        seen.add(above.span_id)
        above = by_id.get(above.parent_id)
    return False


class _Reading:
    """Collects what the records say; log records before spans."""

    def __init__(self) -> None:
        self._requests: dict[str, ReportedRequest] = {}
        self._spans_of_requests: dict[str, ReportedRequest] = {}
        self._tools: dict[str, ReportedTool] = {}
        self._hooks: dict[str, tuple[int, int]] = {}
        self._servers: dict[str, str] = {}
        self._errors: dict[str, None] = {}
        self._others: Counter[str] = Counter()
        self._durations: list[int] = []
        self._first_token: int | None = None
        self._failed_attempts = 0

    def report(self) -> Report:
        """All of it."""
        requests = dict(self._requests)
        for key, seen in self._spans_of_requests.items():
            known = requests.get(key)
            if known is not None:
                requests[key] = replace(
                    known, attempts=seen.attempts, first_token=_first(known, seen)
                )
            elif not self._requests:
                requests[key] = seen  # log records tell more, but there are none
        return Report(
            requests=tuple(requests.values()),
            tools=tuple(self._tools.values()),
            duration=sum(self._durations) if self._durations else None,
            first_token=self._first_token,
            failed_attempts=self._failed_attempts,
            hooks=self._hooks,
            mcp_servers=self._servers,
            errors=tuple(self._errors),
            others=self._others,
        )

    def take_log(self, log: LogEvent) -> None:
        """One log record."""
        given = log.attributes
        match log.name:
            case "api_request":
                self._request(log, _claude_usage(given), cost=number(given, "cost_usd"))
            case "codex.sse_event" if "input_token_count" in given:
                self._request(log, _codex_usage(given))
            case "gemini_cli.api_response" | "qwen-code.api_response":
                self._request(log, _gemini_usage(given))
            case "api_error" | "gemini_cli.api_error" | "qwen-code.api_error":
                self._failed(given)
            case "codex.api_request" | "codex.websocket_request":
                self._failed_attempts += bool(text(given, "error.message"))
            case "codex.turn_ttft":
                self._first_token = milliseconds(given, "ttft_ms", "duration_ms")
            case (
                "tool_result" | "codex.tool_result" | "gemini_cli.tool_call" | "qwen-code.tool_call"
            ):
                self._tool_result(log)
            case "tool_decision" | "codex.tool_decision":
                self._tool(
                    log.keys.tool_call,
                    text(given, "tool_name"),
                    decision=text(given, "decision"),
                    source=text(given, "source"),
                )
            case "hook_execution_complete":
                self._hook(given)
            case "mcp_server_connection":
                name = text(given, "server_name", "mcp_server_name", "transport_type") or "?"
                self._servers[name] = text(given, "status")
            case "codex.conversation_starts":
                for name in text(given, "mcp_servers").split(","):
                    if name.strip():
                        self._servers[name.strip()] = "configured"
            case _ if log.name not in _TOLD:
                self._others[log.name] += 1

    def take_span(self, span: Span, parent: Span | None) -> None:
        """One span."""
        given = span.attributes
        match span.name:
            case _ if span.name in _WHOLE:
                self._durations.append(span.duration_ns)
            case "claude_code.tool.blocked_on_user" | "qwen-code.tool.blocked_on_user":
                call = parent.keys.tool_call if parent is not None else span.keys.tool_call
                # Where a rule decides, that takes its time too, but nobody was waited for.
                if text(given, "source") in {"", *_PEOPLE}:
                    self._tool(call, waited=span.duration_ns)
            case "qwen-code.hook":
                self._hook(given)
            case "claude_code.llm_request" | "qwen-code.llm_request":
                self._request_span(span)
            case "handle_responses" | "llm_call" | "ai.streamText.doStream":
                self._request_span(span)
            case "ai.toolCall" | "tool_call" | "exec_command" | "apply_patch":
                self._tool_span(span)
        is_told = bool(span.keys.tool_call)  # a failed call is told as one
        if span.status is SpanStatus.ERROR and span.status_message and not is_told:
            self._errors[span.status_message[:400]] = None

    def _request(self, log: LogEvent, usage: Usage, cost: float | None = None) -> None:
        given = log.attributes
        key = log.keys.request or f"#{len(self._requests)}"
        purpose = text(given, "query_source")
        is_aside = bool(purpose) and not purpose.startswith(("sdk", "repl", "agent", "cli"))
        self._requests[key] = ReportedRequest(
            id=log.keys.request,
            model=text(given, "model"),
            usage=usage,
            cost_usd=cost,
            duration=milliseconds(given, "duration_ms"),
            first_token=milliseconds(given, "ttft_ms"),
            agent=log.keys.agent or _agent_in(log.keys.prompt),
            purpose=purpose if is_aside else "",
        )

    def _request_span(self, span: Span) -> None:
        given = span.attributes
        key = span.keys.request or f"#{len(self._spans_of_requests)}"
        total = whole(given, "gen_ai.usage.input_tokens", "input_tokens")
        cached = whole(given, "gen_ai.usage.cache_read.input_tokens", "ai.usage.cachedInputTokens")
        usage = (
            _claude_usage(given)
            if span.name.startswith("claude")
            else Usage(
                input=max(total - cached, 0),
                cache_read=cached,
                output=whole(given, "gen_ai.usage.output_tokens"),
                requests=1,
            )
        )
        self._spans_of_requests[key] = ReportedRequest(
            id=span.keys.request,
            model=text(given, "gen_ai.request.model", "model"),
            usage=usage,
            duration=span.duration_ns,
            first_token=milliseconds(given, "ttft_ms", "ai.response.msToFirstChunk"),
            attempts=max(whole(given, "attempt"), 1),
            error=span.status_message if span.status is SpanStatus.ERROR else "",
            agent=span.keys.agent,
        )

    def _failed(self, given: Mapping[str, Any]) -> None:
        code = text(given, "status_code", "http.status_code")
        said = text(given, "error", "error.message")[:400]
        self._errors[f"{code} {said}".strip()] = None
        self._failed_attempts += max(whole(given, "attempt"), 1)

    def _tool_result(self, log: LogEvent) -> None:
        given = log.attributes
        # Gemini's log records do not say which call they are about.
        key = log.keys.tool_call or f"#{len(self._tools)}"
        error = text(given, "error", "error.message") or text(given, "error_type")
        self._tool(
            key,
            text(given, "tool_name", "function_name"),
            duration=milliseconds(given, "duration_ms"),
            is_ok=flag(given, "success"),
            error=error[:400],
            mcp_server=text(given, "mcp_server_name", "mcp_server"),
            **({"decision": said} if (said := text(given, "decision")) else {}),
        )

    def _tool_span(self, span: Span) -> None:
        key = span.keys.tool_call
        name = text(span.attributes, "tool_name", "gen_ai.tool.name", "ai.toolCall.name")
        if key not in self._tools:
            # A log record may tell of the same call without its id.
            nameless = [at for at in self._tools if at.startswith("#")]
            if at := next((at for at in nameless if self._tools[at].name == name), ""):
                self._tools[key] = replace(self._tools.pop(at), id=key)
        if key not in self._tools or self._tools[key].duration is None:
            self._tool(key, name, duration=span.duration_ns)

    def _tool(self, key: str, name: str = "", **changes: Any) -> None:
        if not key:
            return
        known = self._tools.get(key, ReportedTool(key))
        self._tools[key] = replace(known, name=known.name or name, **changes)

    def _hook(self, given: Mapping[str, Any]) -> None:
        name = text(given, "hook_name", "hook_event") or "hook"
        count, spent = self._hooks.get(name, (0, 0))
        took = milliseconds(given, "total_duration_ms", "duration_ms") or 0
        self._hooks[name] = (count + max(whole(given, "num_hooks"), 1), spent + took)


def _first(known: ReportedRequest, seen: ReportedRequest) -> int | None:
    return known.first_token if known.first_token is not None else seen.first_token


def _agent_in(prompt: str) -> str:
    """Gemini's sub-agents name their prompts after themselves: "agent#3"."""
    agent, mark, rest = prompt.partition("#")
    return agent if mark and rest.isdecimal() else ""


def _claude_usage(given: Mapping[str, Any]) -> Usage:
    written = whole(given, "cache_creation_tokens")
    hour = whole(given, "cache_creation_1h_tokens")
    return Usage(
        input=whole(given, "input_tokens"),
        cache_read=whole(given, "cache_read_tokens"),
        cache_write_5m=written - hour,
        cache_write_1h=hour,
        output=whole(given, "output_tokens"),
        requests=1,
    )


def _codex_usage(given: Mapping[str, Any]) -> Usage:
    cached = whole(given, "cached_token_count")
    written = whole(given, "cache_write_token_count")
    return Usage(
        input=max(whole(given, "input_token_count") - cached - written, 0),
        cache_read=cached,
        cache_write_5m=written,
        output=whole(given, "output_token_count"),
        reasoning=whole(given, "reasoning_token_count"),
        requests=1,
    )


def _gemini_usage(given: Mapping[str, Any]) -> Usage:
    cached = whole(given, "cached_content_token_count")
    thoughts = whole(given, "thoughts_token_count")
    tool = whole(given, "tool_token_count")
    return Usage(
        input=max(whole(given, "input_token_count") - cached, 0) + tool,
        cache_read=cached,
        output=whole(given, "output_token_count") + thoughts,
        reasoning=thoughts,
        requests=1,
    )
