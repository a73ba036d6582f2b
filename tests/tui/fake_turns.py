"""Turns for the fake library: every kind of step once, and helpers to make plain ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

from aimux_tui.model.body import Body, BodyRef, Span
from aimux_tui.model.tools import FileEdit, Hunk, ToolCall, ToolKind, ToolStatus
from aimux_tui.model.turn import (
    Image,
    Notice,
    NoticeKind,
    Step,
    Text,
    Thinking,
    Turn,
    TurnKind,
    TurnState,
    TurnSummary,
    Unknown,
)
from aimux_tui.model.usage import Usage

START = datetime(2026, 3, 14, 9, 47, tzinfo=UTC)
LONG_OUTPUT = "\n".join(f"tests/test_{number}.py::test_case PASSED" for number in range(400))
WHOLE_OUTPUT = "\n".join(f"build step {number} done" for number in range(5_000))
BODIES = {"/output": WHOLE_OUTPUT}
ANSWER = """## What was wrong

The redirect kept its **old** target. Two things changed:

- `next_url` is checked against the *allowed hosts*
- the cookie is set before the redirect

```python
def safe(url: str) -> bool:
    return urlsplit(url).netloc in ALLOWED
```
"""

LOGIN_EDIT = FileEdit(
    "/home/u/src/webshop/auth/views.py",
    "update",
    (
        Hunk(
            (
                " def login(request):",
                "-    return redirect(request.GET['next'])",
                "+    target = request.GET.get('next', '/')",
                "+    return redirect(target if safe(target) else '/')",
                " ",
            ),
            41,
            41,
        ),
    ),
    additions=2,
    deletions=1,
)
NEW_FILE = FileEdit(
    "/home/u/src/webshop/auth/hosts.py",
    "create",
    (Hunk(('+ALLOWED = {"shop.example"}', "+"), 0, 1),),
    additions=2,
)


def tool(name: str, kind: ToolKind, snippet: str, **changes: object) -> ToolCall:
    """A successful tool call of 0.4 seconds, `changes` applied."""
    values: dict[str, object] = {
        "id": f"toolu_{name}_{snippet[:8]}",
        "name": name,
        "kind": kind,
        "input": {"command": snippet},
        "snippet": snippet,
        "status": ToolStatus.OK,
        "started": START,
        "ended": START + timedelta(seconds=0.4),
        "record": Span(100, 50),
        "result_record": Span(200, 50),
    }
    return ToolCall(**(values | changes))


def make_turn(
    number: int,
    title: str,
    steps: Sequence[Step] = (),
    *,
    key: str = "",
    prompt: str = "",
    **changes: object,
) -> Turn:
    """A finished turn, its summary counted from its steps, `changes` applied to the summary."""
    calls = [step for step in steps if isinstance(step, ToolCall)]
    counts: dict[str, int] = {}
    for call in calls:
        counts[call.name] = counts.get(call.name, 0) + 1
    edits = [edit for call in calls for edit in call.edits]
    values: dict[str, object] = {
        "key": key or f"turn-{number}",
        "number": number,
        "kind": TurnKind.PROMPT,
        "title": title,
        "started": START + timedelta(minutes=number * 5),
        "ended": START + timedelta(minutes=number * 5 + 3, seconds=2),
        "state": TurnState.DONE,
        "usage": Usage(input=13_000, output=1_100, requests=2),
        "first_request": 2 * (number - 1),
        "request_count": 2,
        "models": ("claude-sonnet-4-5",),
        "tools": tuple(counts.items()),
        "failures": sum(call.status is ToolStatus.FAILED for call in calls),
        "edits": len(edits),
        "additions": reduce(add, (edit.additions for edit in edits), 0),
        "deletions": reduce(add, (edit.deletions for edit in edits), 0),
        "agents": sum(call.kind is ToolKind.AGENT for call in calls),
        "spans": (Span(number * 1_000, 900),),
    }
    return Turn(
        TurnSummary(**(values | changes)),
        (Text(Body.of(prompt or title), record=Span(number * 1_000, 80)),),
        tuple(steps) or (Text(Body.of(f"Done with {title}."), record=Span(number * 1_000, 70)),),
    )


def login_turns(child_key: str) -> list[Turn]:
    """The turns of the main session: each kind of step is there."""
    return [
        _first_turn(),
        _agent_turn(child_key),
        make_turn(
            3,
            "run the tests",
            [
                tool(
                    "Bash",
                    ToolKind.EXECUTE,
                    "pytest -q",
                    status=ToolStatus.FAILED,
                    exit_code=1,
                    error="1 test failed",
                    output=Body.of(LONG_OUTPUT),
                ),
                Notice(NoticeKind.API_RETRY, "API error 529, attempt 1 of 10", Body.of("overload")),
                Text(Body.of("One test fails; it expects the old redirect.")),
            ],
        ),
        make_turn(
            4,
            "/compact",
            [
                Notice(
                    NoticeKind.COMPACTION,
                    "conversation compacted, 161k → 12k",
                    Body.of("Summary of what came before."),
                )
            ],
            kind=TurnKind.COMMAND,
            segment=1,
        ),
        make_turn(
            5,
            "fix that test too",
            [
                tool("Edit", ToolKind.EDIT, "tests/test_login.py", edits=(LOGIN_EDIT,)),
                tool("Write", ToolKind.WRITE, "auth/hosts.py", edits=(NEW_FILE,)),
                tool("Bash", ToolKind.EXECUTE, "rm -rf build", status=ToolStatus.REJECTED),
            ],
            segment=1,
        ),
        make_turn(
            6,
            "build the release",
            [
                Text(Body.of("Building.")),
                tool(
                    "Bash",
                    ToolKind.EXECUTE,
                    "make release",
                    status=ToolStatus.RUNNING,
                    ended=None,
                    output=Body(
                        WHOLE_OUTPUT[:200], len(WHOLE_OUTPUT), BodyRef(Span(200, 50), "/output")
                    ),
                ),
            ],
            state=TurnState.RUNNING,
            ended=None,
            segment=1,
        ),
    ]


def _first_turn() -> Turn:
    return make_turn(
        1,
        "fix the login redirect, it loops for users with an old cookie",
        [
            Thinking(Body.of("The redirect target comes from the query string."), at=START),
            Thinking(Body(), is_hidden=True),
            tool("Bash", ToolKind.EXECUTE, "git status", output=Body.of("nothing to commit")),
            tool("Read", ToolKind.READ, "auth/views.py", output=Body.of("def login(request): …")),
            tool("Edit", ToolKind.EDIT, "auth/views.py", edits=(LOGIN_EDIT,)),
            Image("image/png", 48_213),
            Unknown("hologram", Body.of('{"type":"hologram"}'), record=Span(300, 40)),
            Text(Body.of(ANSWER), record=Span(400, 60)),
        ],
        prompt="fix the login redirect, it loops for users with an old cookie\n\n"
        "Steps: open /login?next=/login, sign in, watch it loop.",
    )


def _agent_turn(child_key: str) -> Turn:
    return make_turn(
        2,
        "look for other places with the same mistake",
        [
            tool(
                "Task",
                ToolKind.AGENT,
                "Find every place that sets the session cookie",
                id="toolu_agent",
                child_key=child_key,
                output=Body.of("Three places: …"),
            ),
            Text(Body.of("The agent found three places.")),
        ],
    )


def hostile_turn(text: str) -> Turn:
    """A turn with dangerous text in every field."""
    return make_turn(
        1,
        text,
        [
            Thinking(Body.of(text)),
            tool(
                text,
                ToolKind.OTHER,
                text,
                input={text: text, "deep": [[text]]},
                output=Body.of(text * 50),
                error=text,
                status=ToolStatus.FAILED,
                edits=(FileEdit(text, "update", (Hunk(("-" + text, "+" + text)),)),),
            ),
            Notice(NoticeKind.INFO, text, Body.of(text)),
            Unknown(text, Body.of(text)),
            Text(Body.of(text)),
        ],
        prompt=text,
        models=(text,),
    )


def many_turns(count: int) -> list[Turn]:
    """`count` plain turns."""
    return [make_turn(number, f"question number {number}") for number in range(1, count + 1)]
