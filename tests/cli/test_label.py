"""`aimux label`: what is recorded, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import CLAUDE_ID, GEMINI_ID, write_lines

pytestmark = pytest.mark.usefixtures("logs")


def recorded(home: Path, session_id: str = CLAUDE_ID) -> list[dict[str, Any]]:
    path = home / ".aimux" / "evaluations" / f"{session_id}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def session_fields(run: Run, session_id: str = CLAUDE_ID) -> dict[str, Any]:
    shown = json.loads(run("show", session_id, "--json")[1])
    fields: dict[str, Any] = shown["session"]["labels"]
    return fields


def test_a_turn_is_labelled_by_its_number(run: Run, home: Path) -> None:
    code, out, err = run("label", "1111", "1", "good", "--note", "reads the test first")
    assert (code, err) == (0, "")
    assert out.startswith(f"claude:{CLAUDE_ID}, turn 1: good (reads the test first)\n")
    (event,) = recorded(home)
    assert event["turn_key"] == "m-u0"
    assert len(event["turn_hash"]) == 64
    assert (event["label"], event["note"]) == ("good", "reads the test first")

    shown = json.loads(run("show", "1111", "--json")[1])
    assert [(turn["label"], turn["note"]) for turn in shown["turns"]] == [
        ("good", "reads the test first")
    ]


def test_a_new_label_keeps_the_note_and_none_takes_the_label_away(run: Run) -> None:
    run("label", "1111", "last", "good", "--note", "hm")
    assert run("label", "1111", "last", "bad")[1].endswith("turn 1: bad (hm)\n")
    assert run("label", "1111", "1", "none")[1].endswith("turn 1: no label (hm)\n")
    assert run("label", "1111", "1", "--note", "")[1].endswith("turn 1: no label\n")
    assert session_fields(run)["notes"] == 0


def test_several_turns_at_once(run: Run, logs: dict[str, Path], home: Path) -> None:
    lines = [json.loads(line) for line in logs["gemini"].read_text().splitlines()]
    prompt = next(line for line in lines if line.get("type") == "user")
    write_lines(
        logs["gemini"], [*lines, *({**prompt, "id": f"more-{number}"} for number in range(4))]
    )
    out = run("label", "3333", "1,3-", "waste")[1]
    assert out.startswith(f"gemini:{GEMINI_ID}: 4 turns recorded\n")
    assert [event["turn"] for event in recorded(home, GEMINI_ID)] == [1, 3, 4, 5]
    assert session_fields(run, GEMINI_ID)["waste"] == 4


def test_a_whole_session_is_judged_without_a_turn(run: Run, home: Path) -> None:
    out = run("label", "1111", "--verdict", "failed", "--tag", "loops,no tests")[1]
    assert out.startswith(f"claude:{CLAUDE_ID}: failed, #loops, #no tests\n")
    run("label", "1111", "--untag", "loops", "--tag", "slow, flaky", "--note", "see turn 1")
    run("label", "1111", "--untag", "flaky")
    run("label", "1111", "--verdict", "none")
    assert session_fields(run) == {
        "good": 0,
        "bad": 0,
        "waste": 0,
        "notes": 0,
        "verdict": None,
        "tags": ["no tests", "slow"],
        "note": "see turn 1",
    }
    assert not any("turn" in event for event in recorded(home))


def test_a_sub_agent_is_labelled_by_its_key(run: Run, home: Path) -> None:
    listed = json.loads(run("sessions", "--agents", "--json")[1])["sessions"]
    (agent,) = [session["key"] for session in listed if session["parent"]]
    assert run("label", agent, "1", "bad")[0] == 0
    (path,) = (home / ".aimux" / "evaluations").iterdir()
    assert json.loads(path.read_text())["session"] == agent


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["1111", "2", "good"], 3, "no turn 2"),
        (["1111", "0", "good"], 3, "the session has 1 turn\n"),
        (["1111", "3-2", "good"], 3, "no turn 3-2"),
        (["1111", "first", "good"], 2, "'first' names no turns"),
        (["1111", "1", "great"], 2, "invalid choice"),
        (["1111", "good"], 2, "which turn is good?"),
        (["1111", "1"], 2, "neither a label nor a note"),
        (["1111"], 2, "nothing to record"),
        (["1111", "1", "good", "--verdict", "failed"], 2, "of a whole session"),
        (["9999", "1", "good"], 3, "no session '9999'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(
    run: Run, home: Path, arguments: list[str], code: int, says: str
) -> None:
    result = run("label", *arguments)
    assert result[:2] == (code, "")
    assert says in result[2]
    assert not (home / ".aimux").exists()


def test_what_cannot_be_written_is_said_with_what_to_do(run: Run, home: Path) -> None:
    (home / ".aimux").mkdir()
    (home / ".aimux" / "evaluations").write_text("no folder")
    code, out, err = run("label", "1111", "1", "good")
    assert (code, out) == (1, "")
    assert str(home / ".aimux" / "evaluations") in err
    assert "AIMUX_HOME" in err


def test_the_author_may_be_set(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("label", "1111", "1", "good")
    monkeypatch.setenv("AIMUX_LABELS_AUTHOR", "ada")
    run("label", "1111", "1", "bad")
    first, second = recorded(home)
    assert "@" in first["author"]
    assert second["author"] == "ada"


class TestKeeping:
    def test_the_log_is_copied_and_that_is_said_once(self, run: Run, home: Path) -> None:
        assert "a copy of the log is kept" in run("label", "1111", "1", "good")[1]
        assert "copy" not in run("label", "1111", "1", "bad")[1]
        names = {path.name for path in (home / ".aimux" / "archive").rglob("*.zst")}
        assert names == {f"{CLAUDE_ID}.jsonl.zst", "agent-a0123456789abcdef.jsonl.zst"}

    def test_a_session_whose_log_is_gone_is_read_from_the_copy(
        self, run: Run, logs: dict[str, Path]
    ) -> None:
        before = json.loads(run("show", "1111", "--json")[1])
        run("label", "1111", "1", "good")
        logs["claude"].unlink()
        for agent in logs["claude"].with_suffix("").rglob("*.jsonl"):
            agent.unlink()

        assert "(archived)" in run("sessions")[1]
        assert "archived: its agent has deleted the log" in run("show", "1111")[1]
        after = json.loads(run("show", "1111", "--json")[1])
        assert after["session"]["archived_from"] == str(logs["claude"])
        assert [turn["steps"] for turn in after["turns"]] == [
            turn["steps"] for turn in before["turns"]
        ]
        assert after["session"]["total"] == before["session"]["total"]
        assert run("label", "1111", "1", "bad")[0] == 0
        assert run("labels", "check")[0] == 0

    def test_it_can_be_turned_off(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIMUX_LABELS_ARCHIVE", "false")
        assert "copy" not in run("label", "1111", "1", "good")[1]
        assert not (home / ".aimux" / "archive").exists()

    def test_a_full_archive_is_told_but_the_label_is_recorded(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIMUX_LABELS_ARCHIVE_LIMIT_MB", "0")
        code, out, err = run("label", "1111", "1", "good")
        assert (code, out.count("\n")) == (0, 1)
        assert "labels.archive_limit_mb" in err
        assert len(recorded(home)) == 1
