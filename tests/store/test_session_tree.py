"""Sessions are built from their logs: parents from children, totals once."""

from __future__ import annotations

from itertools import permutations

import pytest

from aimux_tui.model.log import Spawn
from aimux_tui.store.assembly import project_of
from aimux_tui.store.session_tree import SessionTree
from tests.store.build import PRICER, record, request

PARENT, _ = record("claude:p", request(1, 5), spawns=(Spawn("call-1", prompt_hash=77),))
CHILD, _ = record("claude:p/a", request(2, 7), parent_key="claude:p", prompt_hash=77, minutes=1)
GRANDCHILD, _ = record("claude:p/b", request(3, 11), parent_key="claude:p/a", minutes=2)


@pytest.mark.parametrize("order", permutations([PARENT, CHILD, GRANDCHILD]))
def test_totals_hold_every_sub_agent_once_in_whatever_order_logs_come(order: tuple) -> None:
    tree = SessionTree(PRICER)
    for one in order:
        tree.put([one])
    parent = tree.sessions["claude:p"]
    assert (parent.usage.output, parent.total_usage.output) == (5, 23)
    assert (parent.cost.usd, parent.total_cost.usd) == (5.0, 23.0)
    assert parent.descendants == 2
    assert parent.children == ("claude:p/a",)
    assert tree.sessions["claude:p/a"].total_usage.output == 18
    assert tree.sessions["claude:p/a"].parent_tool_call_id == "call-1"
    assert parent.updated == tree.sessions["claude:p/b"].updated


def test_a_child_that_does_not_say_what_it_is_has_its_parents_word() -> None:
    spawns = (Spawn("c", "gemini:p/a", agent_name="explorer"), Spawn("d", "gemini:p/b", 0, "x"))
    parent, _ = record("gemini:p", spawns=spawns)
    silent, _ = record("gemini:p/a", parent_key="gemini:p")
    named, _ = record("gemini:p/b", parent_key="gemini:p", agent_name="reviewer")
    tree = SessionTree(PRICER)
    tree.put([parent, silent, named])
    assert tree.sessions["gemini:p/a"].agent_name == "explorer"
    assert tree.sessions["gemini:p/b"].agent_name == "reviewer"


def test_all_at_once_equals_one_by_one() -> None:
    at_once, one_by_one = SessionTree(PRICER), SessionTree(PRICER)
    at_once.put([GRANDCHILD, PARENT, CHILD])
    for one in (CHILD, GRANDCHILD, PARENT):
        one_by_one.put([one])
    assert at_once.sessions == one_by_one.sessions


def test_a_child_that_goes_away_is_no_longer_counted() -> None:
    tree = SessionTree(PRICER)
    tree.put([PARENT, CHILD, GRANDCHILD])
    tree.drop(CHILD.file.path)
    assert tree.sessions["claude:p"].total_usage.output == 5
    assert tree.sessions["claude:p"].children == ()
    assert tree.sessions["claude:p/b"].parent_key == "claude:p/a"


def test_logs_that_name_each_other_as_parent_do_not_hang() -> None:
    one, _ = record("claude:x", request(1), parent_key="claude:y")
    other, _ = record("claude:y", request(2), parent_key="claude:x")
    itself, _ = record("claude:z", request(3), parent_key="claude:z")
    tree = SessionTree(PRICER)
    tree.put([one, other, itself])
    assert set(tree.sessions) == {"claude:x", "claude:y", "claude:z"}
    assert tree.sessions["claude:z"].total_usage.output == 1


def test_two_files_of_one_session_are_one_row() -> None:
    stub, _ = record("gemini:s", path="/logs/stub.jsonl")
    whole, _ = record("gemini:s", request(1, 3), path="/logs/whole.jsonl", turns=2)
    tree = SessionTree(PRICER)
    tree.put([stub, whole])
    session = tree.sessions["gemini:s"]
    assert (session.path, session.turns) == ("/logs/whole.jsonl", 2)
    assert session.other_paths == ("/logs/stub.jsonl",)


def test_titles_come_from_the_best_source() -> None:
    prompt, _ = record("claude:a", title="fix it", last_record_id="u-9")
    given, _ = record("claude:b", title="Renamed", title_is_given=True)
    holder, _ = record("claude:c", title="other", titles_for_others={"u-9": "Summary of a"})
    tree = SessionTree(PRICER)
    tree.set_surroundings({"b": "from the side"}, {})
    tree.put([holder, prompt, given])
    assert tree.sessions["claude:a"].title == "Summary of a"
    assert tree.sessions["claude:b"].title == "Renamed"
    assert tree.sessions["claude:c"].title == "other"


def test_unknown_models_are_named_not_counted_as_nothing() -> None:
    one, _ = record("codex:u", request(1, 4, model="unknown"), request(2, 3))
    tree = SessionTree(PRICER)
    tree.put([one])
    cost = tree.sessions["codex:u"].cost
    assert (cost.usd, cost.unpriced_models, cost.is_partial) == (3.0, ("unknown",), True)


@pytest.mark.parametrize(
    ("cwd", "project"),
    [
        ("/home/dev/shop", "shop"),
        ("/home/dev/shop/", "shop"),
        ("/home/dev/shop/.claude/worktrees/fix-login", "shop"),
        ("C:\\work\\shop", "shop"),
        ("/", ""),
        ("", ""),
    ],
)
def test_project_is_the_folder(cwd: str, project: str) -> None:
    assert project_of(cwd) == project
