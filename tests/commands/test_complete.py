from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimux_tui.commands.complete import complete
from aimux_tui.commands.parse import parse


@dataclass
class Source:
    folder: Path
    home: Path

    def themes(self) -> list[str]:
        return ["nord", "gruvbox", "textual-dark", "textual-light"]

    def sessions(self) -> list[tuple[str, str]]:
        return [("claude:24c1ea04", "Fix the login redirect"), ("codex:019a", "Cipher box")]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    (home / ".aimux").mkdir()
    (home / "log 1.jsonl").touch()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "trace.jsonl").touch()
    return Source(tmp_path / "project", home)


def lines(line: str, source: Source) -> list[str]:
    return [completion.line for completion in complete(line, source)]


def test_commands_by_their_beginning_then_by_what_they_hold(source: Source) -> None:
    assert lines(":di", source) == ["diffs", "diff", "verdict ", "edit"]
    assert lines(":co", source)[0] == "collapse"
    assert lines(":pane", source) == ["next-pane", "previous-pane"]
    assert lines(":zzz", source) == []


def test_a_command_that_takes_something_ends_in_a_space(source: Source) -> None:
    assert lines("the", source) == ["theme "]
    completion = complete("sor", source)[0]
    assert completion.text == "sort [updated|started|cost|turns|project]"
    assert completion.help == "Sort the sessions by something else"


def test_choices_and_themes(source: Source) -> None:
    assert lines(":sort ", source) == [
        "sort updated",
        "sort started",
        "sort cost",
        "sort turns",
        "sort project",
    ]
    assert lines(":sor C", source) == ["sor cost"]
    assert lines(":theme textual", source) == ["theme textual-dark", "theme textual-light"]


def test_sessions_by_id_or_title(source: Source) -> None:
    assert lines(":open claude:2", source) == ["open claude:24c1ea04"]
    found = complete(":open login", source)
    assert [(c.line, c.help) for c in found] == [("open claude:24c1ea04", "Fix the login redirect")]
    assert lines(":open ", source) == ["open claude:24c1ea04", "open codex:019a"]


def test_paths(source: Source) -> None:
    assert lines(":open tr", source) == ["open trace.jsonl"]
    assert lines(":open ./", source) == ["open ./trace.jsonl"]
    assert lines(":open ~", source) == ["open ~/"]
    assert lines(":open ~/", source) == ["open '~/log 1.jsonl'", "open ~/logs/"]
    assert lines(":open ~/.a", source) == ["open ~/.aimux/"]
    assert lines(f":open {source.home}/logs", source) == [f"open {source.home}/logs/"]
    assert lines(":open '~/log ", source) == ["open '~/log 1.jsonl'"]
    assert lines(":open ~/nowhere/x", source) == []
    assert lines(":open \0/x", source) == []
    assert "open /tmp/" in lines(":open /tm", source)


def test_a_completed_line_means_what_was_shown(source: Source) -> None:
    for completion in complete(":open ~/l", source):
        assert parse(completion.line).arguments == (completion.text,)


def test_nothing_is_offered_where_nothing_is_taken(source: Source) -> None:
    assert lines(":quit ", source) == []
    assert lines(":filter wor", source) == []
    assert lines(":turn 1", source) == []
    assert lines(":t x", source) == []


@given(st.text(max_size=30))
def test_completing_never_fails(typed: str) -> None:
    source = Source(Path("/nonexistent"), Path("/nonexistent"))
    complete(typed, source)
    complete(f":open {typed}", source)
