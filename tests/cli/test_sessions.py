"""`aimux sessions`: every agent's sessions, exact numbers, honest about what is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aimux_tui.cli.sessions import parse_since
from aimux_tui.errors import CommandError
from tests.cli.conftest import Run
from tests.cli.homes import AGENT_ID, CLAUDE_ID, CODEX_ID, GEMINI_ID, write_lines


def listed(run: Run, *options: str) -> list[dict[str, Any]]:
    code, out, err = run("sessions", "--json", *options)
    assert (code, err) == (0, "")
    return json.loads(out)["sessions"]


def test_json_has_every_agents_sessions_with_exact_numbers(logs: dict[str, Path], run: Run) -> None:
    sessions = {session["key"]: session for session in listed(run)}
    assert set(sessions) == {f"claude:{CLAUDE_ID}", f"codex:{CODEX_ID}", f"gemini:{GEMINI_ID}"}
    claude = sessions[f"claude:{CLAUDE_ID}"]
    assert claude["title"] == "Fix the login redirect"
    assert (claude["turns"], claude["tool_calls"], claude["failed_tool_calls"]) == (1, 3, 1)
    assert (claude["edits"], claude["additions"], claude["deletions"]) == (1, 1, 1)
    assert claude["tokens"]["requests"] == 4
    assert claude["total"]["tokens"]["requests"] == 5
    assert claude["total"]["sub_agents"] == 1
    # 100 in, 10,000 read, 2,000 written for an hour, 50 out: Opus 4.8 at $5, $0.5, $10, $25
    request = (100 * 5 + 10_000 * 0.5 + 2_000 * 10 + 50 * 25) / 1e6
    assert claude["cost"]["usd"] == pytest.approx(4 * request)
    assert claude["total"]["cost"]["usd"] == pytest.approx(5 * request)
    codex = sessions[f"codex:{CODEX_ID}"]
    assert (codex["project"], codex["failed_tool_calls"]) == ("api", 1)
    assert codex["tokens"]["input"] == 1000
    gemini = sessions[f"gemini:{GEMINI_ID}"]
    assert (gemini["tokens"]["output"], gemini["tokens"]["reasoning"]) == (12, 7)


def test_a_second_run_reads_the_index_and_says_the_same(logs: dict[str, Path], run: Run) -> None:
    first = listed(run)
    assert list((logs["claude"].parents[3] / "cache").glob("index-*.db"))
    assert listed(run) == first
    assert listed(run, "--no-index") == first


def test_a_changed_log_is_read_again(logs: dict[str, Path], run: Run) -> None:
    listed(run)
    with logs["gemini"].open("a") as stream:
        stream.write(
            '{"id":"g3","timestamp":"2026-11-20T10:00:00.000Z","type":"user","content":"More"}\n'
        )
    assert listed(run, "--provider", "gemini")[0]["turns"] == 2


def test_filters(logs: dict[str, Path], run: Run) -> None:
    assert [one["provider"] for one in listed(run, "--provider", "codex")] == ["codex"]
    assert [one["project"] for one in listed(run, "--project", "SHO")] == ["shop"]
    assert len(listed(run, "--since", "2h")) == 3
    assert listed(run, "--since", "2099-01-01") == []
    assert len(listed(run, "--limit", "1")) == 1
    assert listed(run, "--limit", "0") == listed(run)
    out = run("sessions", "turns>99")[1]
    assert out.startswith("No session fits")
    assert "Start an agent" not in out
    agents = [one for one in listed(run, "--agents") if one["parent"]]
    assert [one["session_id"] for one in agents] == [AGENT_ID]
    assert agents[0]["parent_tool_call"] == "toolu_3"


def test_a_fork_is_not_billed_twice(logs: dict[str, Path], run: Run) -> None:
    before = json.loads(run("sessions", "--json")[1])["total"]["cost"]["usd"]
    fork_id = "22222222-2222-4222-8222-222222222222"
    records = logs["claude"].read_text().replace(CLAUDE_ID, fork_id)
    (logs["claude"].parent / f"{fork_id}.jsonl").write_text(records)
    after = json.loads(run("sessions", "--json")[1])
    assert len(after["sessions"]) == 4
    assert after["total"]["cost"]["usd"] == pytest.approx(before)


def test_the_table_is_for_people(logs: dict[str, Path], run: Run) -> None:
    code, out, err = run("sessions")
    assert (code, err) == (0, "")
    assert "Fix the login redirect" in out
    assert "3 sessions" in out
    assert "\x1b" not in out


def test_no_sessions_says_where_it_looked(home: Path, run: Run) -> None:
    code, out, _ = run("sessions")
    assert code == 0
    assert str(home / ".claude") in out
    assert "aimux demo" in out


def test_titles_cannot_reach_the_terminal_raw(logs: dict[str, Path], run: Run) -> None:
    project = logs["claude"].parent
    hostile = "\x1b]0;owned\x07\x1b[31mred\u202egnp.exe [bold]markup[/]\x00"
    record = {
        "type": "user",
        "uuid": "h1",
        "sessionId": "hostile",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "cwd": hostile,
        "message": {"role": "user", "content": hostile},
    }
    write_lines(project / "44444444-4444-4444-8444-444444444444.jsonl", [record])
    _, out, _ = run("sessions")
    assert "[bold]markup" in out
    assert not {"\x1b", "\x07", "\u202e", "\x00"} & set(out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sessions", "--provider", "cursor"), "no provider 'cursor'"),
        (("sessions", "--since", "soon"), "--since 'soon' is no time"),
        (("show", "no-such-session"), "no session 'no-such-session'"),
        (("show", "/no/such/file.jsonl"), "No such file"),
        (("tmux",), "not a tmux pane"),
        ((), "needs a terminal"),
    ],
)
def test_errors_say_what_to_do(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    code, out, err = run(*arguments)
    assert code in {2, 3}
    assert out == ""
    assert says in err


def test_a_filter_in_the_filter_language(logs: dict[str, Path], run: Run) -> None:
    assert {one["provider"] for one in listed(run, "provider:claude,codex", "failed")} == {
        "claude",
        "codex",
    }
    assert [one["provider"] for one in listed(run, "login", "-provider:codex")] == ["claude"]
    code, out, err = run("sessions", "cost>lots")
    assert (code, out) == (2, "")
    assert "'lots' is no number" in err


def test_since() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert parse_since("3d", now) == now - timedelta(days=3)
    assert parse_since("90m", now) == now - timedelta(minutes=90)
    assert parse_since("2026-11-01T10:00:00Z", now) == datetime(2026, 11, 1, 10, tzinfo=UTC)
    with pytest.raises(CommandError):
        parse_since("3 parsecs", now)
