"""What the recorded runs of real agents come to, once they were received: joins, trees, metrics."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.model.telemetry import LogEvent, Signal
from aimux_tui.otlp.decode import decode_body
from aimux_tui.otlp.index import index_body
from aimux_tui.otlp.payload import Encoding
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.store.telemetry.session import SessionTelemetry, TurnKeys
from aimux_tui.store.telemetry.writer import TelemetryWriter
from tests.receiver.clients import AT, TRACE, logs_request, recorded, traces_request


def received(agent: str, tmp_path: Path, *, folds: bool = True) -> Telemetry:
    path = tmp_path / "telemetry.db"
    writer = TelemetryWriter(path)
    for one in recorded(agent):
        writer.append([index_body(one.signal, one.encoding, one.body, folds=folds)])
    writer.close()
    return Telemetry(path)


def sessions_of(telemetry: Telemetry) -> list[SessionTelemetry]:
    found = [telemetry.session(session) for session in telemetry.sessions()]
    for session in found:
        assert session.refresh()
        assert not session.refresh(), "nothing has come since"
    return sorted(found, key=lambda session: -len(session.spans))


@pytest.mark.parametrize("one", recorded(), ids=lambda one: f"{one.agent}-{one.signal}")
def test_every_record_that_was_counted_is_decoded(one) -> None:
    batch = index_body(one.signal, one.encoding, one.body)
    records = decode_body(one.signal, one.encoding, batch.body)
    assert len(records) == batch.records
    assert {record.resource.service for record in records} == set(batch.services)
    named = {record.keys.session for record in records} - {""}
    assert named <= batch.sessions, "an index may name a session too many, never one too few"
    whole = index_body(one.signal, one.encoding, one.body, folds=False)
    assert whole.body == one.body, "kept as it was received"
    assert whole.records == batch.records + batch.folded.total()


@pytest.mark.parametrize("agent", ["claude-protobuf", "claude-json"])
def test_claude_joins_by_prompt_request_and_tool_call(agent: str, tmp_path: Path) -> None:
    (session,) = sessions_of(received(agent, tmp_path))
    assert session.services == {"claude-code"}
    prompts = {log.keys.prompt for log in session.logs} - {""}
    calls = {span.keys.tool_call for span in session.spans} - {""}
    requests = {span.keys.request for span in session.spans} - {""}
    assert prompts
    assert calls
    assert requests
    for call in calls:
        assert {record.keys.tool_call for record in session.by_tool_call(call)} == {call}
    assert any(
        isinstance(record, LogEvent) for key in calls for record in session.by_tool_call(key)
    )
    prompt = next(log for log in session.logs if log.name == "user_prompt")
    turn = session.turn(TurnKeys(prompts=[prompt.keys.prompt]))
    names = {span.name for span in turn.spans}
    assert {"claude_code.interaction", "claude_code.llm_request", "claude_code.tool"} <= names
    assert [span.start_ns for span in turn.spans] == sorted(span.start_ns for span in turn.spans)
    assert session.by_message(prompt.keys.message)
    for request in requests:
        assert {record.keys.request for record in session.by_request(request)} == {request}
    agents = {span.keys.agent for span in session.spans} - {""}
    assert all(session.by_agent(agent) for agent in agents)


def test_claude_tells_tokens_and_cost_as_metrics(tmp_path: Path) -> None:
    telemetry = received("claude-protobuf", tmp_path)
    series = telemetry.metrics(service="claude-code")
    assert {"claude_code.token.usage", "claude_code.cost.usage"} <= {one.name for one in series}
    tokens = [one for one in series if one.name == "claude_code.token.usage"]
    assert {one.attributes["type"] for one in tokens} <= {
        "input", "output", "cacheRead", "cacheCreation",
    }  # fmt: skip
    assert all(
        one.total > 0 and one.total == sum(value for _, value in one.points) for one in tokens
    )
    assert telemetry.metrics(session=telemetry.sessions()[0])


def test_claude_that_runs_codex_is_one_tree(tmp_path: Path) -> None:
    telemetry = received("claude-runs-codex", tmp_path)
    (trace,) = [trace for trace in telemetry.traces() if trace.name == "claude_code.interaction"]
    assert trace.service == "claude-code"
    assert trace.folded > 20
    tree = telemetry.trace(trace.trace_id)
    by_id = {span.span_id: span for span in tree.spans}
    depths = dict(zip((span.span_id for span in tree.spans), tree.depths, strict=True))
    assert list(tree.depths).count(0) == 1, "one root, although what lay between was folded"
    assert {span.resource.service for span in tree.spans} == {"claude-code", "codex_exec"}
    turn = next(span for span in tree.spans if span.name == "session_task.turn")
    above = []
    while turn.parent_id:
        turn = by_id[turn.parent_id]
        above.append(turn.name)
    assert above[-3:] == [
        "claude_code.tool.execution",
        "claude_code.tool",
        "claude_code.interaction",
    ]
    for span in tree.spans:
        if span.parent_id:
            assert depths[span.span_id] == depths[span.parent_id] + 1
    claude, codex = sorted(sessions_of(telemetry), key=lambda session: sorted(session.services))
    assert (claude.services, codex.services) == ({"claude-code"}, {"codex_exec"})
    assert trace.trace_id in claude.traces
    assert trace.trace_id in codex.traces


def test_spans_of_codex_without_a_session_belong_to_that_of_their_trace(tmp_path: Path) -> None:
    telemetry = received("claude-runs-codex", tmp_path)
    codex = next(one for one in sessions_of(telemetry) if one.services == {"codex_exec"})
    assert any(not span.keys.session for span in codex.spans)
    assert {span.name for span in codex.spans} >= {"codex.exec", "turn/start", "session_task.turn"}


def test_a_flood_is_counted_by_name_and_can_be_kept(tmp_path: Path) -> None:
    telemetry = received("opencode", tmp_path)
    counts = {(fold.service, fold.name): fold.count for fold in telemetry.folded()}
    assert counts["opencode", "sql.execute"] > 0
    kept = Counter(span.name for session in sessions_of(telemetry) for span in session.spans)
    assert {"ai.streamText", "ai.toolCall", "Tool.execute"} <= set(kept)
    assert "sql.execute" not in kept
    whole = received("opencode", tmp_path / "whole", folds=False)
    assert not whole.folded()
    spans = sum(service.spans for service in whole.services())
    folded = sum(count for (service, _), count in counts.items() if service == "opencode")
    assert spans == folded + sum(service.spans for service in telemetry.services())


def test_codex_tells_the_end_of_a_response_once(tmp_path: Path) -> None:
    telemetry = received("codex-json", tmp_path)
    events = [
        log
        for session in sessions_of(telemetry)
        for log in session.logs
        if log.name == "codex.sse_event"
    ]
    assert events
    assert all("input_token_count" in event.attributes for event in events)
    assert all(event.time_ns for event in events), "observed, where Codex gives no time"


@pytest.mark.parametrize("agent", ["gemini", "qwen"])
def test_gemini_and_qwen_join_by_session_and_prompt(agent: str, tmp_path: Path) -> None:
    (session,) = sessions_of(received(agent, tmp_path))
    assert session.spans
    assert session.logs
    assert {record.keys.session for record in session.logs} == {session.session_id}
    prompts = {log.keys.prompt for log in session.logs} - {""}
    assert all(session.by_prompt(prompt) for prompt in prompts)
    assert any(span.keys.tool_call for span in session.spans)


def test_anything_with_opentelemetry_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    writer = TelemetryWriter(path)
    body = traces_request(5, service="shop")
    writer.append([index_body(Signal.TRACES, Encoding.PROTOBUF, body)])
    telemetry = Telemetry(path)
    (summary,) = telemetry.traces(service="shop")
    assert (summary.name, summary.spans, summary.errors, summary.folded) == ("step 1", 5, 0, 0)
    assert (summary.start_ns, summary.end_ns) == (AT + 1, AT + 15)
    assert telemetry.traces(since=telemetry.version()) == []
    assert telemetry.batches()[0].body == body
    assert not telemetry.sessions()
    (service,) = telemetry.services()
    assert (service.name, service.spans) == ("shop", 5)
    assert [record.name for record in telemetry.find("step 4")] == ["step 4"]
    assert len(list(telemetry.find(TRACE.hex()))) == 5
    writer.close()


def test_an_id_is_found_wherever_it_stands(tmp_path: Path) -> None:
    telemetry = received("claude-json", tmp_path)
    call = next(span.keys.tool_call for one in sessions_of(telemetry) for span in one.spans
                if span.keys.tool_call)  # fmt: skip
    found = list(telemetry.find(call))
    assert found
    assert all(record.keys.tool_call == call or call in str(record.attributes) for record in found)


def test_a_session_is_read_on_as_it_grows(tmp_path: Path) -> None:
    writer = TelemetryWriter(tmp_path / "telemetry.db")
    telemetry = Telemetry(tmp_path / "telemetry.db")
    session = telemetry.session("s1")
    assert not session.refresh()
    # The span that names no session comes first, and is known to belong to it only afterwards.
    alone = index_body(Signal.TRACES, Encoding.PROTOBUF, traces_request(1, service="claude-code"))
    writer.append([alone])
    assert not session.refresh()
    named = traces_request(1, first=2, session="s1", service="claude-code")
    writer.append([index_body(Signal.TRACES, Encoding.PROTOBUF, named)])
    assert session.refresh()
    assert {span.name for span in session.spans} == {"step 1", "step 2"}
    writer.append([index_body(Signal.LOGS, Encoding.PROTOBUF, logs_request("one"))])
    other = index_body(Signal.LOGS, Encoding.PROTOBUF, logs_request("two", session="s2"))
    writer.append([other])
    assert session.refresh()
    assert [log.name for log in session.logs] == ["one"]
    in_time = session.turn(TurnKeys(start_ns=AT, end_ns=AT + 1))
    assert [log.name for log in in_time.logs] == ["one"]
    writer.close()


def test_lengths_that_are_padded_hide_no_session() -> None:
    body = traces_request(1, session="s1")
    plain = b"\x0a\x0asession.id\x12\x04\x0a\x02s1"
    assert plain in body
    # The same attribute, the length of its key written with a needless second byte.
    span = body[body.index(b"\x0a\x10" + TRACE) :]
    padded = span.replace(plain, b"\x0a\x8a\x00session.id\x12\x04\x0a\x02s1")
    padded = padded.replace(b"\x4a\x12\x0a\x8a", b"\x4a\x13\x0a\x8a")
    scope = b"\x12" + bytes([len(padded)]) + padded
    resource = b"\x12" + bytes([len(scope)]) + scope
    request = b"\x0a" + bytes([len(resource)]) + resource
    batch = index_body(Signal.TRACES, Encoding.PROTOBUF, request)
    assert batch.records == 1
    assert batch.sessions == {"s1"}


def test_old_and_too_much_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    writer = TelemetryWriter(path)
    batch = index_body(Signal.TRACES, Encoding.PROTOBUF, traces_request(50, session="s1"))
    for _ in range(500):
        writer.append([batch])
    telemetry = Telemetry(path)
    before = writer.size()
    limit = before // 2
    while writer.prune(10**18, limit):
        pass
    assert 0 < writer.size() <= limit
    count, _, _ = telemetry.totals()
    assert 0 < count < 500
    assert len(telemetry.batch_numbers(2, "s1")) == count
    assert telemetry.version() == 500, "numbers are not used again"
    assert not writer.prune(10**18, limit)
    while writer.prune(0, 10**12):
        pass
    assert telemetry.totals()[0] == 0
    assert not telemetry.traces()
    assert not telemetry.sessions()
    writer.close()


def test_a_running_total_is_told_as_what_was_added() -> None:
    from aimux_tui.store.telemetry.metrics import series_of

    (one,) = [one for one in recorded("gemini") if one.signal is Signal.METRICS][:1]
    points = [
        point
        for point in decode_body(one.signal, one.encoding, one.body)
        if point.name == "gemini_cli.session.count"
    ][:1]
    first = points[0]
    later = replace(first, time_ns=first.time_ns + 9, value=first.value + 2)
    anew = replace(first, time_ns=first.time_ns + 99, start_ns=first.start_ns + 50, value=1.0)
    (series,) = series_of([anew, later, first])
    assert series.total == first.value + 2 + 1
    assert [value for _, value in series.points] == [first.value, 2, 1]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "telemetry.db"
    writer = TelemetryWriter(path)
    writer.append([index_body(Signal.TRACES, Encoding.PROTOBUF, traces_request())])
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
    writer.close()


def test_nothing_is_read_where_nothing_is(tmp_path: Path) -> None:
    telemetry = Telemetry(tmp_path / "none.db")
    assert telemetry.version() == 0
    assert not telemetry.traces()
    assert not telemetry.services()
    assert telemetry.last_listener() is None
    assert telemetry.trace("no hex").spans == ()
    assert telemetry.trouble == ""
    (tmp_path / "none.db").write_bytes(b"no database" * 999)
    assert telemetry.version() == 0
    assert "not a database" in telemetry.trouble
