"""Where Claude Code's files are found and recognised, and what lies beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aimux_tui.providers.claude import PROVIDER
from tests.providers.claude.build import SESSION, long_session

if TYPE_CHECKING:
    from pathlib import Path


def test_homes(tmp_path: Path) -> None:
    assert PROVIDER.roots({}, tmp_path) == (tmp_path / ".claude", tmp_path / ".config" / "claude")
    decomposed = "/data/cafe\u0301"
    assert [str(root) for root in PROVIDER.roots({"CLAUDE_CONFIG_DIR": decomposed}, tmp_path)] == [
        "/data/caf\u00e9"
    ]


def test_every_layout_is_found_and_nothing_else(tmp_path: Path) -> None:
    project = tmp_path / "projects" / "-work-zoo"
    nested = project / SESSION / "subagents"
    run = nested / "workflows" / "wf_1"
    run.mkdir(parents=True)
    (project / SESSION / "tool-results").mkdir()
    for path in (
        project / f"{SESSION}.jsonl",
        project / "agent-0123abcd.jsonl",
        project / "sessions-index.json",
        nested / "agent-a1.jsonl",
        nested / "agent-a1.meta.json",
        run / "agent-a2.jsonl",
        run / "journal.jsonl",
        project / SESSION / "tool-results" / "x.jsonl",
        tmp_path / "history.jsonl",
    ):
        path.write_bytes(b"")
    found = {file.path.rpartition("/")[2]: file.parent_hint for file in PROVIDER.find(tmp_path)}
    assert found == {
        f"{SESSION}.jsonl": "",
        "agent-0123abcd.jsonl": "",
        "agent-a1.jsonl": SESSION,
        "agent-a2.jsonl": SESSION,
    }
    assert list(PROVIDER.find(tmp_path / "nowhere")) == []


def test_a_log_is_recognised_wherever_it_lies(tmp_path: Path) -> None:
    head = long_session().data[:65_536]
    file = PROVIDER.recognise(tmp_path / "copy.jsonl", head)
    assert file is not None
    assert (file.format, file.root, file.parent_hint) == ("lines", str(tmp_path), "")
    agent = tmp_path / SESSION / "subagents" / "agent-a1.jsonl"
    found = PROVIDER.recognise(agent, head)
    assert found is not None
    assert found.parent_hint == SESSION
    assert PROVIDER.recognise(tmp_path / "copy.json", head) is None


@pytest.mark.parametrize(
    "line",
    [
        {"timestamp": "2026-01-01T00:00:00Z", "type": "session_meta", "payload": {"id": "x"}},
        {"sessionId": "x", "projectHash": "y", "startTime": "z"},
        {"type": "user", "uuid": "u", "message": {"role": "user", "parts": [{"text": "hi"}]}},
        {"type": "session", "version": 3, "id": "x"},
    ],
)
def test_logs_of_others_are_left_to_them(tmp_path: Path, line: dict[str, object]) -> None:
    head = json.dumps(line).encode() + b"\n"
    assert PROVIDER.recognise(tmp_path / "x.jsonl", head) is None


def test_a_first_line_longer_than_the_head_is_enough(tmp_path: Path) -> None:
    head = b'{"parentUuid":null,"isSidechain":false,"type":"user","message":{"role":"user","con'
    assert PROVIDER.recognise(tmp_path / "x.jsonl", head) is not None


def test_live_states_say_what_a_session_waits_for(tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    state = {
        "pid": 7, "sessionId": SESSION, "status": "waiting", "waitingFor": "permission prompt",
        "updatedAt": 1795210982928, "peerToken": "secret",
    }  # fmt: skip
    (sessions / "7.json").write_text(json.dumps(state))
    (sessions / "8.json").write_text(json.dumps(state | {"status": "busy", "updatedAt": 1}))
    (sessions / "9.json").write_text('{"sessionId": "torn')
    (sessions / "10.json").write_text('["odd"]')
    states = PROVIDER.live_states(tmp_path)
    assert list(states) == [SESSION]
    found = states[SESSION]
    assert (found.status, found.waiting_for, found.pid) == ("waiting", "permission prompt", 7)
    assert found.updated is not None
    assert found.updated.year == 2026
    assert "secret" not in repr(states)
    assert PROVIDER.live_states(tmp_path / "nowhere") == {}


def test_titles_of_the_index_of_sessions(tmp_path: Path) -> None:
    project = tmp_path / "projects" / "-p"
    project.mkdir(parents=True)
    entries = [
        {"sessionId": "s1", "summary": "A  good\ntitle"}, {"sessionId": "s2"}, 5,
        {"sessionId": "s3", "summary": " "},
    ]  # fmt: skip
    (project / "sessions-index.json").write_text(json.dumps({"version": 1, "entries": entries}))
    assert PROVIDER.titles(tmp_path) == {"s1": "A good title"}


def test_resuming() -> None:
    assert list(PROVIDER.resume_command(SESSION, "/work")) == ["claude", "--resume", SESSION]
