"""`aimux labels`: what was judged, and the proof that no label is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import CLAUDE_ID, CODEX_ID, GEMINI_ID


@pytest.fixture
def labelled(run: Run, logs: dict[str, Path]) -> dict[str, Path]:
    """A label of each kind, one on each agent's session, and a verdict."""
    run("label", CLAUDE_ID, "1", "good", "--note", "reads the test first")
    run("label", CODEX_ID, "1", "bad")
    run("label", GEMINI_ID, "1", "waste")
    run("label", CODEX_ID, "--verdict", "failed", "--tag", "loops")
    return logs


def listed(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, _ = run("labels", "--json", *arguments)
    assert code == 0
    document: dict[str, Any] = json.loads(out)
    return document


def test_the_table_fits_and_adds_up(
    run: Run, labelled: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimux_tui.cli.label_table.terminal_width", lambda: 100)
    code, out, err = run("labels")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    rows = [line.split() for line in out.splitlines()]
    assert ["all", "1", "1", "1", "3", "1"] in rows
    assert ["provider", "codex", "1", "1"] in rows
    assert ["model", "claude-opus-4-8", "1", "1", "1"] in rows
    (good,) = [line for line in out.splitlines() if line.startswith("good ")]
    assert "Fix the login redirect" in good
    assert "reads the test first" in good
    (verdict,) = [line for line in out.splitlines() if line.startswith("failed ")]
    assert "#loops" in verdict


@pytest.mark.parametrize("width", [45, 70, 100])
def test_it_fits_into_a_narrow_pane(
    run: Run, labelled: dict[str, Path], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr("aimux_tui.cli.label_table.terminal_width", lambda: width)
    out = run("labels")[1]
    assert max(map(len, out.splitlines())) <= width
    assert "reads the te" in out
    assert "failed" in out


def test_programs_get_every_label_with_counts(run: Run, labelled: dict[str, Path]) -> None:
    document = listed(run)
    assert document["total"] == {"good": 1, "bad": 1, "waste": 1, "labelled": 3, "notes": 1}
    assert document["counts"]["provider"]["claude"]["good"] == 1
    assert document["counts"]["project"]["shop"]["notes"] == 1
    (good,) = [turn for turn in document["turns"] if turn["label"] == "good"]
    assert good["session"] == f"claude:{CLAUDE_ID}"
    assert (good["turn"], good["turn_key"], good["found_by"]) == (1, "m-u0", "key")
    assert good["model"] == "claude-opus-4-8"
    (session,) = document["sessions"]
    assert (session["verdict"], session["tags"]) == ("failed", ["loops"])


@pytest.mark.parametrize(
    ("filters", "labels"),
    [
        (["--label", "bad"], {"bad"}),
        (["--provider", "gemini"], {"waste"}),
        (["--project", "SHOP"], {"good"}),
        (["--since", "1h"], {"good", "bad", "waste"}),
        (["--since", "2099-01-01"], set()),
        (["--label", "none"], set()),
    ],
)
def test_filters(run: Run, labelled: dict[str, Path], filters: list[str], labels: set[str]) -> None:
    assert {turn["label"] for turn in listed(run, *filters)["turns"]} == labels


def test_nothing_judged_says_how_to(run: Run, logs: dict[str, Path], home: Path) -> None:
    code, out, _ = run("labels")
    assert code == 0
    assert str(home / ".aimux" / "evaluations") in out
    assert "aimux label SESSION TURN good" in out
    assert run("labels", "check")[0] == 0


class TestCheck:
    def test_all_is_well(self, run: Run, labelled: dict[str, Path]) -> None:
        code, out, _ = run("labels", "check")
        assert code == 0
        assert "3 by key" in out
        assert "Nothing is orphaned" in out

    def test_a_turn_whose_key_has_changed_is_found_by_what_it_asked(
        self, run: Run, labelled: dict[str, Path]
    ) -> None:
        log = labelled["claude"]
        log.write_text(log.read_text().replace('"m-u0"', '"another-key"'))
        code, out, _ = run("labels", "check")
        assert code == 0
        assert "1 by what the turn asked" in out

    def test_a_turn_that_is_gone_is_listed_with_why(
        self, run: Run, labelled: dict[str, Path]
    ) -> None:
        log = labelled["claude"]
        text = log.read_text().replace('"m-u0"', '"another-key"')
        log.write_text(text.replace("Fix the login redirect", "Something else"))
        code, out, _ = run("labels", "check")
        assert code == 1
        assert "no turn has this key, and none asks the same" in out
        document = json.loads(run("labels", "check", "--json")[1])
        (orphan,) = document["orphans"]
        assert (orphan["session"], orphan["label"]) == (f"claude:{CLAUDE_ID}", "good")
        assert document["found_by"] == {"key": 2, "nothing": 1}

    def test_a_session_that_is_gone_is_listed_unless_it_was_kept(
        self, run: Run, labelled: dict[str, Path], home: Path
    ) -> None:
        labelled["codex"].unlink()
        assert run("labels", "check")[0] == 0
        for copy in (home / ".aimux" / "archive" / "codex").rglob("*.zst"):
            copy.unlink()
        code, out, _ = run("labels", "check")
        assert code == 1
        assert out.count("no log of this session is left") == 2, "its label and its verdict"

    def test_labels_of_the_earlier_tool_are_found_by_number(
        self, run: Run, logs: dict[str, Path], home: Path
    ) -> None:
        folder = home / ".aimux" / "evaluations"
        folder.mkdir(parents=True)
        (folder / f"{GEMINI_ID}.jsonl").write_text(
            '{"turn":1,"label":"wasteful","note":"twice","timestamp":"2025-07-01T10:00:00Z"}\n'
            '{"turn":9,"label":"good","timestamp":"2025-07-01T10:00:00Z"}\n'
        )
        code, out, _ = run("labels", "check")
        assert code == 1
        assert "1 by number" in out
        assert "the session has no turn of this number" in out
        (found, _) = sorted(listed(run)["turns"], key=lambda turn: turn["turn"])
        assert (found["session"], found["label"]) == (f"gemini:{GEMINI_ID}", "waste")


def test_doctor_counts_labels_and_names_bad_lines(
    run: Run, labelled: dict[str, Path], home: Path
) -> None:
    path = home / ".aimux" / "evaluations" / f"{CLAUDE_ID}.jsonl"
    path.write_text('{"v":1,"label":"gre\n' + path.read_text())
    report = json.loads(run("doctor", "--json")[1])["labels"]
    assert (report["files"], report["labelled"], report["notes"]) == (3, 3, 1)
    assert [(one["path"], one["line"]) for one in report["problems"]] == [(str(path), 1)]
    assert report["archive"]["bytes"] > 0
    out = run("doctor")[1]
    assert f"{path}, line 1" in out
    assert "Archive of labelled sessions: " in out
