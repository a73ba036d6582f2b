from __future__ import annotations

import unicodedata
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

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
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import rows
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.steps import Limits, part_of, place_of, step_lines, turn_lines
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

LOOK = Look(palette_for(AIMUX), zone=UTC)
MINUS = LOOK.glyphs.removed
ARROW = LOOK.glyphs.prompt


def call(**changes: Any) -> ToolCall:
    values: dict[str, Any] = {
        "id": "1",
        "name": "Bash",
        "kind": ToolKind.EXECUTE,
        "input": {},
        "snippet": "git status",
        "status": ToolStatus.OK,
        "logged_duration": timedelta(seconds=0.4),
    }
    return ToolCall(**(values | changes))


def turn_of(*steps: Step, prompt: tuple[Text | Image, ...] = ()) -> Turn:
    summary = TurnSummary(
        key="t", number=1, kind=TurnKind.PROMPT, title="", started=None, ended=None,
        state=TurnState.DONE, usage=Usage(), first_request=0, request_count=0,
    )  # fmt: skip
    return Turn(summary, prompt, steps)


def drawn(*steps: Step, look: Look = LOOK, limits: Limits | None = None) -> list[str]:
    lines = turn_lines(turn_of(*steps), look, limits)
    return [row.content.plain.rstrip() for row in rows(lines, 60)]


def test_a_turn_from_prompt_to_answer() -> None:
    turn = turn_of(
        Thinking(Body.of("Look at the view first.")),
        call(),
        Text(Body.of("All **good**:\n- one")),
        prompt=(Text(Body.of("fix it\nplease")), Image("image/png", 34_000)),
    )
    made = rows(turn_lines(turn, LOOK), 60)
    assert [(row.part, row.content.plain.rstrip()) for row in made] == [
        ("prompt", f"  {ARROW} fix it"),
        ("prompt", "    please"),
        ("prompt", "  ▣ image  image/png  34.0 KB"),
        ("step:0", "  ✻ Look at the view first."),
        ("step:1", "  ✓ Bash  git status  0.4s"),
        ("step:2", "  • All good:"),
        ("step:2", "    • one"),
    ]


def test_what_another_agent_reports_is_formatted_and_cut() -> None:
    report = Text(Body.of("Agent **done**\n\n" + "- line\n" * 30))
    turn = turn_of(prompt=(report,))
    turn = replace(turn, summary=replace(turn.summary, kind=TurnKind.NOTIFICATION))
    made = [row.content.plain.rstrip() for row in rows(turn_lines(turn, LOOK), 60)]
    assert made[0] == f"  {LOOK.glyphs.kind[TurnKind.NOTIFICATION]} Agent done"
    assert made[-1] == "    … 20 more lines, enter"


def test_hidden_thinking_is_told() -> None:
    assert drawn(Thinking(Body(), is_hidden=True)) == ["  ✻ thinking (hidden)"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"status": ToolStatus.FAILED, "exit_code": 1}, "  ✗ Bash  git status  exit 1  0.4s"),
        ({"status": ToolStatus.RUNNING, "logged_duration": None}, "  ◐ Bash  git status  running"),
        (
            {"status": ToolStatus.WAITING, "logged_duration": None},
            "  ! Bash  git status  waits for you",
        ),
        ({"status": ToolStatus.REJECTED}, "  ⊘ Bash  git status  rejected  0.4s"),
        ({"status": ToolStatus.CANCELLED}, "  ⊖ Bash  git status  cancelled  0.4s"),
        ({"status": ToolStatus.UNKNOWN}, "  ? Bash  git status  no result  0.4s"),
        ({"name": "mcp__tracker__search", "kind": ToolKind.MCP}, "  ✓ search  git status  0.4s"),
        (
            {"name": "Read", "kind": ToolKind.READ, "snippet": "a.py", "output": Body.of("1\n2\n")},
            "  ✓ Read  a.py  0.4s  2 lines",
        ),
    ],
)
def test_the_line_of_a_tool_call(changes: dict[str, Any], line: str) -> None:
    assert drawn(call(**changes)) == [line]


def test_long_output_is_cut_and_says_so() -> None:
    output = Body.of("\n".join(f"line {number}" for number in range(222)))
    made = drawn(call(output=output))
    assert made[1] == "    │ line 0"
    assert made[-1] == "    │ … 212 more lines, enter"
    assert len(made) == 12
    failed = drawn(call(output=output, status=ToolStatus.FAILED))
    assert failed[1] == "    │ … 212 lines before, enter"
    assert failed[-1] == "    │ line 221"


def test_of_a_text_that_was_cut_only_the_size_is_told() -> None:
    body = Body("beginning", 1_000_000, BodyRef(Span(0, 1)))
    assert drawn(call(output=body))[-1] == "    │ … 1.0M characters in all, enter"
    assert drawn(Text(body))[-1] == "    … 1.0M characters in all, enter"


def test_output_keeps_its_colours() -> None:
    (_, line) = step_lines(call(output=Body.of("\x1b[31mred")), LOOK, Limits())
    assert LOOK.palette.failed.foreground in [span.style.foreground for span in line.content.spans]


def test_an_edit_is_a_diff_of_its_own_part() -> None:
    edit = FileEdit("a.py", "update", (Hunk(("-old", "+new"), 3, 3),), 1, 1)
    made = rows(
        turn_lines(
            turn_of(call(name="Edit", kind=ToolKind.EDIT, snippet="a.py", edits=(edit,))), LOOK
        ),
        60,
    )
    assert [(row.part, row.content.plain.rstrip()) for row in made] == [
        ("step:0", f"  ✓ Edit  a.py  +1  {MINUS}1  0.4s"),
        ("step:0:0", f"    3 {MINUS} old"),
        ("step:0:0", "    3 + new"),
    ]
    assert place_of("step:0:0") == (0, 0)
    assert place_of(part_of(12)) == (12, None)
    assert place_of("prompt") is None
    assert place_of("step:x") is None


def test_several_edits_are_told_apart_by_their_paths() -> None:
    edits = (FileEdit("a.py", "delete"), FileEdit("b.py", "create", (Hunk(("+b",), 0, 1),), 1))
    assert drawn(call(name="apply_patch", kind=ToolKind.EDIT, snippet="2 files", edits=edits)) == [
        "  ✓ apply_patch  2 files  +1  0.4s",
        "    a.py  deleted",
        "    b.py  new file  +1",
        "    1 + b",
    ]


def test_errors_notices_and_sub_agents() -> None:
    assert drawn(call(status=ToolStatus.REJECTED, error="The user said no"))[1] == (
        "    The user said no"
    )
    assert drawn(Notice(NoticeKind.COMPACTION, "Compacted 13k")) == ["  ≡ Compacted 13k"]
    assert drawn(Notice(NoticeKind.ERROR, "API error", Body.of("a\nb\nc\nd"))) == [
        "  ◇ API error",
        "    a",
        "    b",
        "    c",
        "    … 1 more line, enter",
    ]
    context = Notice(NoticeKind.CONTEXT, "skills", Body.of("a\n" * 700))
    assert drawn(context) == ["  ◇ skills  1.4k characters"]
    assert drawn(call(kind=ToolKind.AGENT, child_key="claude:1/a"))[-1] == (
        "    ↳ sub-agent, enter opens it"
    )
    assert drawn(Unknown("strange", Body.of("x" * 40))) == [
        "  ? unknown record: strange  40 characters"
    ]


def test_what_is_told_already_is_not_told_again() -> None:
    failed = call(status=ToolStatus.FAILED, exit_code=3, error="exit code 3", output=Body.of("no"))
    assert drawn(failed) == ["  ✗ Bash  git status  exit 3  0.4s", "    │ no"]
    assert drawn(Thinking(Body.of("**Reading**\n\nIt is **short**."))) == [
        "  ✻ Reading",
        "",
        "    It is **short**.",
    ]
    assert drawn(Text(Body.of("\n\n"))) == []


def test_everything_has_a_sign_in_plain_ascii() -> None:
    look = Look(LOOK.palette, ASCII)
    for status in ToolStatus:
        assert drawn(call(status=status), look=look)[0].isascii()
    assert drawn(Thinking(Body(), is_hidden=True), look=look)[0].isascii()


def test_limits_can_be_tightened() -> None:
    limits = Limits(text=1, output=0)
    assert drawn(Text(Body.of("a\nb")), call(output=Body.of("x")), limits=limits) == [
        "  • a",
        "    … 1 more line, enter",
        "  ✓ Bash  git status  0.4s",
    ]


Bodies = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[31m\n\r\t\u202e`*#|"))).map(
    Body.of
)
AnyStep = st.one_of(
    st.builds(Text, Bodies),
    st.builds(Thinking, Bodies),
    st.builds(Notice, st.sampled_from(NoticeKind), st.text(), Bodies),
    st.builds(Image, st.text(), st.integers(0, 10**9)),
    st.builds(Unknown, st.text(), Bodies),
    st.builds(
        lambda name, kind, status, snippet, output, error: call(
            name=name, kind=kind, status=status, snippet=snippet, output=output, error=error
        ),
        st.text(),
        st.sampled_from(ToolKind),
        st.sampled_from(ToolStatus),
        st.text(),
        Bodies,
        st.text(),
    ),
)


@given(st.lists(AnyStep, max_size=4), st.integers(1, 100))
def test_anything_in_a_log_becomes_safe_rows(steps: list[Step], width: int) -> None:
    for row in rows(turn_lines(turn_of(*steps, prompt=(Text(Body.of("p")),)), LOOK), width):
        assert row.part
        assert all(
            unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            for character in row.content.plain
        )


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        (TurnKind.PROMPT, TurnState.RUNNING, "no answer yet"),
        (TurnKind.PROMPT, TurnState.INTERRUPTED, "no answer in the log"),
        (TurnKind.STEERING, TurnState.DONE, "no answer in the log"),
        (TurnKind.COMMAND, TurnState.DONE, ""),
    ],
)
def test_a_prompt_that_nothing_followed_says_so(kind: TurnKind, state: TurnState, words: str):
    turn = turn_of(prompt=(Text(Body("Fix it")),))
    turn = replace(turn, summary=replace(turn.summary, kind=kind, state=state, prompt_only=True))
    shown = [row.content.plain for row in rows(tuple(turn_lines(turn, LOOK)), 60)]
    assert "Fix it" in shown[0]
    assert len(shown) == (2 if words else 1)
    assert words in shown[-1]
