"""Which records belong to a turn: found by ids in what agents really sent, else by their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from aimux_tui.analysis.telemetry_join import records_of_turn, telemetry_id
from aimux_tui.model.session import Session
from aimux_tui.model.turn import Turn, TurnIds, TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Usage
from aimux_tui.otlp.index import index_body
from aimux_tui.store.telemetry.reader import Telemetry
from aimux_tui.store.telemetry.session import SessionTelemetry
from aimux_tui.store.telemetry.writer import TelemetryWriter
from tests.receiver.clients import recorded
from tests.tui.fake_sessions import make_session


def received(agent: str, folder: Path) -> SessionTelemetry:
    """What a recorded run sent, of the session that most of it is about."""
    writer = TelemetryWriter(folder / "telemetry.db")
    writer.append([index_body(one.signal, one.encoding, one.body) for one in recorded(agent)])
    writer.close()
    telemetry = Telemetry(folder / "telemetry.db")
    sessions = [telemetry.session(key) for key in sorted(telemetry.sessions())]
    for session in sessions:
        session.refresh()
    telemetry.close()
    return max(sessions, key=lambda session: len(session.spans) + len(session.logs))


def make_turn(key: str, ids: TurnIds, start_ns: int = 0, length: timedelta = timedelta()) -> Turn:
    started = datetime.fromtimestamp(start_ns / 1e9, UTC) if start_ns else None
    ended = started + length if started is not None else None
    summary = TurnSummary(
        key, 1, TurnKind.PROMPT, "do it", started, ended, TurnState.DONE, Usage(), 0, 0
    )
    return Turn(summary, (), (), ids)


def session_of(telemetry: SessionTelemetry, provider: str, agent: str = "") -> Session:
    suffix = f"/{agent}" if agent else ""
    session = make_session(f"{provider}:{telemetry.session_id}{suffix}", "a session")
    return replace(session, session_id=agent or telemetry.session_id)


@pytest.mark.parametrize("agent", ["claude-protobuf", "claude-json"])
def test_claude_names_the_prompt_and_its_root_is_found_above(agent: str, tmp_path: Path) -> None:
    telemetry = received(agent, tmp_path)
    prompt = max(telemetry.prompts, key=lambda key: len(telemetry.by_prompt(key)))
    turn = make_turn("uuid", TurnIds(prompts=(prompt,)))
    found = records_of_turn(telemetry, session_of(telemetry, "claude"), turn, None)
    assert {log.keys.prompt for log in found.logs} == {prompt}
    assert [span.name for span in found.spans].count("claude_code.interaction") == 1


def test_what_belongs_to_no_turn_is_in_none(tmp_path: Path) -> None:
    telemetry = received("claude-protobuf", tmp_path)
    session = session_of(telemetry, "claude")
    other = make_turn("uuid", TurnIds(prompts=("another prompt",)))
    found = records_of_turn(telemetry, session, other, None)
    assert found.spans == ()
    assert found.logs == ()


@pytest.mark.parametrize(("agent", "provider"), [("codex-json", "codex"), ("gemini", "gemini")])
def test_where_records_name_no_prompt_their_time_counts(
    agent: str, provider: str, tmp_path: Path
) -> None:
    telemetry = received(agent, tmp_path)
    session = session_of(telemetry, provider)
    start = min(record.time_ns for record in (*telemetry.spans, *telemetry.logs))
    turn = make_turn("turn", TurnIds(), start - 1_000_000, timedelta(minutes=5))
    found = records_of_turn(telemetry, session, turn, None)
    assert found.logs
    assert all(log in found.logs for log in telemetry.logs if not log.keys.prompt)
    soon = datetime.fromtimestamp(start / 1e9, UTC) - timedelta(seconds=1)
    early = records_of_turn(telemetry, session, replace(turn, summary=replace(
        turn.summary, started=soon - timedelta(minutes=1), ended=soon)), soon)  # fmt: skip
    assert early.logs == ()


def test_sub_agents_report_under_their_parents_or_themselves() -> None:
    claude = make_session("claude:parent/a1b2", "explore", session_id="a1b2")
    codex = make_session("codex:child", "explore", parent_key="codex:parent")
    assert telemetry_id(claude) == ("parent", "a1b2")
    assert telemetry_id(codex) == ("child", "")


def test_a_sub_agent_has_its_own_records_alone(tmp_path: Path) -> None:
    telemetry = received("claude-json", tmp_path)
    done = next(log for log in telemetry.logs if log.keys.agent)
    mine = replace(done, name="api_request", keys=replace(done.keys, request="req_1"))
    other = replace(mine, keys=replace(mine.keys, agent="another"))
    telemetry.logs += [mine, other]
    ids = TurnIds(prompts=(done.keys.prompt,), requests=("req_1",))
    session = session_of(telemetry, "claude", done.keys.agent)
    found = records_of_turn(telemetry, session, make_turn("uuid", ids), None)
    assert found.logs == (mine,)
