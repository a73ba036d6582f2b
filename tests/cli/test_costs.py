"""`aimux costs`: the same sums as the list of sessions, by whatever one asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.homes import CLAUDE_ID


def costs(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = run("costs", "--json", *arguments)
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("by", ["day", "week", "month", "project", "model", "provider", "session"])
def test_every_report_adds_up_to_the_sessions_to_the_cent(
    logs: dict[str, Path], run: Run, by: str
) -> None:
    listed = json.loads(run("sessions", "--json")[1])["total"]
    report = costs(run, "--by", by)
    assert report["total"]["tokens"] == listed["tokens"]
    assert report["total"]["cost"]["usd"] == pytest.approx(listed["cost"]["usd"], abs=1e-9)
    lines = [line["cost"]["usd"] or 0 for line in report["lines"]]
    assert sum(lines) == pytest.approx(listed["cost"]["usd"], abs=1e-9)


def test_a_filter_leaves_out_what_does_not_fit(logs: dict[str, Path], run: Run) -> None:
    report = costs(run, "--by", "provider", "provider:claude")
    assert [line["name"] for line in report["lines"]] == ["claude"]
    (session,) = json.loads(run("sessions", "--json", "--provider", "claude")[1])["sessions"]
    assert report["total"]["cost"]["usd"] == pytest.approx(session["total"]["cost"]["usd"])
    assert costs(run, "since:2199-01-01")["lines"] == []


def test_the_table_ends_with_the_sum_and_names_the_prices(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("costs", "--by", "provider")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[:2] == ["agent", "cost"]
    assert {line.split()[0] for line in lines[1:4]} == {"claude", "codex", "gemini"}
    assert lines[4].startswith("total")
    assert "API list prices of 20" in out


def test_lines_that_are_not_shown_are_counted(logs: dict[str, Path], run: Run) -> None:
    _, out, _ = run("costs", "--by", "provider", "--limit", "1")
    assert "… 2 lines not shown" in out
    for everything in ("0", "-1"):
        out = run("costs", "--by", "provider", "--limit", everything)[1]
        assert "not shown" not in out
        assert len(out.splitlines()) > 4


def test_blocks(logs: dict[str, Path], run: Run) -> None:
    (block, *_) = costs(run, "--by", "block", "provider:claude")["blocks"]
    assert block["start"].endswith(":00:00Z")
    assert block["projected_usd"] >= block["cost"]["usd"] > 0
    assert "an hour" in run("costs", "--by", "block")[1]


def test_nothing_spent_says_what_to_do(home: Path, run: Run) -> None:
    assert "aimux sessions" in run("costs")[1]
    assert "without a filter" in run("costs", "provider:codex")[1]
    assert costs(run)["total"]["cost"]["usd"] == 0


def test_a_bad_filter_is_pointed_at(home: Path, run: Run) -> None:
    code, out, err = run("costs", "provider:codex", "projct:api")
    assert (code, out) == (2, "")
    assert "no field 'projct'" in err
    assert "provider:codex projct:api" in err
    assert err.splitlines()[2].endswith("^^^^^^")
    assert "did you mean project:?" in err


def test_why_shows_each_kind_of_token_with_its_price(logs: dict[str, Path], run: Run) -> None:
    code, out, _ = run("costs", "--why", CLAUDE_ID[:8])
    assert code == 0
    assert "Fix the login redirect" in out
    assert "of its own  +" in out.splitlines()[3]
    assert any(line.split()[:2] == ["cache", "read"] for line in out.splitlines())
    assert "list prices of 20" in out


def test_why_comes_to_the_cost_of_the_session(logs: dict[str, Path], run: Run) -> None:
    ledger = json.loads(run("costs", "--why", CLAUDE_ID, "--json")[1])
    (session,) = json.loads(run("sessions", "--json", "--provider", "claude")[1])["sessions"]
    assert ledger["own"]["usd"] == pytest.approx(session["cost"]["usd"])
    assert ledger["total"]["usd"] == pytest.approx(session["total"]["cost"]["usd"])
    (charge,) = ledger["charges"]
    assert charge["usd_per_million"]["cache_read"] == 0.5


def test_why_of_no_session(logs: dict[str, Path], run: Run) -> None:
    code, _, err = run("costs", "--why", "nothing")
    assert (code, "no session 'nothing'" in err) == (3, True)
