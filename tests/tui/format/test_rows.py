from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from aimux_tui.config.schema import TimeMode
from aimux_tui.model.session import Session, Status
from aimux_tui.model.turn import TurnKind, TurnState, TurnSummary
from aimux_tui.model.usage import Cost, Usage
from aimux_tui.tui.format.glyphs import ASCII
from aimux_tui.tui.format.lines import OPENS, Row
from aimux_tui.tui.format.look import Look
from aimux_tui.tui.format.plain import to_ascii
from aimux_tui.tui.format.rows import RowOptions
from aimux_tui.tui.format.session_row import session_height, session_rows
from aimux_tui.tui.format.turn_row import turn_row
from aimux_tui.tui.palette import palette_for
from aimux_tui.tui.theme import AIMUX

NOW = datetime(2026, 3, 14, 10, 47, tzinfo=UTC)
LOOK = Look(palette_for(AIMUX), zone=UTC)
OPTIONS = RowOptions(NOW + timedelta(minutes=3))
TIMES = LOOK.glyphs.times
HOSTILE = "\x1b[31m\u202e日本語\n[bold]\tz\u0300\u0300\u0300\u0300\u0300 " * 20


def make_session(**changes: Any) -> Session:
    values: dict[str, Any] = {
        "key": "claude:1",
        "provider": "claude",
        "session_id": "1",
        "path": "/logs/1.jsonl",
        "title": "fix the login redirect",
        "cwd": "/src/webshop",
        "project": "webshop",
        "git_branch": "main",
        "agent_version": "2.0",
        "agent_name": "",
        "models": ("claude-sonnet-4-5",),
        "started": NOW,
        "updated": NOW,
        "status": Status.IDLE,
        "status_reason": "finished",
        "turns": 12,
        "tool_calls": 5,
        "failed_tool_calls": 1,
        "edits": 2,
        "additions": 12,
        "deletions": 3,
        "compactions": 0,
        "usage": Usage(),
        "cost": Cost(0.42),
        "total_usage": Usage(),
        "total_cost": Cost(0.42),
        "context_tokens": 0,
        "context_window": None,
        "parent_key": "",
        "parent_tool_call_id": "",
        "children": (),
        "descendants": 0,
        "forked_from": "",
        "hidden_reason": "",
        "size": 1,
        "bad_lines": 0,
        "problems": (),
        "is_partial": False,
    }
    return Session(**(values | changes))


def make_turn(**changes: Any) -> TurnSummary:
    values: dict[str, Any] = {
        "key": "t",
        "number": 12,
        "kind": TurnKind.PROMPT,
        "title": "fix the login redirect",
        "started": NOW,
        "ended": NOW + timedelta(seconds=182),
        "state": TurnState.DONE,
        "usage": Usage(input=13_000, output=1_100),
        "first_request": 0,
        "request_count": 2,
        "tools": (("Edit", 2), ("Bash", 3)),
        "additions": 12,
        "deletions": 3,
    }
    return TurnSummary(**(values | changes))


def drawn(rows: list[Row]) -> list[str]:
    return [row.content.plain.rstrip() for row in rows]


def test_a_session_takes_one_row_where_there_is_room() -> None:
    session = make_session(status=Status.ACTIVE, status_reason="Bash is running", children=("a",))
    assert drawn(session_rows(session, 120, LOOK, OPTIONS)) == [
        (
            "▸● claude  webshop           fix the login redirect · Bash is running"
            "                            12 turns    $0.42    3m"
        )
    ]


def test_a_session_takes_two_rows_beside_a_trace() -> None:
    session = make_session(status=Status.WAITING, status_reason="permission prompt")
    assert drawn(session_rows(session, 48, LOOK, OPTIONS)) == [
        " ! fix the login redirect                     3m",
        "   claude · permission prompt · webshop    $0.42",
    ]
    assert session_height(48) == 2
    assert session_height(120) == 1


def test_a_sub_agent_is_indented_and_called_by_its_name() -> None:
    child = make_session(parent_key="claude:1", agent_name="code-reviewer", title="review")
    (row,) = drawn(session_rows(child, 80, LOOK, OPTIONS, depth=1))
    assert row.startswith("└ ○ code-reviewer          review")
    assert drawn(session_rows(child, 40, LOOK, OPTIONS, depth=2))[1].startswith(
        "      code-reviewer"
    )


def test_a_session_that_is_still_read_has_no_numbers_yet() -> None:
    session = make_session(is_partial=True, title="", updated=None)
    (row,) = drawn(session_rows(session, 120, LOOK, OPTIONS))
    assert "(no prompt yet)" in row
    assert "… turns" in row
    assert row.endswith("—")


def test_a_turn_at_every_width() -> None:
    turn = make_turn(failures=1)
    at = {
        width: turn_row(turn, width, LOOK, OPTIONS, cost=Cost(0.08)).content.plain.rstrip()
        for width in (44, 70, 140)
    }
    assert at == {
        44: "▸ 12     $0.08  3m02s ✗1 fix the login redi…",
        70: "▸ 12   10:47   $0.08  3m02s   13.0k→1.1k ✗1 fix the login redirect",
        140: f"▸ 12    10:47    $0.08   3m02s    13.0k→1.1k  Edit{TIMES}2 Bash{TIMES}3           "
        f"+12 {LOOK.glyphs.removed}3      ✗1 fix the login redirect",
    }


def test_money_can_be_hidden_and_is_never_made_up() -> None:
    hidden = RowOptions(NOW, show_cost=False)
    assert "$" not in turn_row(make_turn(), 140, LOOK, hidden, cost=Cost(1)).content.plain
    assert "$" not in session_rows(make_session(), 140, LOOK, hidden)[0].content.plain
    unknown = Cost(unpriced_models=("new",))
    assert "—" in turn_row(make_turn(), 140, LOOK, OPTIONS, cost=unknown).content.plain


def test_times_are_told_as_the_reader_wants() -> None:
    def time(mode: TimeMode) -> str:
        options = RowOptions(
            NOW + timedelta(minutes=3), time_mode=mode, start=NOW - timedelta(seconds=72)
        )
        return turn_row(make_turn(), 140, LOOK, options).content.plain.split()[2]

    assert [time(mode) for mode in TimeMode] == ["10:47", "3m", "1m12s"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": TurnKind.STEERING}, "» fix the login redirect"),
        ({"kind": TurnKind.COMMAND, "title": "/compact"}, "/compact"),
        ({"kind": TurnKind.NOTIFICATION, "title": ""}, "◇ (notification)"),
        ({"state": TurnState.INTERRUPTED}, "⊖"),
        ({"tools": (("mcp__tracker__search", 1), ("Read", 12), ("Bash", 3), ("Edit", 1))},
         f"search Read{TIMES}12 +2"),
    ],
)  # fmt: skip
def test_what_is_unusual_about_a_turn_is_told(changes: dict[str, Any], said: str) -> None:
    assert said in turn_row(make_turn(**changes), 140, LOOK, OPTIONS).content.plain


def test_a_new_segment_is_marked() -> None:
    assert "≡ fix" in turn_row(make_turn(), 90, LOOK, OPTIONS, begins_segment=True).content.plain


def test_a_compaction_needs_one_sign() -> None:
    turn = make_turn(kind=TurnKind.CONTINUATION, title="(conversation compacted)")
    text = turn_row(turn, 90, LOOK, OPTIONS, begins_segment=True).content.plain
    assert "≡ (conversation" in text


def test_a_turn_that_asked_no_model_has_no_price() -> None:
    turn = make_turn(kind=TurnKind.COMMAND, title="/model", request_count=0, usage=Usage())
    text = turn_row(turn, 140, LOOK, OPTIONS, cost=Cost()).content.plain
    assert "$" not in text
    assert "0→0" not in text


def test_all_rows_of_a_list_have_the_same_columns() -> None:
    turns = [
        make_turn(title="X"),
        make_turn(number=1, failures=0, tools=(), additions=0, deletions=0, title="X"),
        make_turn(state=TurnState.RUNNING, ended=None, title="X", usage=Usage()),
    ]
    for width in range(30, 180, 7):
        places = {
            turn_row(turn, width, LOOK, OPTIONS, cost=Cost(n)).content.plain.index("X")
            for n, turn in enumerate(turns)
        }
        assert len(places) == 1


@pytest.mark.parametrize("width", [1, 2, 5, 20, 44, 71, 72, 100, 200])
@pytest.mark.parametrize("look", [LOOK, Look(LOOK.palette, ASCII, UTC)], ids=["unicode", "ascii"])
def test_hostile_text_stays_in_its_row(width: int, look: Look) -> None:
    session = make_session(
        title=HOSTILE, project=HOSTILE, status=Status.ERROR, status_reason=HOSTILE,
        agent_name=HOSTILE, parent_key="x", children=("y",), provider="unheard-of",
    )  # fmt: skip
    turn = make_turn(title=HOSTILE, tools=((HOSTILE, 2),), number=123456)
    rows = [
        *session_rows(session, width, look, OPTIONS, depth=3, is_open=True),
        turn_row(turn, width, look, OPTIONS, cost=Cost(12345.6, is_lower_bound=True)),
    ]
    for row in rows:
        text = row.content.plain
        assert cell_len(text) <= width
        assert not set(text) & set("\n\t\x1b\u202e")
        assert cell_len(to_ascii(text)) == cell_len(text)


def test_the_fold_can_be_clicked() -> None:
    row = turn_row(make_turn(), 80, LOOK, OPTIONS)
    opening = [(span.start, span.end) for span in row.content.spans if span.style.meta.get(OPENS)]
    assert opening == [(0, 1)]


def test_ascii_keeps_widths() -> None:
    assert to_ascii("plain") == "plain"
    assert to_ascii("a…→ “q”") == 'a~> "q"'
    assert to_ascii("日é") == "???"
