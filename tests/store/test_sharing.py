"""What a fork repeats is counted once."""

from __future__ import annotations

from pathlib import Path

from aimux_tui.store.index import Index
from aimux_tui.store.sharing import PricedLog, shared_parts
from tests.store.build import record, request

ORIGINAL, ORIGINAL_COSTS = record("claude:a", request(1, 2), request(2, 3))
FORK, FORK_COSTS = record(
    "claude:b", request(1, 2), request(2, 3), request(9, 5), forked_from="claude:a"
)
APART, APART_COSTS = record("claude:c", request(0, 1), request(7, 1))
APART_TOO, APART_TOO_COSTS = record("claude:d", request(0, 1), request(8, 1))
LOGS = [
    (FORK, FORK_COSTS),
    (ORIGINAL, ORIGINAL_COSTS),
    (APART, APART_COSTS),
    (APART_TOO, APART_TOO_COSTS),
]


def test_the_fork_yields_to_the_original() -> None:
    shared = shared_parts(
        PricedLog(one.file.path, one.summary, one.summary.requests, costs) for one, costs in LOGS
    )
    assert set(shared) == {FORK.file.path}
    usage, cost = shared[FORK.file.path]
    assert (usage.output, usage.requests, cost.usd) == (5, 2, 5.0)
    own = FORK.with_shared(usage, cost)
    assert (own.own_usage.output, own.own_cost.usd) == (5, 5.0)


def test_the_index_comes_to_the_same_in_any_order(tmp_path: Path) -> None:
    for name, logs in (("forwards", LOGS), ("backwards", LOGS[::-1])):
        index = Index(tmp_path / name / "index.db")
        for log in logs:
            index.store([log], "v1")
        records = index.load("v1")
        index.close()
        assert records[FORK.file.path].own_usage.output == 5
        assert records[ORIGINAL.file.path].own_usage.output == 5
        assert records[APART.file.path].own_usage.output == 2
        assert records[APART_TOO.file.path].own_usage.output == 2


def test_a_fork_owns_all_once_the_original_is_gone(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    index.store(LOGS, "v1")
    (changed,) = index.forget([ORIGINAL.file.path]).values()
    assert changed.own_usage.output == 10
    assert index.load("v1")[FORK.file.path].own_usage.output == 10


def test_files_that_vanished_between_two_starts_own_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.db")
    index.store(LOGS, "v1")
    index.keep_only({FORK.file.path})
    (left,) = index.load("v1").values()
    assert left.own_usage.output == 10


def test_requests_that_go_from_copy_to_copy_make_one_group(tmp_path: Path) -> None:
    chain = [record(f"claude:{n:02}", request(n), request(n + 1), minutes=n) for n in range(1, 40)]
    index = Index(tmp_path / "index.db")
    records = index.store(chain, "v1")
    assert sum(one.own_usage.requests for one in records.values()) == 40
    again = index.forget([chain[0][0].file.path])
    owners = records | again
    del owners[chain[0][0].file.path]
    assert sum(one.own_usage.requests for one in owners.values()) == 39
