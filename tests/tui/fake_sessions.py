"""Sessions for the fake library: what the list shows, and helpers to make more of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from aimux_tui.model.log import Problem
from aimux_tui.model.session import Session, Status
from aimux_tui.model.turn import Turn
from aimux_tui.model.usage import Cost, Usage
from tests.tui import fake_turns

NOW = datetime(2026, 3, 14, 10, 47, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

LOGIN, PARSER, DOCS = "claude:login", "codex:parser", "gemini:docs"
DEPLOY, MYSTERY, GUARDIAN = "claude:deploy", "claude:mystery", "codex:guardian"
HOSTILE, BROKEN = "claude:hostile", "gemini:broken"
EXPLORER, REVIEWER = "claude:login/explorer", "claude:login/reviewer"

HOSTILE_TEXT = "\x1b[31mred\x1b]0;owned\x07 [bold]not markup[/bold] \u202eesrever \ud800 \x00end"


def make_session(key: str, title: str, **changes: object) -> Session:
    """A session with plausible values, `changes` applied."""
    provider, _, session_id = key.partition(":")
    usage = Usage(input=12_000, cache_read=340_000, cache_write_5m=9_000, output=4_100, requests=9)
    session = Session(
        key=key,
        provider=provider,
        session_id=session_id,
        path=f"/home/u/.{provider}/{session_id}.jsonl",
        title=title,
        cwd="/home/u/src/webshop",
        project="webshop",
        git_branch="main",
        agent_version="2.1.7",
        agent_name="",
        models=("claude-sonnet-4-5",),
        started=NOW - timedelta(hours=1),
        updated=NOW - timedelta(minutes=3),
        status=Status.IDLE,
        status_reason="finished",
        turns=4,
        tool_calls=17,
        failed_tool_calls=1,
        edits=3,
        additions=41,
        deletions=12,
        compactions=0,
        usage=usage,
        cost=Cost(0.42),
        total_usage=usage,
        total_cost=Cost(0.42),
        context_tokens=88_000,
        context_window=200_000,
        parent_key="",
        parent_tool_call_id="",
        children=(),
        descendants=0,
        forked_from="",
        hidden_reason="",
        size=481_000,
        bad_lines=0,
        problems=(),
        is_partial=False,
    )
    session = replace(session, **changes)
    if "usage" in changes and "total_usage" not in changes:
        session = replace(session, total_usage=session.usage)
    if "cost" in changes and "total_cost" not in changes:
        session = replace(session, total_cost=session.cost)
    return session


def all_sessions() -> list[Session]:
    """One session of every sort."""
    return [
        make_session(
            LOGIN,
            "Fix the login redirect loop",
            status=Status.ACTIVE,
            status_reason="Bash is running",
            updated=NOW - timedelta(seconds=4),
            turns=6,
            git_branch="fix/login",
            cost=Cost(1.84),
            total_cost=Cost(2.31),
            children=(EXPLORER, REVIEWER),
            descendants=2,
        ),
        make_session(
            EXPLORER,
            "Find every place that sets the session cookie",
            agent_name="Explore",
            parent_key=LOGIN,
            parent_tool_call_id="toolu_agent",
            updated=NOW - timedelta(minutes=9),
            cost=Cost(0.31),
        ),
        make_session(
            REVIEWER,
            "Review the redirect change",
            agent_name="reviewer",
            parent_key=LOGIN,
            updated=NOW - timedelta(minutes=8),
            cost=Cost(0.16),
        ),
        make_session(
            PARSER,
            "Port the tokenizer to the streaming parser",
            cwd="/home/u/src/parser",
            project="parser",
            git_branch="streaming",
            models=("gpt-5.2-codex",),
            status=Status.WAITING,
            status_reason="waits for permission: rm -rf build",
            updated=NOW - timedelta(minutes=2),
            cost=Cost(0.9),
        ),
        make_session(
            DOCS,
            "Write the quick start",
            cwd="/home/u/src/handbook",
            project="handbook",
            git_branch="",
            models=("gemini-3-pro",),
            updated=NOW - timedelta(minutes=31),
            cost=Cost(0.07),
        ),
        make_session(
            DEPLOY,
            "Deploy to staging",
            cwd="/home/u/src/infra",
            project="infra",
            status=Status.ERROR,
            status_reason="overloaded_error: try again later",
            updated=NOW - timedelta(hours=2),
            started=NOW - timedelta(hours=3),
        ),
        make_session(
            MYSTERY,
            "Try the new model",
            models=("unknown-model-9",),
            started=NOW - timedelta(days=1, hours=2),
            updated=NOW - timedelta(days=1),
            cost=Cost(0.0, ("unknown-model-9",)),
        ),
        make_session(
            GUARDIAN,
            "Is this command safe?",
            hidden_reason="guardian",
            updated=NOW - timedelta(minutes=40),
        ),
        make_session(
            HOSTILE,
            HOSTILE_TEXT,
            project="\x1b[2Jevil",
            updated=NOW - timedelta(days=2),
            started=NOW - timedelta(days=2, hours=1),
        ),
        make_session(
            BROKEN,
            "A log with bad lines",
            bad_lines=2,
            problems=(Problem(17, 4_096, "not JSON"), Problem(23, 9_100, "cut in the middle")),
            updated=NOW - timedelta(days=9),
            started=NOW - timedelta(days=9, hours=1),
        ),
    ]


def all_traces() -> Iterator[tuple[str, list[Turn], Mapping[str, str], str]]:
    """(session key, turns, bodies by pointer, path of the log) of every session with turns."""
    for session in all_sessions():
        if session.key == LOGIN:
            turns = fake_turns.login_turns(EXPLORER)
        elif session.key == HOSTILE:
            turns = [fake_turns.hostile_turn(HOSTILE_TEXT)]
        else:
            turns = [
                fake_turns.make_turn(number, f"{session.title} ({number})")
                for number in range(1, session.turns + 1)
            ]
        yield session.key, turns, fake_turns.BODIES, session.path


def many_sessions(count: int) -> list[Session]:
    """`count` sessions of several projects, one a minute back in time."""
    projects = ("webshop", "parser", "handbook", "infra")
    return [
        make_session(
            f"claude:many-{number:05d}",
            f"Task number {number}",
            project=projects[number % len(projects)],
            updated=NOW - timedelta(minutes=number),
            started=NOW - timedelta(minutes=number + 30),
        )
        for number in range(count)
    ]
