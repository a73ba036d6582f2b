"""`aimux show`, `counts` and `doctor`: one session, single files, and what is wrong."""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import AGENT_ID, CLAUDE_ID, CODEX_ID
from tests.providers.claude.build import long_session


def test_text_shows_what_the_agent_did(logs: dict[str, Path], run: Run) -> None:
    code, out, err = run("show", CLAUDE_ID[:8])
    assert (code, err) == (0, "")
    for expected in (
        "> Fix the login redirect",
        "✗ Bash  pytest -q",
        "1 failed",
        "update /home/dev/shop/login.py +1 -1",
        "@@ line 3",
        "-a",
        "+b",
        f"→ claude:{CLAUDE_ID}/{AGENT_ID}",
        "Fixed: red herring.",
    ):
        assert expected in out
    assert "\x1b" not in out


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini"])
def test_a_log_file_opens_from_anywhere(
    logs: dict[str, Path], run: Run, tmp_path: Path, agent: str
) -> None:
    elsewhere = tmp_path / "elsewhere" / logs[agent].name
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(logs[agent].read_bytes())
    code, out, err = run("show", str(elsewhere))
    assert (code, err) == (0, "")
    assert out.count("\n") > 5


def test_json_has_every_step(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("show", CODEX_ID, "--json")
    assert code == 0
    document = json.loads(out)
    (turn,) = document["turns"]
    assert turn["prompt"][0]["text"] == "Run the tests"
    (call,) = [step for step in turn["steps"] if step["type"] == "tool_call"]
    assert (call["status"], call["exit_code"], call["snippet"]) == ("failed", 2, "make test")
    assert "make: *** Error" in call["output"]
    assert turn["cost"]["usd"] > 0


def test_one_turn(logs: dict[str, Path], run: Run) -> None:
    assert "── 1 prompt" in run("show", CLAUDE_ID, "--turn", "1")[1]
    code, _, err = run("show", CLAUDE_ID, "--turn", "9")
    assert code == 3
    assert "no turn 9" in err
    assert re.search(r"it has (1 turn|\d+ turns)$", err.strip())


def test_an_ambiguous_id_is_told(logs: dict[str, Path], run: Run) -> None:
    other = logs["claude"].parent / f"{CLAUDE_ID[:-1]}2.jsonl"
    other.write_bytes(logs["claude"].read_bytes())
    code, _, err = run("show", CLAUDE_ID[:8])
    assert code == 3
    assert "is the start of 2 sessions" in err


def test_counts_of_single_files(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("counts", "--json", *map(str, logs.values()))
    assert code == 0
    counts = {entry["provider"]: entry for entry in json.loads(out).values()}
    assert counts["claude"]["tokens"]["cache_write"] == 8000
    assert counts["claude"]["requests"] == 4
    assert counts["codex"]["tokens"] == {
        "input": 1000,
        "cache_read": 4000,
        "cache_write": 0,
        "output": 70,
        "reasoning": 20,
    }
    assert counts["gemini"]["turns"] == 1
    assert "cache read" in run("counts", str(logs["claude"]))[1]


def test_counts_of_what_is_no_log(tmp_path: Path, home: Path, run: Run) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    code, _, err = run("counts", str(tmp_path / "notes.txt"))
    assert code == 1
    assert "not a log that aimux knows" in err


def test_a_prompt_without_an_answer_says_so(logs: dict[str, Path], run: Run) -> None:
    with logs["gemini"].open("a") as stream:
        stream.write(
            '{"id":"g3","timestamp":"2026-11-20T10:00:00.000Z","type":"user","content":"More"}\n'
        )
    shown = run("show", str(logs["gemini"]))[1]
    assert shown.count("no answer") == 1
    assert shown.rstrip().endswith("> More\n  (no answer yet)")


def test_doctor_is_loud_about_drift_and_damage(logs: dict[str, Path], run: Run) -> None:
    with logs["claude"].open("a") as stream:
        stream.write('{"type":"quantum-leap","uuid":"q","sessionId":"x","version":"9.9.9"}\n')
        stream.write('{"type":"user", torn\n')
    code, out, _ = run("doctor")
    assert code == 0
    assert "quantum-leap" in out
    assert "1 bad line" in out
    report = json.loads(run("doctor", "--json")[1])
    assert any("quantum-leap" in name for name in report["unknown"])
    assert report["bad_lines"][0]["problems"][0]["line"] == 10
    assert report["sessions"]["listed"] == 3
    assert report["sessions"]["sub_agents"] == 1


def test_doctor_finds_damage_inside_large_outputs_when_asked(home: Path, run: Run) -> None:
    """The scan skims these lines; doctor says so, and can read them whole."""
    log = long_session()
    place = next(i for i, line in enumerate(log.lines) if len(line) > 16_384)
    log.lines[place] = log.lines[place].replace(b"braces", b"bra\x01es", 1)
    log.lines.append(b'{"type":"user", torn\n')
    folder = home / ".claude" / "projects" / "-work-zoo"
    folder.mkdir(parents=True)
    (folder / "damaged.jsonl").write_bytes(log.data)
    skimmed = run("doctor")[1]
    assert "1 bad line\n" in skimmed
    assert "--every-byte finds damage inside them" in skimmed
    code, out, err = run("doctor", "--every-byte", "--json")
    assert (code, err) == (0, "")
    (entry,) = json.loads(out)["bad_lines"]
    assert entry["bad_lines"] == 2
    assert [problem["line"] for problem in entry["problems"]] == [place + 1, len(log.lines)]
    offset = entry["problems"][0]["offset"]
    assert log.data[offset:].startswith(log.lines[place])
    assert "read at their ends only" not in run("doctor", "--every-byte")[1]


def test_doctor_names_wrong_settings(home: Path, run: Run) -> None:
    (home / ".aimux").mkdir()
    (home / ".aimux" / "config.yaml").write_text("ui:\n  bel: false\n")
    code, out, _ = run("doctor")
    assert code == 1
    assert "config.yaml:2" in out


def test_an_unreadable_log_is_told_and_the_rest_is_listed(
    logs: dict[str, Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.open

    def deny(path: object, *arguments: object, **options: object) -> object:
        if path == str(logs["codex"]):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", deny)
    code, out, err = run("sessions", "--json")
    assert code == 0
    assert len(json.loads(out)["sessions"]) == 2
    assert "Permission denied" in err
