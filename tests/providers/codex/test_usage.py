"""Tokens: each request once, from whichever record tells of it."""

from __future__ import annotations

import json

import pytest

from aimux_tui.model.usage import Usage
from aimux_tui.providers.codex.usage import tier_of
from tests.providers.codex.build import MODEL, Rollout, tokens, uuid7


def session() -> Rollout:
    return Rollout().meta().start("t").context().typed("go")


def test_kinds_are_disjoint():
    log = session().count([1_000, 600, 100, 50, 20], [1_000, 600, 100, 50, 20])
    assert log.summary().usage == Usage(
        input=300, cache_read=600, cache_write_5m=100, output=50, reasoning=20, requests=1
    )
    assert log.summary().context_tokens == 1_050


def test_an_event_whose_total_stands_still_is_an_echo():
    log = session().spent(100, 10).count(None, None).event("token_count", info=None)
    log.count(log.total, [100, 10, 0, 10, 0]).spent(50)
    assert log.summary().usage.requests == 2
    assert log.summary().usage.input == 150


def test_equal_requests_in_a_row_are_both_counted():
    log = session().spent(100).spent(100)
    assert log.summary().usage.input == 200


def test_totals_alone_tell_by_their_difference():
    log = session().count([100, 0, 0, 10, 0], None).count([250, 50, 0, 15, 5], None)
    usage = log.summary().usage
    assert (usage.input, usage.cache_read, usage.output, usage.reasoning) == (200, 50, 15, 5)


def test_a_counter_that_began_anew():
    log = session().count([100, 0, 0, 10, 0], None).count([30, 0, 0, 3, 0], None)
    assert log.summary().usage.input == 130


def test_usage_records_replace_token_counts():
    log = session().recorded("resp_1", 100).recorded("resp_2", 50, 100)
    summary = log.summary()
    assert (summary.usage.requests, summary.usage.input) == (2, 150)
    repeated = log.add(
        "token_usage_record", {"response_id": "resp_2", "usage": tokens([5, 0, 0, 1, 0])}
    )
    assert repeated.summary().usage.input == 150


def test_a_session_taken_up_by_a_later_version():
    log = session().spent(100).end("t").start("u").typed("on").recorded("resp_1", 50).end("u")
    summary = log.summary()
    assert (summary.usage.requests, summary.usage.input) == (2, 150)
    assert [turn.usage.input for turn in log.turns()] == [100, 50]


def test_requests_name_their_model_tier_and_time():
    log = Rollout().meta()
    log.event("thread_settings_applied", thread_settings={"model": "m1", "service_tier": "flex"})
    log.start("t").typed("go").spent(1).context("m2").spent(2)
    log.event("thread_settings_applied", thread_settings={"service_tier": "default"}).spent(3)
    requests = log.summary().requests
    assert [(r.model, r.tier) for r in requests] == [("m1", "flex"), ("m2", "flex"), ("m2", "")]
    assert all(request.at is not None for request in requests)
    assert log.summary().models == ("m1", "m2")
    assert log.turns()[0].models == ("m1", "m2")


@pytest.mark.parametrize(
    ("given", "tier"),
    [("flex", "flex"), ("priority", "priority"), ("fast", "priority"), ("default", ""), (None, "")],
)
def test_tiers(given: object, tier: str):
    assert tier_of(given) == tier


def test_a_request_keeps_its_key_when_a_fork_repeats_it():
    """Forks keep turn ids and totals, but neither the times nor the thread."""
    turn = uuid7(1)
    log = Rollout("a").meta().start(turn).typed("go").spent(5).spent(6)
    fork = Rollout("b").meta(forked_from_id="a").start(turn).typed("go")
    fork.second += 1_000
    fork.spent(5).spent(6).spent(7)
    ours = [request.key for request in log.summary().requests]
    theirs = [request.key for request in fork.summary().requests]
    assert theirs[:2] == ours
    assert len({*ours, *theirs}) == 3


def test_a_fork_without_turn_ids_shares_keys_through_its_origin():
    log = Rollout("a").meta().spent(5).spent(6)
    fork = Rollout("b").meta(forked_from_id="a").spent(5).spent(6)
    other = Rollout("c").meta().spent(5).spent(6)
    keys = [[request.key for request in one.summary().requests] for one in (log, fork, other)]
    assert keys[0] == keys[1]
    assert not set(keys[0]) & set(keys[2])


def test_a_response_has_one_key_everywhere():
    keys = {
        Rollout(thread).meta().recorded("resp_1", 5).summary().requests[0].key
        for thread in ("a", "b")
    }
    assert len(keys) == 1
    assert keys != {0}


def test_what_cannot_be_known_has_no_key():
    log = Rollout().event("user_message", message="x").spent(5)
    assert [request.key for request in log.summary().requests] == [0]


def test_usage_without_a_turn_gets_one():
    log = Rollout().meta().context().spent(5)
    (turn,) = log.turns()
    assert (turn.usage.input, turn.kind.value) == (5, "continuation")
    assert log.summary().turns == 0
    assert log.summary().models == (MODEL,)


def test_huge_and_odd_numbers_are_survived():
    log = session()
    log.raw(
        b'{"type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":'
        b'{"input_tokens":1e400,"output_tokens":"many"}}}}'
    )
    odd = {"input_tokens": 5.0, "cached_input_tokens": 9, "output_tokens": 1}
    log.raw(
        {
            "type": "event_msg",
            "payload": {
                "type": "token_count",
                "info": json.loads(json.dumps({"last_token_usage": odd})),
            },
        }
    )
    usage = log.summary().usage
    assert usage.input >= 0
    assert log.summary().bad_lines == 0
