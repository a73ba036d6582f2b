"""`aimux search`: what it prints, for people and programs, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimux_tui.store.search import coverage
from tests.cli.conftest import Run
from tests.cli.homes import CLAUDE_ID, LOGIN


def test_words_are_found_in_all_agents(run: Run, logs: dict[str, Path]):
    code, out, _ = run("search", "login")
    assert code == 0
    assert CLAUDE_ID[:8] in out
    assert "turn 1" in out
    assert "\x1b" not in out


def test_nothing_found_is_exit_code_1(run: Run, logs: dict[str, Path]):
    assert run("search", "zebra crossing") == (1, "nothing found\n", "")
    code, out, _ = run("search", "zebra", "--json")
    assert code == 1
    assert json.loads(out)["hits"] == []


def test_a_wrong_query_is_pointed_at(run: Run, logs: dict[str, Path]):
    code, out, err = run("search", "login provder:codex")
    assert code == 2
    assert not out
    assert "       login provder:codex\n             ^^^^^^^" in err
    assert "did you mean provider:?" in err


def test_without_a_query_it_says_what_is_missing(run: Run, logs: dict[str, Path]):
    assert run("search")[0] == 2
    assert run("search", "  ")[0] == 2


def test_json(run: Run, logs: dict[str, Path]):
    code, out, _ = run("search", "login", "provider:claude", "--json", "--limit", "1")
    assert code == 0
    document = json.loads(out)
    (hit,) = document["hits"]
    assert hit["provider"] == "claude"
    assert hit["turn"] == 1
    excerpt = hit["excerpts"][0]
    start, end = excerpt["ranges"][0]
    assert excerpt["text"][start:end].lower() == "login"
    assert sum(e["count"] for e in hit["excerpts"]) == hit["count"]


@pytest.mark.parametrize("more", [("--provider", "codex"), ("provider:codex",)])
def test_filters_as_options_and_in_the_query(
    run: Run, logs: dict[str, Path], more: tuple[str, ...]
):
    code, out, _ = run("search", "e", *more, "--json")
    assert code == 0
    assert {hit["provider"] for hit in json.loads(out)["hits"]} == {"codex"}
    assert run("search", "the", "--since", "2090-01-01")[0] == 1
    assert run("search", "the", "--provider", "nobody")[0] == 2
    assert run("search", "the", "--since", "soon")[0] == 2


def test_edits_of_a_file(run: Run, logs: dict[str, Path]):
    code, out, _ = run("search", "--files", "login.py", "--diff")
    assert code == 0
    assert LOGIN in out
    assert "\n  @@" in out
    assert "edit" in out.splitlines()[-1]
    document = json.loads(run("search", "--files", "login.py", "--json")[1])
    assert LOGIN in [edit["path"] for edit in document["edits"]]
    times = [edit["at"] for edit in document["edits"]]
    assert times == sorted(times)
    assert run("search", "--files", "nowhere.py") == (1, "no edit found\n", "")


def test_an_index_is_built_where_it_is_worth_it(
    run: Run, logs: dict[str, Path], home: Path, monkeypatch: pytest.MonkeyPatch
):
    assert run("search", "login")[0] == 0
    assert not list((home / "cache").glob("search-*/segment-*"))
    monkeypatch.setattr(coverage, "_WORTH_INDEXING", 0)
    code, plain, err = run("search", "login")
    assert code == 0
    assert "indexing" in err
    assert list((home / "cache").glob("search-*/segment-*"))
    code, again, err = run("search", "login")
    assert (code, again, err) == (0, plain, "")
    assert run("search", "login", "--no-index")[1] == plain
    assert "indexing" in run("search", "login", "--rebuild")[2]
    assert run("search", "--rebuild")[:2] == (0, "")


def test_words_only_whole(run: Run, logs: dict[str, Path]):
    assert run("search", "ogi")[0] == 0
    assert run("search", "ogi", "--words")[0] == 1
